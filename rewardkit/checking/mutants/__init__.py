"""Right answers made wrong by one edit each: what a grader must tell from the right answer."""

from .making import Mutant, mutants_of, wrong_content

__all__ = ["Mutant", "mutants_of", "wrong_content"]
