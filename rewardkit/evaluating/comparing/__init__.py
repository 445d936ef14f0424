"""Comparing runs on the prompts that they share: is the other one better than the base, by how much, and how sure is that?

    compared = compare("runs/before", "runs/after")
    compared.pairs[0].primary.verdict            # "better", "worse" or "no detectable difference"

A side is a run, one stage of it (`runs/demo:rft`), or several runs of one method under other training seeds (`runs/rft-s*`).
"""

from .compared import Against, Compared
from .comparing import compare
from .figures import Figures
from .regressions import Regression
from .sides import Side, find_side, side_of

__all__ = ["Against", "Compared", "Figures", "Regression", "Side", "compare", "find_side", "side_of"]
