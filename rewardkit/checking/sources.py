"""The source of a grader's module, and what it shows."""

from __future__ import annotations

import inspect
import re
import sys

from ..grader import Grader

_CHANCE = re.compile(
    r"\brandom\b|\bsecrets\b|\bnumpy\.random\b|\bnp\.random\b|\buuid4\b|\bshuffle\(|\bdefault_rng\b"
)


def source_of(grader: Grader) -> str:
    """The text of the module that it stands in, empty where there is none."""
    module = sys.modules.get(grader.module)
    try:
        return inspect.getsource(module) if module is not None else ""
    except (OSError, TypeError):
        return ""


def draws(grader: Grader) -> bool:
    """Whether its module may draw by chance: it names something that does."""
    return _CHANCE.search(source_of(grader)) is not None
