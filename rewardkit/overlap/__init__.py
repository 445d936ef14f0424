"""How far evaluation data overlaps with training data: which rows were trained on, or nearly. docs/overlap.md has the rules."""

from .findings import CONTAMINATED, GRADES, Hit, Kind, Overlap, Place, clean_ids
from .search import find_overlap
from .wording import told

__all__ = ["CONTAMINATED", "GRADES", "Hit", "Kind", "Overlap", "Place", "clean_ids", "find_overlap", "told"]
