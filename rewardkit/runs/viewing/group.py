"""All completions of one prompt at one stage, to stand beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rewardkit.errors import DataError

from .store import Tables
from .texts import Text, columns_of

MOST = 64  # completions on a page
CUT = 4_000  # characters of a completion, a prompt or a reference
_CUT_REASON = 600


@dataclass(frozen=True, slots=True)
class Part:
    """A component of a score."""

    name: str
    value: float | None
    weight: float | None
    level: float | None
    reason: Text


@dataclass(frozen=True, slots=True)
class Given:
    """What one grader said of a completion; `output` is what it printed when it could not, None when nothing is kept."""

    grader: str
    value: float | None
    cause: str | None
    reason: Text
    parts: Sequence[Part]
    output: Text | None


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion and what every grader said of it."""

    repeat: int
    text: Text
    scores: Sequence[Given]


@dataclass(frozen=True, slots=True)
class Group:
    """A prompt, what goes with it, and its completions at one stage; `places` are all (stage, decoding, count) it was answered at.

    `prompt` is None where the run keeps no texts. `before` and `after` are the samples beside it in the order of the file.
    """

    sample: str
    stage: str
    decoding: str
    prompt: Text | None
    columns: Mapping[str, Text]
    completions: Sequence[Completion]
    places: Sequence[tuple[str, str, int]]
    before: str | None
    after: str | None


def group_of(tables: Tables, sample: str, stage: str, decoding: str) -> Group:
    """The completions of a prompt at a stage, the first one when none is named. DataError when there are none."""
    places = tables.rows(
        f"SELECT stage, decoding, count(DISTINCT repeat), min(rowid) AS first FROM {tables.results} WHERE sample = ? "
        "GROUP BY ALL ORDER BY first",
        [sample],
    )
    if not places:
        raise DataError(f"the run has no completions of a sample '{sample:.80}'")
    at = [(place[0], place[1]) for place in places]
    alike = [place for place in at if place[0] == stage and decoding in ("", place[1])]
    stage, decoding = alike[0] if alike else at[0]
    asked = tables.one(
        f"SELECT left(prompt, {CUT}), length(prompt) FROM {tables.samples} WHERE sample = ?", [sample]
    )
    before, after = _beside(tables, sample)
    return Group(
        sample,
        stage,
        decoding,
        Text(asked[0], asked[1], {"what": "prompt", "sample": sample}) if asked else None,
        columns_of(tables, sample, CUT),
        _completions(tables, sample, stage, decoding),
        [(place[0], place[1], place[2]) for place in places],
        before,
        after,
    )


def _completions(tables: Tables, sample: str, stage: str, decoding: str) -> list[Completion]:
    parts = (
        "list_transform(components, lambda c: {'name': c.name, 'value': c.value, 'weight': c.weight, 'level': c.level, "
        f"'reason': left(c.reason, {_CUT_REASON}), 'length': length(c.reason)}})"
    )
    key = "r.stage = f.stage AND r.decoding = f.decoding AND r.sample = f.sample AND r.repeat = f.repeat AND r.grader = f.grader"
    rows = tables.rows(
        f"SELECT r.repeat, r.grader, r.value, r.cause, left(completion, {CUT}), length(completion), "
        f"left(reason, {_CUT_REASON}), length(reason), {parts}, left(output, {CUT}), length(output) "
        f"FROM {tables.results} r LEFT JOIN {tables.faults} f ON {key} "
        f"WHERE r.sample = ? AND r.stage = ? AND r.decoding = ? ORDER BY r.repeat, r.rowid",
        [sample, stage, decoding],
    )
    made: dict[int, Completion] = {}
    for repeat, grader, value, cause, text, length, reason, reason_length, components, output, told in rows:
        address = {"sample": sample, "stage": stage, "decoding": decoding, "repeat": repeat, "grader": grader}
        given = Given(
            grader,
            value,
            cause,
            Text(reason, reason_length, {"what": "reason", **address}),
            [_part(each, address) for each in components],
            None if output is None else Text(output, told, {"what": "output", **address}),
        )
        completion = made.get(repeat)
        if completion is None:
            completion = Completion(repeat, Text(text, length, {"what": "completion", **address}), [])
        made[repeat] = Completion(repeat, completion.text, [*completion.scores, given])
        if len(made) > MOST:
            del made[repeat]
            break
    return list(made.values())


def _part(row: Mapping[str, Any], address: Mapping[str, str | int]) -> Part:
    name = row["name"]
    reason = Text(row["reason"], row["length"], {"what": "part", "name": name, **address})
    return Part(name, row["value"], row["weight"], row["level"], reason)


def _beside(tables: Tables, sample: str) -> tuple[str | None, str | None]:
    """The samples before and after this one, as they stand in the results."""
    found = tables.one(
        "SELECT before, after FROM (SELECT sample, lag(sample) OVER (ORDER BY first) AS before, lead(sample) OVER (ORDER BY first) AS after "
        f"FROM (SELECT sample, min(rowid) AS first FROM {tables.results} GROUP BY sample)) WHERE sample = ?",
        [sample],
    )
    return (found[0], found[1]) if found else (None, None)
