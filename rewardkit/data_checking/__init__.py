"""Whether a data file can be used, said before anything runs: one pass over its rows, at most 100 bytes kept of each."""

from .looking import check_data
from .problems import Problem
from .report import report_lines
from .result import DataReport

__all__ = ["DataReport", "Problem", "check_data", "report_lines"]
