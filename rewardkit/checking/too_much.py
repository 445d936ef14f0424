"""Answers that say everything: what is right is in them, and so is what is not (RK108, RK115)."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from .expectations import Expected
from .forms import json_in
from .known_rows import KnownRow
from .trials import Material, Planned, Trial

_MOST_ROWS = 6
_MOST_WORDS = 60


def both_ways(material: Material) -> Planned:
    """RK108: where a right and a wrong answer name each thing that the reference does, one after the other they do not pass in both orders."""
    if material.role != "whole" or material.reference_free:
        return
    for row in material.different_rows(_MOST_ROWS, lambda row: row.golds and row.wrongs):
        names = [name for value in row.compared.values() if isinstance(value, dict) for name in value]
        for wrong in row.wrongs if len(names) > 1 else ():
            if all(_holds(text, name) for text in (row.golds[0], wrong) for name in names):
                pair = (f"{row.golds[0]}\n{wrong}", f"{wrong}\n{row.golds[0]}")
                expected = Expected(
                    "not_both", high=material.grader.options.solved_at, note="it says one thing and the other"
                )
                yield Trial("RK108", row, pair, expected, row.where, provable=False)
                break


def every_word(material: Material) -> Planned:
    """RK115: where the items of a JSON list stand in the prompt, a list of every word of the prompt does not pass."""
    if material.role != "whole" or material.reference_free:
        return
    for row in material.different_rows(_MOST_ROWS, lambda row: row.golds and row.prompt.strip()):
        text = _with_every_word(row)
        if text is not None and not row.accepts(text):
            below = material.stays_under("every word of the prompt too")
            yield Trial("RK115", row, (text,), below, row.where, provable=False)


def _with_every_word(row: KnownRow) -> str | None:
    gold = row.golds[0]
    for start, end, items in json_in(gold):
        if not isinstance(items, list) or not items or gold[:start].strip() or gold[end:].strip():
            continue
        words = [word for word in dict.fromkeys(re.findall(r"\w+", row.prompt)) if not _is_held(items, word)]
        more = [item for word in words[-_MOST_WORDS:] for item in _like(items, word, row.prompt)]
        if len(more) > len(items):
            return gold[:start] + json.dumps([*items, *more], ensure_ascii=False) + gold[end:]
    return None


def _like(items: Sequence[Any], word: str, prompt: str) -> Iterator[Any]:
    """Items for another word, like those of the list: the word itself, or an object for each different one that holds a piece of the prompt."""
    if all(isinstance(item, str) and item in prompt for item in items):
        yield word
        return
    seen = set()
    for item in items:
        if not isinstance(item, dict):
            return
        key = next(
            (
                key
                for key, value in item.items()
                if isinstance(value, str) and len(value) > 1 and value in prompt
            ),
            None,
        )
        if key is None:
            return
        other = {**copy.deepcopy(item), key: word}
        text = json.dumps(other, sort_keys=True, default=str)
        if text not in seen:
            seen.add(text)
            yield other


def _is_held(items: Sequence[Any], word: str) -> bool:
    return word in json.dumps(items, ensure_ascii=False, default=str)


def _holds(text: str, name: object) -> bool:
    return re.search(rf"(?<!\w){re.escape(str(name))}(?!\w)", text, re.IGNORECASE) is not None
