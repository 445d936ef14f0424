"""The rules by which two results are the same; each can be changed for a grader or for one sample."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rules:
    """How results are compared. The defaults are what a careful person would call the same answer.

    order: "gold" (row order counts where the gold query's outermost ORDER BY decides it), "any" (never), "exact" (on the given rows always,
    ties too; on generated ones as "gold").
    duplicates: "bag" (how often a row comes counts) or "set".
    column_order: "any" (one fixed permutation, where it is clear which) or "exact".
    extra_columns: "reject", or "allow" columns beyond the gold's.
    types: "lenient" ('2014' = 2014, a date = its ISO text = its midnight) or "strict".
    text: "exact" or "loose" (case and outer white space do not count).
    rel_tol: how far floats may lie apart, as a share of the larger one.
    abs_tol: how far any two numbers may lie apart. At 0, exact numbers (integers, decimals, whole floats) must be equal among themselves.
    null_is_nan: NULL and NaN are the same.
    """

    order: Literal["gold", "any", "exact"] = "gold"
    duplicates: Literal["bag", "set"] = "bag"
    column_order: Literal["any", "exact"] = "any"
    extra_columns: Literal["reject", "allow"] = "reject"
    types: Literal["lenient", "strict"] = "lenient"
    text: Literal["exact", "loose"] = "exact"
    rel_tol: float = 1e-6
    abs_tol: float = 0.0
    null_is_nan: bool = True

    @property
    def on_generated(self) -> Rules:
        """The rules on generated instances: the order in which their rows are stored is nobody's, so that none but the gold's ORDER BY counts."""
        return replace(self, order="gold") if self.order == "exact" else self


DEFAULT_RULES = Rules()
