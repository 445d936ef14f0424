"""Right answers made wrong by one edit each: what a grader must tell from the right answer."""

from .expressions import EXPRESSION, expression_mutants, numbers_of
from .making import mutants_of, wrong_content
from .mutant import HUNDREDFOLD, NEGATED, OTHER_ORDER, OTHER_SIGN, Mutant
from .programs import endless

__all__ = [
    "EXPRESSION",
    "HUNDREDFOLD",
    "NEGATED",
    "OTHER_ORDER",
    "OTHER_SIGN",
    "Mutant",
    "endless",
    "expression_mutants",
    "mutants_of",
    "numbers_of",
    "wrong_content",
]
