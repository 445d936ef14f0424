"""Right answers made wrong by one edit each: what a grader must tell from the right answer."""

from .making import mutants_of, wrong_content
from .mutant import Mutant

__all__ = ["Mutant", "mutants_of", "wrong_content"]
