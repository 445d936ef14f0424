"""What a case is called as a test: `case[2-The-claim-is-covered]`.

The number makes it unique in its grader; the words are those of the completion, so that a list of failures can be read. Nothing in it
needs quotes in a shell but the brackets, which pytest itself uses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ..cases import Mark, Order

_LONGEST = 32  # characters of the words
_LOOKED_AT = 300


def names_of(marks: Sequence[Mark]) -> Iterator[str]:
    """One name for each mark, numbered from 1 among those of its kind."""
    count: Counter[str] = Counter()
    for mark in marks:
        kind = type(mark).__name__.lower()
        count[kind] += 1
        best = mark.completions[-1] if isinstance(mark, Order) else mark.completion
        yield f"{kind}[{'-'.join([str(count[kind]), *_words(best)])}]"


def _words(text: str) -> Iterator[str]:
    """The first words, as many as there is room for; of a first one that is too long, the beginning."""
    room = _LONGEST
    for word in re.findall(r"\w+", text[:_LOOKED_AT]):
        if len(word) > room and room < _LONGEST:
            return
        yield word[:room]
        room -= len(word) + 1
        if room <= 0:
            return
