"""Verdicts read from a judge's reply: all of them, each exactly once and one of those allowed, or none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .criteria import Criterion
from .questions import without_thinking

_OPENS = re.compile(r"\{")
_LONGEST_REASON = 2000
_LONGEST_REPLY = 50_000


class Unreadable(ValueError):
    """A reply that holds no verdict, or not on every criterion; says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says of one criterion, and why."""

    verdict: str
    reason: str = ""


def verdicts_in(reply: str, criteria: Sequence[Criterion]) -> dict[str, Verdict]:
    """The verdicts, by criterion, of the reply's last JSON object. Unreadable when anything in it is missing, doubled or not allowed.

    The last one, since a judge that talks may quote the answer before it decides; an object inside another one does not count.
    """
    objects = list(_objects(without_thinking(reply)))
    if not objects:
        raise Unreadable(f"no JSON object in the reply: {_shortened(reply)}")
    found = objects[-1]
    if isinstance(found, Unreadable):
        raise found
    unknown = [name for name in found if name not in {criterion.id for criterion in criteria}]
    if unknown:
        raise Unreadable(f"a verdict on '{unknown[0]}', which was not asked about")
    return {criterion.id: _verdict(found, criterion) for criterion in criteria}


def _verdict(found: dict[str, Any], criterion: Criterion) -> Verdict:
    if criterion.id not in found:
        raise Unreadable(f"no verdict on '{criterion.id}'")
    said = found[criterion.id]
    verdict = said.get("verdict") if isinstance(said, dict) else said
    allowed = {choice.casefold(): choice for choice in criterion.verdicts}
    chosen = allowed.get(verdict.strip().casefold()) if isinstance(verdict, str) else None
    if chosen is None:
        raise Unreadable(
            f"{_shortened(json.dumps(verdict))} on '{criterion.id}'; allowed: {', '.join(criterion.verdicts)}"
        )
    reason = said.get("reason", "") if isinstance(said, dict) else ""
    return Verdict(chosen, reason[:_LONGEST_REASON] if isinstance(reason, str) else "")


def _objects(text: str) -> Iterator[dict[str, Any] | Unreadable]:
    """Every JSON object of a text that is not inside another one, and an error for each brace that opens none.

    What could be read of a broken one is not read again: an object in there is the inside of another.
    """
    text = text[-_LONGEST_REPLY:]
    decoder, position = json.JSONDecoder(object_pairs_hook=_once), 0
    while (found := _OPENS.search(text, position)) is not None:
        try:
            value, position = decoder.raw_decode(text, found.start())
            yield value
        except Unreadable as error:
            _, position = json.JSONDecoder().raw_decode(text, found.start())
            yield error
        except (ValueError, RecursionError) as error:
            stopped = error.pos if isinstance(error, json.JSONDecodeError) else len(text)
            position = max(stopped, found.start() + 1)
            yield Unreadable(f"the reply ends with what is no JSON: {_shortened(text[found.start() :])}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object none of whose names is there twice."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise Unreadable(f"'{next(name for name in names if names.count(name) > 1)}' is there twice")
    return made


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 120 else f"{line[:120]} ...")
