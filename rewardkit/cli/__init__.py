"""The command line: one file per verb, and the only place that knows every part."""

from .app import main

__all__ = ["main"]
