"""Figures and kill tests, run from outside like any client: `python -m bench`, `python -m bench.kills`."""
