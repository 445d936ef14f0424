"""The scorer: the only thing that scores a completion, in `test`, `grade`, `eval` and `train` alike."""

from .items import Item, item_of
from .scorer import Scorer, score, score_here, score_one

__all__ = ["Item", "Scorer", "item_of", "score", "score_here", "score_one"]
