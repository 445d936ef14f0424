"""A difference between two results, named and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FindingKind = Literal["", "columns", "rows", "order", "duplicates", "values"]


@dataclass(frozen=True, slots=True)
class Finding:
    """kind: columns (their number or order), rows (their number), order (of rows), duplicates, values; "" for none. why: the words."""

    kind: FindingKind
    why: str
