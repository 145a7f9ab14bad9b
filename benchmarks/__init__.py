"""Measurements: run one as ``python -m benchmarks.NAME``."""
