"""The results of a run as a table: filtered, ordered, a page at a time. A result is a line: one per completion and grader."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from rewardkit.errors import UsageError

from .store import Tables

PAGE = 50  # results
PREVIEW = 200  # characters
OUTCOMES = {
    "solved": "solved",
    "partial": "in part",
    "zero": "nothing earned",
    "unscored": "unscored",
}
ORDERS = {
    "": ("as written", "rowid"),
    "low": ("lowest score first", "value NULLS LAST, rowid"),
    "high": ("highest score first", "value DESC NULLS LAST, rowid"),
    "long": ("longest first", "length(completion) DESC, rowid"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for, as it stands in the address; an empty field asks for nothing."""

    stage: str = ""
    decoding: str = ""
    grader: str = ""
    outcome: str = ""
    cause: str = ""
    low: str = ""
    high: str = ""
    q: str = ""
    order: str = ""
    page: str = "1"

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Wanted:
        """The fields of an address; what is none of them is passed over."""
        return cls(**{each.name: asked[each.name].strip() for each in fields(cls) if each.name in asked})

    def query(self, **changes: object) -> dict[str, str]:
        """The fields that are set, changed, for the address of another page."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        values |= {name: str(value) for name, value in changes.items()}
        return {name: value for name, value in values.items() if value and (name, value) != ("page", "1")}

    @property
    def number(self) -> int:
        """The page, from 1 on."""
        return int(self.page) if self.page.isascii() and self.page.isdigit() and 0 < len(self.page) < 9 else 1


@dataclass(frozen=True, slots=True)
class Axes:
    """What there is to choose from, in the order of the file."""

    stages: Sequence[str]
    decodings: Sequence[str]
    graders: Sequence[str]
    causes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Line:
    """A result in the table; `preview` is the start of its completion, `prompt` that of what was asked ("" without texts)."""

    sample: str
    repeat: int
    stage: str
    decoding: str
    grader: str
    value: float | None
    cause: str | None
    preview: str
    length: int
    prompt: str


@dataclass(frozen=True, slots=True)
class Found:
    """A page of results and how many there are."""

    lines: Sequence[Line]
    count: int
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, one at least."""
        return max(1, math.ceil(self.count / PAGE))


def axes_of(tables: Tables) -> Axes:
    """What the results of a run can be told apart by."""
    rows = tables.rows(
        f"SELECT stage, decoding, grader, cause, min(rowid) AS first FROM {tables.results} GROUP BY ALL ORDER BY first"
    )
    stages, decodings, graders, causes = (
        list(dict.fromkeys(row[i] for row in rows if row[i])) for i in range(4)
    )
    return Axes(stages, decodings, graders, causes)


def find(tables: Tables, wanted: Wanted, pass_at: Mapping[str, float]) -> Found:
    """The page of results that is wanted, the last one when there are fewer. UsageError for a bound that is no number."""
    condition, values = _condition(tables, wanted, pass_at)
    (total,) = tables.rows(f"SELECT count(*) FROM {tables.results}")[0]
    (count,) = tables.rows(f"SELECT count(*) FROM {tables.results} WHERE {condition}", values)[0]
    page = min(wanted.number, max(1, math.ceil(count / PAGE)))
    order = ORDERS.get(wanted.order, ORDERS[""])[1]
    numbers = [
        number
        for (number,) in tables.rows(
            f"SELECT rowid FROM {tables.results} WHERE {condition} ORDER BY {order} LIMIT {PAGE} OFFSET {(page - 1) * PAGE}",
            values,
        )
    ]
    rows = tables.rows(
        f"SELECT r.rowid, sample, repeat, stage, decoding, grader, value, cause, left(completion, {PREVIEW}), length(completion), "
        f"coalesce((SELECT left(any_value(s.prompt), {PREVIEW}) FROM {tables.samples} s WHERE s.sample = r.sample), '') "
        f"FROM {tables.results} r WHERE r.rowid IN (SELECT unnest(?::BIGINT[]))",
        [numbers],
    )
    by_number = {row[0]: Line(*row[1:]) for row in rows}
    return Found([by_number[number] for number in numbers], count, total, page)


def outcome(value: float | None, bar: float) -> str:
    """Which of `OUTCOMES` a score is."""
    if value is None:
        return "unscored"
    return "solved" if value >= bar else "partial" if value > 0 else "zero"


def _condition(tables: Tables, wanted: Wanted, pass_at: Mapping[str, float]) -> tuple[str, list[object]]:
    parts: list[str] = ["true"]
    values: list[object] = []
    for name in ("stage", "decoding", "grader", "cause"):
        if given := getattr(wanted, name):
            parts.append(f"{name} = ?")
            values.append(given)
    for name, sign in (("low", ">="), ("high", "<=")):
        if given := getattr(wanted, name):
            parts.append(f"value {sign} ?")
            values.append(_bound(given))
    if wanted.outcome in OUTCOMES:
        bar = "coalesce(map_extract_value(?::MAP(VARCHAR, DOUBLE), grader), 1.0)"
        told = f"CASE WHEN value IS NULL THEN 'unscored' WHEN value >= {bar} THEN 'solved' WHEN value > 0 THEN 'partial' ELSE 'zero' END"
        parts.append(f"{told} = ?")
        values += [dict(pass_at), wanted.outcome]
    if wanted.q:
        reasons = "array_to_string(list_transform(components, lambda c: c.reason), chr(10))"
        own = " OR ".join(
            f"contains(lower({text}), lower(?))" for text in ("sample", "completion", "reason", reasons)
        )
        asked = "contains(lower(prompt), lower(?)) OR contains(lower(coalesce(\"columns\"->>'reference', '')), lower(?))"
        parts.append(f"({own} OR sample IN (SELECT sample FROM {tables.samples} WHERE {asked}))")
        values += [wanted.q] * 6
    return " AND ".join(parts), values


def _bound(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(f"'{text:.40}' is no number; a bound of scores is one, such as 0.5")
    return value
