"""Scoring completions that exist already: rows of a file with a `completion` column.

    answers = read_answers("answers.jsonl", columns={"completion": "output"})
    results = grade(answers, graders, folder, scorer)

Several rows may be completions of one sample: rows with the same `id`, or without ids the same content apart from the completion.
They are numbered as repeats in the order of the file. Results are written batch by batch, and what the folder has is not scored again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rewardkit.runs import Result, RunFolder, files

from ..collecting import check_columns
from ..errors import ConfigError, DataError, did_you_mean
from ..grader import Grader
from ..samples import Row, Sample, read_rows, rename, sample_of, some_of
from ..scores import Score
from ..scoring import Scorer
from ..scoring.items import seed_of
from .answers import Answer, OnProgress, batches, key_of, score_answers

STAGE = "grade"
_BATCH = 128  # rows between two writes: what a kill may cost


def read_answers(
    path: str | Path, *, columns: Mapping[str, str] | None = None, limit: int | None = None, seed: int = 0
) -> list[Answer]:
    """Read a data file with a `completion` column (renamed by `columns`, ours -> theirs); DataError names file and line.

    `limit` takes that many rows at random, drawn by `seed`.
    """
    repeats: Counter[str] = Counter()
    first: dict[str, Sample] = {}
    answers = []
    for row in some_of(read_rows(path), limit, seed=seed):
        values = rename(row, columns or {})
        if "completion" not in values:
            hint = did_you_mean("completion", values) or " Name it: --column completion=THEIRS."
            raise DataError(f"no column 'completion'; available: {', '.join(values)}.{hint}", where=row.where)
        completion = _text(values.pop("completion"), row.where)
        sample = sample_of(Row(values, row.where))
        known = first.setdefault(sample.id, sample)
        if (known.prompt, known.reference) != (sample.prompt, sample.reference):
            raise DataError(
                f"id {sample.id!r} is that of {known.where} too, with another prompt or reference; one id is one sample",
                where=row.where,
            )
        repeat = repeats[sample.id]
        repeats[sample.id] += 1
        answers.append(Answer(sample, repeat, completion, seed_of(seed, sample.id, repeat)))
    return answers


def grade(
    answers: Sequence[Answer],
    graders: Sequence[Grader],
    folder: RunFolder,
    scorer: Scorer,
    on_progress: OnProgress | None = None,
) -> list[Result]:
    """Score what the folder lacks; returns one result per answer and grader, in the order of the answers.

    `on_progress` hears how many results there are and how many there will be. Raises GraderError before anything runs when a
    grader asks for a column that a row lacks.
    """
    for grader in graders:
        check_columns(grader, (answer.sample for answer in answers))
    done = folder.done_keys()
    total, count = len(answers) * len(graders), 0

    def heard(_: Score) -> None:
        nonlocal count
        count += 1
        report(count, total)

    report = on_progress or _ignore
    for batch in batches(answers, _BATCH):
        fresh = score_answers(
            batch, graders, scorer, stage=STAGE, decoding="given", done=done, on_score=heard
        )
        folder.append_results(fresh)
        count += len(batch) * len(graders) - len(fresh)
        report(count, total)
    by_key = {result.key: result for result in folder.read_results()}
    return [
        by_key[key_of(answer.sample, answer.repeat, grader, STAGE, "given")]
        for answer in answers
        for grader in graders
    ]


def is_complete(answers: Sequence[Answer], graders: Sequence[Grader], folder: RunFolder) -> bool:
    """Whether the folder has every result, so that `grade` would score nothing."""
    done = folder.done_keys()
    return all(
        key_of(answer.sample, answer.repeat, grader, STAGE, "given") in done
        for answer in answers
        for grader in graders
    )


def export_results(results: Iterable[Result], path: Path) -> None:
    """Write results as the lines that results.jsonl has, in the order given, replacing the file."""
    files.replace_file(path.resolve(), b"".join(files.json_line(result.model_dump()) for result in results))


def check_export(path: Path, data: Path) -> None:
    """ConfigError, before anything runs, when results could not be written there, or would replace the data."""
    if path.exists() and path.resolve() == data.resolve():
        raise ConfigError("it is the data file itself; name another", where=f"--out {path}")
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise ConfigError("it is no ordinary file; --json prints to standard output", where=f"--out {path}")
    if not path.parent.is_dir():
        raise ConfigError(f"the folder {path.parent} does not exist; make it first", where=f"--out {path}")
    if path.is_dir():
        raise ConfigError("it is a folder; name a file", where=f"--out {path}")


def _ignore(done: int, total: int) -> None:
    """Nobody listens."""


def _text(value: Any, where: str) -> str:
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
