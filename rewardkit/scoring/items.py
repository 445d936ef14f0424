"""Completions to score, and what of their samples a grader asks for.

A *call* is what a grader is called with once: the arguments of one completion or, for a group grader, of all completions of a prompt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..calling import EACH
from ..errors import GraderError
from ..grader import Grader
from ..samples import Sample
from ..scores import Score

Values: TypeAlias = dict[str, Any]
"""The arguments of a call by name: what crosses to a worker and what a cached score is found by."""

OnScores: TypeAlias = Callable[[int, tuple[Score, ...]], None]
"""Told the index of a call and its scores, as they are known."""


@dataclass(frozen=True, slots=True)
class Item:
    """A completion and the columns of its sample: prompt, messages, reference and any other.

    `group` names the prompt whose completions a group grader sees together, and `members` says how many they are (0: not known).
    Such a grader gets the columns that they share, and of `seed` and `sample` those of the first.
    """

    completion: str
    columns: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    group: str = ""
    members: int = 0


def item_of(
    sample: Sample, completion: str, *, seed: int = 0, members: int = 0, group: str | None = None
) -> Item:
    """The item of one completion of a sample; `members` is how many completions its group has, which is called by the sample's id unless named."""
    messages = {"messages": [dict(message) for message in sample.messages]} if sample.messages else {}
    return Item(
        completion, {**sample.row(), **messages}, seed, sample.id if group is None else group, members
    )


def seed_of(*identity: object) -> int:
    """A seed from the identity of a row (run seed, sample id, repeat ...), the same in every process, order and batch. 0 to 2**31 - 1."""
    text = "\x1f".join(str(part) for part in identity)
    return (
        int.from_bytes(
            hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little"
        )
        >> 1
    )


def calls_of(grader: Grader, items: Sequence[Item]) -> list[Values]:
    """The call of each item, for a grader of single completions."""
    wants = grader.wants
    if _MADE.intersection(wants) or "completion" not in wants:
        calls = [values_for(grader, item) for item in items]
        check_asked(grader, calls)
        return calls
    names = [name for name in wants if name != "completion"]
    calls = []
    for item in items:
        columns, values = item.columns, {"completion": item.completion}
        for name in names:
            if name in columns:
                values[name] = columns[name]
        calls.append(values)
    check_asked(grader, calls)
    return calls


def check_asked(grader: Grader, calls: Sequence[Values]) -> None:
    """GraderError, before anything runs, when a grader asks for a column that an item lacks."""
    asked = len(grader.wants)
    for values in calls:
        if len(values) < asked:
            lacking = next((name for name in grader.needs if name not in values), None)
            if lacking is not None:
                there = ", ".join(values)
                raise GraderError(
                    f"it asks for '{lacking}', which is no column of the item; of what it asks for there is: {there}",
                    where=str(grader),
                )


def values_for(grader: Grader, item: Item) -> Values:
    """What the grader asks for, by name, and nothing else."""
    columns = item.columns
    values: Values = {}
    for name in grader.wants:
        if name == "completion":
            values[name] = item.completion
        elif name == "seed":
            values[name] = item.seed
        elif name == "sample":
            values[name] = dict(columns)
        elif name == "messages":
            values[name] = _messages(item)
        elif name in columns:
            values[name] = columns[name]
        elif name == "prompt":
            values[name] = ""
    return values


_MADE = frozenset({"seed", "sample", "messages", "prompt"})  # what is not simply a column


@dataclass(frozen=True, slots=True)
class Groups:
    """The calls of a group grader, the places of each call's items, and the scores of items whose group is not whole."""

    calls: list[Values]
    places: list[list[int]]
    broken: dict[int, Score]


def groups_of(grader: Grader, items: Sequence[Item]) -> Groups:
    """Items with the same `group` as one call each, in the order of their first members; an item by itself may do without one."""
    places: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        places.setdefault(item.group, []).append(place)
    if len(places.get("", ())) > 1:
        raise GraderError(
            "it grades the completions of a prompt together: give every Item the `group` that it belongs to, such as its sample's id",
            where=str(grader),
        )
    groups = Groups([], [], {})
    for name, those in places.items():
        together = [items[place] for place in those]
        each = [values_for(grader, item) for item in together]
        broken = _no_group(name, together, each)
        if broken:
            groups.broken.update(dict.fromkeys(those, Score.unscored("invalid", broken)))
        else:
            groups.calls.append(_together(grader, together, each))
            groups.places.append(those)
    return groups


def _no_group(name: str, items: Sequence[Item], each: Sequence[Values]) -> str:
    """Why these items cannot be graded as a group, if they cannot: some are missing, or they are not of one prompt."""
    asked = max(item.members for item in items) or len(items)
    if len(items) < asked:
        return f"{len(items)} of {asked} completions of group {name!r} are here"
    if len(items) > asked:
        return f"group {name!r} has {len(items)} completions instead of {asked}"
    for column in each[0].keys() - _DIFFERS:
        if not all(_same(values.get(column), each[0][column]) for values in each):
            return f"the completions of group {name!r} have different values of {column!r}"
    return ""


_DIFFERS = frozenset(
    {"completion", "messages", "seed", "sample"}
)  # from one completion of a prompt to the next


def _same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    try:
        equal = bool(one == other)
    except ValueError:  # arrays
        equal = False
    return equal or repr(one) == repr(other)  # a NaN is not equal to itself


def members(grader: Grader, values: Values) -> int:
    """How many scores a call gives."""
    return len(values["completions"]) if grader.in_groups else 1


def _together(grader: Grader, items: Sequence[Item], each: Sequence[Values]) -> Values:
    """One call for all completions of a prompt: what they share, and for parts that grade one at a time what they do not."""
    own = {"completion", "messages", "seed"} if grader.parts else {"completion"}
    shared = {name: value for name, value in each[0].items() if name not in own}
    shared["completions"] = [item.completion for item in items]
    if grader.parts:
        if "seed" in grader.wants:
            shared["seed"] = items[0].seed
        shared[EACH] = [{name: values[name] for name in own if name in values} for values in each]
    return shared


def _messages(item: Item) -> list[dict[str, Any]]:
    """The conversation with the completion as its last, assistant message."""
    before = item.columns.get("messages") or [{"role": "user", "content": item.columns.get("prompt", "")}]
    return [*before, {"role": "assistant", "content": item.completion}]
