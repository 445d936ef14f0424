"""Right answers made wrong by one edit each: what a grader must tell from the right answer."""

from .expressions import expression_mutants, numbers_of
from .making import mutants_of, wrong_content
from .mutant import Mutant
from .numbers import OTHER_SIGN
from .programs import endless

__all__ = [
    "OTHER_SIGN",
    "Mutant",
    "endless",
    "expression_mutants",
    "mutants_of",
    "numbers_of",
    "wrong_content",
]
