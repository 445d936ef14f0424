"""The rows that a grader is tested on: those of its own cases, and those of a data file, with what is known to be right and wrong there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from ..case_checks import check_marks
from ..cases import Case, Mark
from ..collecting import check_columns
from ..columns import find_column
from ..errors import DataError
from ..grader import BUILT_IN, Grader
from ..samples import Sample, read_samples
from ..scoring import item_of
from .expectations import Expected, expected_of

DataRow: TypeAlias = tuple[Sample, tuple[str, ...], tuple[str, ...]]
"""A sample with its right and its wrong completions."""


@dataclass(frozen=True, slots=True, eq=False)
class KnownRow:
    """A row of task data with the completions that are known to be right (`golds`) and wrong (`wrongs`) there.

    `compared` is what the grader compares a completion with, by name. `reference` is the same as text where it could itself be an answer,
    else None; `key` tells two references apart.
    `broken`: a case with its columns expects it to be unscored. `empty`: its reference is empty, so that an empty answer may be right.
    `together`: the completions that a grader of groups is given with each one that is tried here; none: it is given that one alone.
    `from_data`: it is a row of the data file, and not that of a case.
    """

    id: str
    columns: Mapping[str, Any]
    where: str
    golds: tuple[str, ...] = ()
    wrongs: tuple[str, ...] = ()
    compared: Mapping[str, Any] = field(default_factory=dict)
    reference: str | None = None
    key: str = ""
    broken: bool = False
    empty: bool = False
    together: tuple[str, ...] = ()
    from_data: bool = False

    @property
    def prompt(self) -> str:
        """The prompt's text, empty when the row has none."""
        return str(self.columns.get("prompt") or "")

    @property
    def told(self) -> bool:
        """Whether the prompt holds every text that the grader compares with, so that repeating it may be right."""
        prompt = self.prompt.casefold()
        texts = [text.strip().casefold() for text in leaves(self.compared)]
        return bool(texts) and all(text in prompt for text in texts)

    @property
    def compared_text(self) -> str:
        """What it is compared with, where that is one text; else empty. Unlike `reference` it need not be an answer by itself."""
        values = list(self.compared.values())
        return values[0].strip() if len(values) == 1 and isinstance(values[0], str) else ""

    @property
    def right_answers(self) -> tuple[str, ...]:
        """The golds, else the reference itself."""
        return self.golds or ((self.reference,) if self.reference is not None else ())

    def accepts(self, completion: str) -> bool:
        """Whether a completion is known to be right, or is the reference itself, up to case, space and form of a number."""
        known = [*self.golds, *([self.reference] if self.reference is not None else [])]
        return plain(completion) in {plain(text) for text in known}


_EMPTY = ("", "[]", "{}", "null", "none", "nan")


def plain(text: str) -> str:
    """Text with what rarely matters taken away: outer space, a final full stop, case, the form of a number."""
    text = " ".join(text.split()).casefold().rstrip(".")
    try:
        return repr(float(text.replace(",", "")))
    except ValueError:
        return text


def read_data(path: Path, columns: Mapping[str, str]) -> list[DataRow]:
    """The samples of a data file with their `gold` and `wrong` completions (one text or a list). DataError names file and line."""
    return data_rows(read_samples(path, columns=columns))


def data_rows(samples: Iterable[Sample]) -> list[DataRow]:
    """Samples with their `gold` and `wrong` completions (one text or a list); DataError names file and line."""
    return [data_row(sample) for sample in samples]


def data_row(sample: Sample) -> DataRow:
    """The sample with what its columns `gold` and `wrong` hold; DataError when that is no text."""
    return sample, _texts(sample, "gold"), _texts(sample, "wrong")


def known_rows(grader: Grader, data: Sequence[DataRow] = ()) -> list[KnownRow]:
    """The rows of a grader's cases, then those of the data; GraderError when one lacks a column that the grader asks for."""
    check_marks(grader)
    check_columns(grader, [sample for sample, _, _ in data])
    rows = list(_rows_of_marks(grader)) or list(_rows_of_parts(grader))
    declined = list(_declined(grader))
    for sample, golds, wrongs in data:
        columns = item_of(sample, "").columns
        broken = any(_is_about(case, columns, grader) for case in declined)
        row = _known(grader, sample.id, columns, sample.where, golds, wrongs, broken)
        rows.append(replace(row, from_data=True))
    return rows


def rows_of_marks(grader: Grader, rows: Iterable[KnownRow]) -> Iterator[tuple[Mark, KnownRow]]:
    """Each case, order and probe with the row that it is about."""
    by_columns: dict[str, KnownRow] = {}
    for row in rows:
        by_columns.setdefault(_key(row.columns), row)
    return ((mark, by_columns[_key(mark.columns)]) for mark in grader.marks)


def _rows_of_marks(grader: Grader) -> Iterator[KnownRow]:
    """One row for each different set of columns."""
    together: dict[str, list[Mark]] = {}
    for mark in grader.marks:
        check_columns(grader, [Sample("", "", mark.columns, where=mark.where)])
        together.setdefault(_key(mark.columns), []).append(mark)
    for marks in together.values():
        cases = [(mark, expected_of(mark.expect, grader)) for mark in marks if isinstance(mark, Case)]
        golds = tuple(case.completion for case, expected in cases if _is_full(expected, grader))
        wrongs = tuple(case.completion for case, expected in cases if _is_low(expected, grader))
        broken = any(expected.kind == "unscored" for _, expected in cases)
        yield _known(grader, marks[0].where, marks[0].columns, marks[0].where, golds, wrongs, broken)


def _rows_of_parts(grader: Grader) -> Iterator[KnownRow]:
    """For a combination without cases: the rows of its parts that have every column it needs; nothing is known to be right there."""
    needed = {name for name in _asked(grader) if name not in BUILT_IN}
    for part, _ in grader.parts:
        for row in [*_rows_of_marks(part), *_rows_of_parts(part)]:
            if needed <= set(row.columns) and not row.broken:
                yield replace(_known(grader, row.id, row.columns, row.where), reference=None)


def _declined(grader: Grader) -> Iterator[Case]:
    """The cases of a grader and of its parts that expect an answer to be unscored."""
    yield from (mark for mark in grader.marks if isinstance(mark, Case) and mark.expect == "unscored")
    for part, _ in grader.parts:
        yield from _declined(part)


def _is_about(case: Case, columns: Mapping[str, Any], grader: Grader) -> bool:
    """Whether a row is that of a case: they agree on every column that the grader asks for and on what else the case gives."""
    asked = {name for name in grader.wants if name not in BUILT_IN}
    return all(columns.get(name) == case.columns.get(name) for name in asked.union(case.columns))


def _is_full(expected: Expected, grader: Grader) -> bool:
    return expected.kind == "within" and expected.low >= grader.options.solved_at


def _is_low(expected: Expected, grader: Grader) -> bool:
    return expected.kind == "within" and expected.high < grader.options.solved_at


def _known(
    grader: Grader,
    ident: str,
    columns: Mapping[str, Any],
    where: str,
    golds: tuple[str, ...] = (),
    wrongs: tuple[str, ...] = (),
    broken: bool = False,
) -> KnownRow:
    compared = _compared(grader, columns)
    value = next(iter(compared.values()), None)
    reference = _as_answer(value, grader) if len(compared) == 1 else None
    told_apart = [*compared.values()] or [columns.get("prompt")]
    key = json.dumps([plain(_as_text(value) or "") for value in told_apart])
    empty = bool(compared) and (value is None or plain(_as_text(value) or "") in _EMPTY)
    return KnownRow(ident, columns, where, golds, wrongs, compared, reference, key, broken, empty)


def reference_columns(grader: Grader) -> tuple[str, ...]:
    """What the grader asks for to compare a completion with: `reference`, else every column of the sample that it must have."""
    if "reference" in grader.wants:
        return ("reference",)
    return tuple(name for name in _asked(grader) if name not in BUILT_IN)


def _compared(grader: Grader, columns: Mapping[str, Any]) -> dict[str, Any]:
    """The values of those columns; for a grader that takes the whole sample, the reference that it finds in this one."""
    names = reference_columns(grader)
    if names:
        return {name: columns.get(name) for name in names}
    found = find_column(columns, reference_in(grader))
    return dict([found]) if found else {}


def reference_in(grader: Grader) -> Iterator[str]:
    """Where a grader that takes the whole sample, or a part of it that does, looks for its reference: the first column that is there."""
    yield from grader.reference_in
    for part, _ in grader.parts:
        yield from reference_in(part)


def _asked(grader: Grader) -> tuple[str, ...]:
    names = set(grader.asks).union(*(_asked(part) for part, _ in grader.parts))
    return tuple(sorted(names))


def leaves(value: Any) -> Iterator[str]:
    """The texts and numbers in a value, those in lists and mappings too."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    elif value is not None:
        yield str(value)


def _as_answer(value: Any, grader: Grader) -> str | None:
    """The reference as a completion, where it has the form of one: not expected rows for a query, not material for a free text."""
    answer = grader.options.answer
    text = _as_text(value)
    rows_for_a_query = answer == "sql" and text is not None and text.lstrip()[:1] in ("[", "{")
    if answer == "free" or rows_for_a_query:
        return None
    return None if isinstance(value, list | dict) and answer not in ("json", "list") else text


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, default=str, skipkeys=True) if isinstance(value, list | dict) else str(value)


def _texts(sample: Sample, column: str) -> tuple[str, ...]:
    value = sample.columns.get(column)
    left_out = value == "" and ".csv:" in sample.where  # a CSV has no other way to leave a cell out
    if value is None or left_out:
        return ()
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in values):
        raise DataError(
            f"'{column}' must be a completion or a list of them; got {value!r:.60}", where=sample.where
        )
    return tuple(values)


def _key(columns: Mapping[str, Any]) -> str:
    return repr(sorted(columns.items(), key=lambda pair: pair[0]))
