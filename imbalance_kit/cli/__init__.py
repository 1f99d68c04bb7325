"""The command `imbalance-kit`: arguments to the public API, its results to tables and files."""

from imbalance_kit.cli._main import main

__all__ = ["main"]
