"""Mutants of a grader's own source: its code with one typed edit, which its cases should notice (RK140).

report = with_source_mutants(report, material, trials)
"""

from .noticing import with_source_mutants

__all__ = ["with_source_mutants"]
