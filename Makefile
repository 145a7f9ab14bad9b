# make demo   installs and plans the sample day
# make test   runs every check: lint, types, import contracts, tests, docs
# make notebooks  runs the notebooks in examples/ and keeps what they show
# make bench  measures for a few minutes and compares with the stored results; make bench-full measures everything
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo test lint types contracts tests notebooks bench bench-full install clean

demo: $(VENV)/.installed
	$(BIN)/visitplan plan data/crewe-day --out out/crewe-day --iterations 30000

test: lint types contracts tests

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

tests: $(VENV)/.dev
	$(BIN)/visitplan warm-up --quiet
	$(BIN)/pytest -n 2 --dist loadgroup --cov --cov-report=term

notebooks: $(VENV)/.dev
	$(BIN)/python examples/notebooks.py

# BENCH adds arguments, such as BENCH='--python PYTHON --hhcrsp DIR --jobs 2 --seeds 1,2,3'
bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks.run --out out/bench.json --page out/bench.md --against benchmarks/results/short.json $(BENCH)

bench-full: $(VENV)/.installed
	$(BIN)/python -m benchmarks.run --full --out out/bench-full.json --page out/bench-full.md $(BENCH)

install: $(VENV)/.installed

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("visitplan needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) out build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov
