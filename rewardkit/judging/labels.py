"""What people said of completions: `labels.jsonl`, one JSON object a line, written by hand or by the label page.

    {"id": "t1", "prompt": "My parcel is late.", "completion": "Sorry! ...", "rater": "ana", "verdicts": {"cites": "met"}, "note": "curt"}
    {"id": "t1", "prompt": "My parcel is late.", "a": "Sorry! ...", "b": "Wait.", "preferred": "a", "rater": "ana"}

The first form holds verdicts on one completion, the second prefers one of two (`"preferred"`: a, b or tie). `note` is optional, and so is
`columns`, which holds the sample's further columns. Verdicts may be on some of the criteria only. A later line of the same rater on the
same completion, or pair, replaces the earlier one, whole; with `"verdicts": {}` it takes it back.

Every DataError names file and line. A last line that is no JSON and has no newline is the rest of an interrupted write: it is left out,
`Labels.torn` says where it stands, and the next `append_label` removes it.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias, cast, get_args

from ..errors import CutOff, DataError, did_you_mean
from ..paths import display_path
from ..rows import Row, iter_rows
from ..runs.files import append, json_line, writing
from ..samples import Sample, prompt_of
from .criteria import Criterion

Preferred: TypeAlias = Literal["a", "b", "tie"]

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

    def as_json(self) -> dict[str, Any]:
        """The line that it is in the file."""
        return {
            **_head(self.sample),
            "a": self.a,
            "b": self.b,
            "preferred": self.preferred,
            "rater": self.rater,
        } | _tail(self)


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a file that stand, in the order in which they were first given; `torn` is where a line cut off stands, or empty."""

    verdicts: tuple[VerdictLabel, ...] = ()
    comparisons: tuple[ComparisonLabel, ...] = ()
    torn: str = ""


def read_labels(path: str | Path, criteria: Iterable[Criterion]) -> Labels:
    """The labels of a .jsonl file on these criteria; an empty file has none.

    DataError, with file and line, for a missing file, a line that is no label, a criterion or verdict that the rubric does not have, and
    an id that stands for two prompts.
    """
    file = Path(path)
    if file.suffix.lower() != ".jsonl":
        raise DataError(f"labels are kept in a .jsonl file, not '{file.suffix}'", where=display_path(file))
    if file.is_file() and not file.stat().st_size:
        return Labels()
    known = {criterion.id: criterion for criterion in criteria}
    verdicts: dict[tuple[str, ...], VerdictLabel] = {}
    comparisons: dict[tuple[str, ...], ComparisonLabel] = {}
    prompts: dict[str, Sample] = {}
    torn = ""
    try:
        for row in iter_rows(file):
            label = _label(row, known)
            _one_prompt(label.sample, prompts)
            if isinstance(label, VerdictLabel):
                verdicts[label.rater, label.sample.id, label.completion] = label
            else:
                comparisons[label.rater, label.sample.id, *sorted((label.a, label.b))] = label
    except CutOff as cut:
        torn = cut.where or ""
    return Labels(tuple(verdicts.values()), tuple(comparisons.values()), torn)


def append_label(path: str | Path, label: VerdictLabel | ComparisonLabel) -> None:
    """Add the label as one line, in one write, and force it to disk: a call that returned survives a power cut.

    The rest of an interrupted write at the end of the file is removed first; a whole last line that lacks its newline, as an editor
    may leave it, gets one. Several processes may append. Raises CannotWrite.
    """
    file = Path(path)
    with _alone(file) as handle:
        if _lacks_newline(file):
            handle.write(b"\n")
            handle.flush()
        append(file, json_line(label.as_json()))


@contextmanager
def _alone(file: Path) -> Iterator[BinaryIO]:
    """The file, open for appending, and locked: another writer would take a line that is being written for one cut off."""
    with writing(file), file.open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle


def _lacks_newline(file: Path) -> bool:
    """Whether the last line is whole but for its newline; `append` would take it for the rest of an interrupted write."""
    *_, last = file.read_bytes().rsplit(b"\n", 1)
    try:
        return bool(last.strip()) and isinstance(json.loads(last), dict)
    except ValueError:
        return False


def _label(row: Row, known: Mapping[str, Criterion]) -> VerdictLabel | ComparisonLabel:
    values, where = row.values, row.where
    comparing = any(key in values for key in _COMPARISON)
    own = _COMPARISON if comparing else _VERDICTS
    for key in values:
        if key not in (*_COMMON, *own):
            raise DataError(_unknown_key(key, own, comparing=comparing), where=where)
    sample, rater, note = _sample(values, where), _text(values, "rater", where, filled=True), ""
    if "note" in values:
        note = _text(values, "note", where)
    if not comparing:
        completion = _text(values, "completion", where)
        return VerdictLabel(sample, completion, rater, _verdicts(values, known, where), note, where)
    preferred = values.get("preferred")
    if preferred not in get_args(Preferred):
        raise DataError(f"'preferred' is {preferred!r:.60}; allowed: 'a', 'b' or 'tie'", where=where)
    return ComparisonLabel(
        sample,
        _text(values, "a", where),
        _text(values, "b", where),
        cast(Preferred, preferred),
        rater,
        note,
        where,
    )


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


def _verdicts(values: Mapping[str, Any], known: Mapping[str, Criterion], where: str) -> Mapping[str, str]:
    verdicts = values.get("verdicts")
    if not isinstance(verdicts, dict):
        missing = "no 'verdicts'" if "verdicts" not in values else f"'verdicts' is {verdicts!r:.60}"
        raise DataError(f"{missing}; it must be an object, criterion -> verdict", where=where)
    for name, verdict in verdicts.items():
        if name not in known:
            raise DataError(
                f"unknown criterion '{name}'; the rubric has: {', '.join(known)}.{did_you_mean(name, known)}",
                where=where,
            )
        allowed = known[name].verdicts
        if not isinstance(verdict, str) or verdict not in allowed:
            hint = did_you_mean(verdict, allowed) if isinstance(verdict, str) else ""
            raise DataError(
                f"{verdict!r:.60} is no verdict on '{name}'; allowed: {', '.join(allowed)} (leave out what was not judged).{hint}",
                where=where,
            )
    return verdicts


def _one_prompt(sample: Sample, prompts: dict[str, Sample]) -> None:
    first = prompts.setdefault(sample.id, sample)
    if first.prompt != sample.prompt:
        raise DataError(
            f"id {sample.id!r} is that of {first.where} too, with another prompt; one id is one sample",
            where=sample.where,
        )


def _head(sample: Sample) -> dict[str, Any]:
    return {"id": sample.id, "prompt": list(sample.messages) if sample.messages else sample.prompt}


def _tail(label: VerdictLabel | ComparisonLabel) -> dict[str, Any]:
    """What may be left out of a line."""
    optional = {"note": label.note, "columns": dict(label.sample.columns)}
    return {name: value for name, value in optional.items() if value}
