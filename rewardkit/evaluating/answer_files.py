"""Completions that exist already: rows of a file with a `completion` column, read twice and never held.

    answers = open_answers("answers.jsonl", graders, columns={"completion": "output"})
    len(answers)                       # 100,000; every row was looked at, and nothing kept of it but hashes
    for answer in answers: ...

Several rows may be completions of one sample: rows with the same `id`, or without ids the same content apart from the completion.
They are numbered as repeats in the order of the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Any

from ..collecting import check_columns
from ..errors import DataError, did_you_mean
from ..grader import Grader
from ..named_files import NamedFiles
from ..paths import display_path
from ..row_shapes import Recognised, undecided
from ..rows import Row, files_of, iter_rows
from ..samples import OnShape, Sample, drawn, rename, sample_of, shape_of
from ..scoring.items import seed_of
from .answers import Answer


@dataclass(frozen=True)
class AnswerFile:
    """The completions of a file, in its order and as often as asked for. Made by `open_answers`, which has checked every row.

    `members` counts the completions of each sample by the hash of its id; it is empty unless a grader grades them together. `files` are
    those that its rows name to the graders.
    """

    source: _Source
    seed: int
    rows: int
    members: Mapping[int, int]
    stamp: tuple[int, int]
    files: NamedFiles

    @property
    def path(self) -> Path:
        """The file."""
        return self.source.path

    @property
    def columns(self) -> Mapping[str, str]:
        """Our names of columns -> those of the file, where they differ."""
        return self.source.columns

    def places(self, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """Where those completions, given by sample and repeat, stand: `answers.jsonl:41`. The file is read as far as the last of them."""
        found: dict[tuple[str, int], str] = {}
        for answer in self:
            key = (answer.sample.id, answer.repeat)
            if key in wanted:
                found[key] = answer.sample.where
                if len(found) == len(wanted):
                    break
        return found

    def __len__(self) -> int:
        return self.rows

    def __iter__(self) -> Iterator[Answer]:
        """Raises DataError when the file is no longer the one that was checked."""
        repeats: Counter[int] = Counter()
        for sample, completion in self.source:
            place = hash(sample.id)
            repeat = repeats[place]
            repeats[place] += 1
            seed = seed_of(self.seed, sample.id, repeat)
            yield Answer(sample, repeat, completion, seed, self.members.get(place, 0))
        if _stamp(self.path) != self.stamp:
            raise DataError(
                "the file changed while it was graded; run the command again", where=display_path(self.path)
            )


def open_answers(
    path: str | Path,
    graders: Sequence[Grader] = (),
    *,
    columns: Mapping[str, str] | None = None,
    limit: int | None = None,
    seed: int = 0,
    on_shape: OnShape | None = None,
) -> AnswerFile:
    """Look at every row once, so that nothing is graded before all can be.

    `columns` renames (ours -> theirs); `limit` takes that many rows at random, drawn by `seed`. Where the first row shows the shape of
    another tool (row_shapes.py), its prompt is taken and, for a grader that may ask for it, its reference; `on_shape` is told. Raises
    DataError with file and line for a row that cannot be graded or an id that stands for two samples, GraderError for a column that a
    grader asks for and a row lacks.
    """
    file = Path(path)
    stamp = _stamp(file)
    used = None if limit is None else _drawn_rows(file, limit, seed)
    shape = _shape(next(iter_rows(file)), columns or {}, graders)
    if shape.columns and on_shape is not None:
        on_shape(shape)
    source = _Source(file, columns or {}, used, shape)
    checked: set[tuple[str, ...]] = set()
    contents: dict[int, int] = {}  # hash of an id -> hash of what the id stands for
    members: Counter[int] = Counter()
    files = NamedFiles(graders)
    for sample, _ in source:
        files.of(sample.columns)
        content = hash((sample.prompt, repr(sample.reference)))
        if contents.setdefault(hash(sample.id), content) != content:
            raise _two_samples(sample, source)
        names = tuple(sample.columns)
        if names not in checked:
            for grader in graders:
                check_columns(grader, [sample])
            checked.add(names)
        members[hash(sample.id)] += 1
    together = any(grader.in_groups for grader in graders)
    return AnswerFile(source, seed, members.total(), members if together else {}, stamp, files)


@dataclass(frozen=True)
class _Source:
    """The sample and the completion of each row that is used: `used` marks those that a limit chose (None: all)."""

    path: Path
    columns: Mapping[str, str]
    used: bytearray | None
    shape: Recognised

    def __iter__(self) -> Iterator[tuple[Sample, str]]:
        rows = iter_rows(self.path)
        for row in rows if self.used is None else compress(rows, self.used):
            values = rename(row, self.columns)
            if "completion" not in values:
                hint = did_you_mean("completion", values) or " Name it: --column completion=THEIRS."
                raise DataError(
                    f"no column 'completion'; available: {', '.join(values)}.{hint}", where=row.where
                )
            completion = completion_text(values.pop("completion"), row.where)
            yield sample_of(Row(values, row.where), shape=self.shape), completion


def _shape(first: Row, columns: Mapping[str, str], graders: Sequence[Grader]) -> Recognised:
    """What is taken from the columns of other tools: a reference only where it may be asked for, since one id must not have two."""
    wants = {name for grader in graders for name in grader.wants}
    shape = shape_of(first, columns)
    if "prompt" in wants and "prompt" in shape.undecided:
        hint = undecided(rename(first, columns), "prompt")
        raise DataError(
            f"the graders ask for the prompt, and no column is called so.{hint}", where=first.where
        )
    return shape.only({"prompt", *(["reference"] if {"reference", "sample"} & wants else [])})


def _drawn_rows(file: Path, limit: int, seed: int) -> bytearray:
    """A mark for each row: whether it is among those that the seed draws."""
    count = sum(1 for _ in iter_rows(file))
    used = bytearray(count)
    for index in drawn(count, limit, seed=seed):
        used[index] = 1
    return used


def _two_samples(sample: Sample, source: _Source) -> DataError:
    """What to say of an id that stands for another prompt or reference already."""
    first = next(known for known, _ in source if known.id == sample.id)
    return DataError(
        f"id {sample.id!r} is that of {first.where} too, with another prompt or reference; one id is one sample",
        where=sample.where,
    )


def _stamp(file: Path) -> tuple[int, int]:
    """What tells whether a file has changed; that it is missing is said by who reads it."""
    try:
        found = [each.stat() for each in files_of(file)]
    except (OSError, DataError):
        return 0, 0
    return sum(each.st_size for each in found), max((each.st_mtime_ns for each in found), default=0)


def completion_text(value: Any, where: str) -> str:
    """The completion as text; a chat completion, as trainers keep it, is the contents of its messages."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(_is_message(message) for message in value):
        return "\n\n".join(message["content"] for message in value)
    raise DataError(
        f"completion is {value!r:.60}; it must be text, or a list of messages with text as content",
        where=where,
    )


def _is_message(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("content"), str)
