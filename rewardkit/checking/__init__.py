"""`rewardkit test`: prove a grader before it drives training."""

from .combinations import roles, with_parts
from .findings import CHECKS, Check
from .guessed_columns import guess_columns, with_guesses
from .guessed_golds import accepted_golds
from .known_rows import data_rows, known_rows, read_data
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
    "accepted_golds",
    "check_grader",
    "check_graders",
    "data_rows",
    "guess_columns",
    "known_rows",
    "read_data",
    "roles",
    "with_guesses",
    "with_parts",
]
