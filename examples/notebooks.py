"""Run the notebooks of this folder and keep what they show.

Run from the top of the repository: ``python examples/notebooks.py``, or ``make notebooks``.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent
NOTEBOOKS = tuple(sorted(FOLDER.glob("*.ipynb")))
TIMEOUT_S = 600


def executed(path: Path) -> nbformat.NotebookNode:
    """Give a notebook as a run leaves it, without times and versions of the run itself."""
    notebook = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=TIMEOUT_S, resources=where, coalesce_streams=True).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    notebook.metadata.language_info = {"name": "python"}
    return notebook


def main() -> None:
    """Run every notebook and write it with its outputs."""
    for path in NOTEBOOKS:
        notebook = executed(path)
        nbformat.write(notebook, path)
        print(f"{path.name}: run and kept")


if __name__ == "__main__":
    main()
