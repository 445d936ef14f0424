"""`rewardkit test`: prove a grader before it drives training."""

from .combinations import roles, with_parts
from .findings import CHECKS, Check
from .known_rows import known_rows, read_data
from .levels import DEEP, DEFAULT, FAST, Level
from .results import Finding, GraderReport, Skipped
from .running import check_grader
from .suite import check_graders

__all__ = [
    "CHECKS",
    "DEEP",
    "DEFAULT",
    "FAST",
    "Check",
    "Finding",
    "GraderReport",
    "Level",
    "Skipped",
    "check_grader",
    "check_graders",
    "known_rows",
    "read_data",
    "roles",
    "with_parts",
]
