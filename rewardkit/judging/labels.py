"""What a person said of a completion, and the line that it is in `labels.jsonl` (label_file.py reads and writes that file).

    {"id": "t1", "prompt": "My parcel is late.", "completion": "Sorry! ...", "rater": "ana", "verdicts": {"cites": "met"}, "note": "curt"}
    {"id": "t1", "prompt": "My parcel is late.", "a": "Sorry! ...", "b": "Wait.", "preferred": "a", "rater": "ana"}

The first form holds verdicts on one completion, the second prefers one of two (`"preferred"`: a, b or tie; a stood on the left). `note` is
optional, and so is `columns`, which holds the sample's further columns. A label may be begun only: verdicts on some of the criteria. With
`"verdicts": {}`, or `"preferred": ""`, it says nothing, and takes back what the rater said before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, cast

from ..errors import DataError, did_you_mean
from ..rows import Row
from ..samples import Sample, prompt_of
from .criteria import Criterion

Preferred: TypeAlias = Literal["a", "b", "tie", ""]

SIDES = ("a", "b", "tie")

Subject: TypeAlias = tuple[str, ...]
"""What a label is about: the sample's id, its prompt, and the completions, two of them in one order however they were shown."""

_COMMON = ("id", "prompt", "rater", "note", "columns")
_VERDICTS = ("completion", "verdicts")
_COMPARISON = ("a", "b", "preferred")


@dataclass(frozen=True, slots=True)
class VerdictLabel:
    """One rater's verdicts, criterion id -> verdict, on one completion of a sample; `where` is its `file:line`."""

    sample: Sample
    completion: str
    rater: str
    verdicts: Mapping[str, str]
    note: str = ""
    where: str = ""

    @property
    def subject(self) -> Subject:
        """What it is about: a later label of the same rater on the same replaces it."""
        return subject_of(self.sample, [self.completion])

    def __bool__(self) -> bool:
        return bool(self.verdicts or self.note)

    def as_json(self) -> dict[str, Any]:
        """The line that it is in the file."""
        return {
            **_head(self.sample),
            "completion": self.completion,
            "rater": self.rater,
            "verdicts": dict(self.verdicts),
        } | _tail(self)


@dataclass(frozen=True, slots=True)
class ComparisonLabel:
    """Which of two completions of a sample, `a` and `b`, a rater prefers; `where` is its `file:line`."""

    sample: Sample
    a: str
    b: str
    preferred: Preferred
    rater: str
    note: str = ""
    where: str = ""

    @property
    def subject(self) -> Subject:
        """What it is about: a later label of the same rater on the same two, in whichever order, replaces it."""
        return subject_of(self.sample, [self.a, self.b])

    @property
    def better(self) -> str:
        """The text that is preferred; empty for a tie, or where nothing is said."""
        return {"a": self.a, "b": self.b}.get(self.preferred, "")

    def __bool__(self) -> bool:
        return bool(self.preferred or self.note)

    def as_json(self) -> dict[str, Any]:
        """The line that it is in the file."""
        return {
            **_head(self.sample),
            "a": self.a,
            "b": self.b,
            "preferred": self.preferred,
            "rater": self.rater,
        } | _tail(self)


Label: TypeAlias = VerdictLabel | ComparisonLabel


def subject_of(sample: Sample, completions: Iterable[str]) -> Subject:
    """What a label of these completions is about."""
    return (sample.id, sample.prompt, *sorted(completions))


def on_criteria(
    labels: Iterable[VerdictLabel], criteria: Iterable[Criterion]
) -> tuple[list[VerdictLabel], Counter[str]]:
    """The labels with the verdicts that a rubric has, and how many others there are, each named with what is allowed.

    A rubric is changed after people have labelled, and what they said of the criteria that stayed still counts.
    """
    known = {criterion.id: criterion.verdicts for criterion in criteria}
    kept, left_out = [], Counter[str]()
    for label in labels:
        fitting = {name: each for name, each in label.verdicts.items() if each in known.get(name, ())}
        for name, verdict in label.verdicts.items():
            if name not in known:
                left_out[f"'{name}' (the rubric has: {', '.join(known)}.{did_you_mean(name, known)})"] += 1
            elif name not in fitting:
                hint = did_you_mean(verdict, known[name])
                left_out[f"{verdict!r:.60} on '{name}' (allowed: {', '.join(known[name])}.{hint})"] += 1
        kept.append(replace(label, verdicts=fitting))
    return kept, left_out


def label_of(row: Row) -> Label:
    """The label in a line; DataError, with file and line, for one that is none."""
    values, where = row.values, row.where
    comparing = any(key in values for key in _COMPARISON)
    own = _COMPARISON if comparing else _VERDICTS
    for key in values:
        if key not in (*_COMMON, *own):
            raise DataError(_unknown_key(key, own, comparing=comparing), where=where)
    sample, rater = _sample(values, where), _text(values, "rater", where, filled=True)
    note = _text(values, "note", where) if "note" in values else ""
    if not comparing:
        completion = _text(values, "completion", where)
        return VerdictLabel(sample, completion, rater, _verdicts(values, where), note, where)
    preferred = values.get("preferred")
    if preferred not in (*SIDES, ""):
        raise DataError(f"'preferred' is {preferred!r:.60}; allowed: 'a', 'b' or 'tie'", where=where)
    a, b = _text(values, "a", where), _text(values, "b", where)
    return ComparisonLabel(sample, a, b, cast(Preferred, preferred), rater, note, where)


def _unknown_key(key: str, own: tuple[str, ...], *, comparing: bool) -> str:
    if key in (*_VERDICTS, *_COMPARISON):
        return f"a line holds either verdicts ('completion', 'verdicts') or a comparison ('a', 'b', 'preferred'); this one has '{key}' with the other"
    allowed = (*_COMMON, *own)
    what = "a comparison" if comparing else "verdicts"
    hint = did_you_mean(key, allowed) or " A column of the sample goes into 'columns'."
    return f"unknown key '{key}'; a line of {what} has: {', '.join(allowed)}.{hint}"


def _sample(values: Mapping[str, Any], where: str) -> Sample:
    ident, columns = values.get("id"), values.get("columns", {})
    if not isinstance(ident, str | int) or isinstance(ident, bool) or ident == "":
        raise DataError(f"'id' is {ident!r:.60}; every label needs the id of its sample, a text", where=where)
    if not isinstance(columns, dict):
        raise DataError(f"'columns' is {columns!r:.60}; it must be an object, name -> value", where=where)
    if not isinstance(values.get("prompt"), str | list):
        raise DataError(
            f"'prompt' is {values.get('prompt')!r:.60}; every label needs the prompt, a text or a list of messages",
            where=where,
        )
    prompt, messages = prompt_of(values["prompt"], None, where)
    return Sample(str(ident), prompt, columns, messages, where)


def _text(values: Mapping[str, Any], key: str, where: str, *, filled: bool = False) -> str:
    value = values.get(key)
    if not isinstance(value, str):
        missing = f"no '{key}'" if key not in values else f"'{key}' is {value!r:.60}"
        wanted = "who gave the label, a text" if key == "rater" else "a text"
        raise DataError(f"{missing}; it must be {wanted}", where=where)
    if filled and not value.strip():
        raise DataError(f"'{key}' is empty; it must say who gave the label", where=where)
    return value


def _verdicts(values: Mapping[str, Any], where: str) -> Mapping[str, str]:
    verdicts = values.get("verdicts")
    if not isinstance(verdicts, dict):
        missing = "no 'verdicts'" if "verdicts" not in values else f"'verdicts' is {verdicts!r:.60}"
        raise DataError(f"{missing}; it must be an object, criterion -> verdict", where=where)
    for name, verdict in verdicts.items():
        if not isinstance(verdict, str):
            raise DataError(
                f"{verdict!r:.60} is no verdict on '{name}'; it must be a text (leave out what was not judged)",
                where=where,
            )
    return verdicts


def _head(sample: Sample) -> dict[str, Any]:
    """The id and the prompt: as messages where they are all there is to it, so that a label is about the same when it is read again."""
    messages = list(sample.messages or ())
    whole = messages and prompt_of(messages, None, "")[0] == sample.prompt
    return {"id": sample.id, "prompt": messages if whole else sample.prompt}


def _tail(label: Label) -> dict[str, Any]:
    """What may be left out of a line."""
    optional = {"note": label.note, "columns": dict(label.sample.columns)}
    return {name: value for name, value in optional.items() if value}
