"""`rewardkit test`: prove a grader before it drives training."""

from .combinations import roles, with_parts
from .findings import CHECKS, Check
from .known_rows import known_rows, read_data
from .results import Finding, GraderReport, Skipped
from .running import check_grader

__all__ = [
    "CHECKS",
    "Check",
    "Finding",
    "GraderReport",
    "Skipped",
    "check_grader",
    "known_rows",
    "read_data",
    "roles",
    "with_parts",
]
