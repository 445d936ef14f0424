"""Completions that a policy wrote: rows of a file, or the results of a run folder.

{"id": "q1", "completion": "42"}                               the sample is the row q1 of --data
{"prompt": "6 x 7?", "reference": "42", "completion": "42"}    the sample is in the row itself
runs/demo/                                                     what `rewardkit eval`, `grade` or `train` has written
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ...errors import DataError
from ...evaluating.answer_files import completion_text
from ...grader import Grader
from ...named_files import NamedFiles
from ...paths import display_path
from ...rows import Row, iter_rows
from ...runs.reading import RESULTS, iter_samples, numbered_lines, read_run
from ...runs.records import NAMED, Result, parse_result_line
from ...runs.tally import stage_rank
from ...samples import Sample, rename, sample_of
from ...scores import Score


class _Drawn(NamedTuple):
    stage: str
    decoding: str
    sample: str
    repeat: int


@dataclass(frozen=True, slots=True, eq=False)
class Completion:
    """One completion of a sample.

    `group` names the completions that were drawn together for one prompt, at one stage. `stored` are scores that a run has of it, by the
    name and fingerprint of the grader; `files` are the digests that files named by the samples had then.
    """

    sample: Sample
    text: str
    where: str = ""
    group: str = ""
    stage: str = ""
    seed: int = 0
    stored: Mapping[tuple[str, str], Score] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def score_by(self, grader: Grader) -> Score | None:
        """What the grader gave, as it is now, to the completion when the files that its sample names were as they are now; None otherwise."""
        score = self.stored.get((grader.name, grader.fingerprint))
        if score is None:
            return None
        now = NamedFiles([grader]).of(self.sample.columns)
        return score if all(self.files.get(name) == digest for name, digest in now.items()) else None


def read_completions(
    path: Path, samples: Sequence[Sample] = (), columns: Mapping[str, str] | None = None
) -> list[Completion]:
    """The completions of a file or run folder. `samples` are those that ids refer to; `columns` renames (ours -> theirs) where a row has them.

    DataError with file and line for a row without a completion, and for an id of which no sample is known.
    """
    known = {sample.id: sample for sample in samples}
    if path.is_dir():
        return _of_run(path, known)
    return [_of_row(row, known, columns or {}) for row in iter_rows(path)]


def _of_row(row: Row, known: Mapping[str, Sample], columns: Mapping[str, str]) -> Completion:
    here = {ours: theirs for ours, theirs in columns.items() if theirs in row.values}
    values = rename(row, here)
    if "completion" not in values:
        raise DataError(
            f"no column 'completion'; available: {', '.join(values)}. Name it: --column completion=THEIRS",
            where=row.where,
        )
    text = completion_text(values.pop("completion"), row.where)
    ident = "" if values.get("id") is None else str(values["id"])
    if ident in known:
        sample = known[ident]
    elif set(values) == {"id"}:
        raise DataError(_nowhere(ident, known), where=row.where)
    else:
        sample = sample_of(Row(values, row.where))
    return Completion(sample, text, row.where, group=sample.id)


def _of_run(folder: Path, known: Mapping[str, Sample]) -> list[Completion]:
    """One for each completion of results.jsonl, whatever number of graders scored it; the last stage comes last."""
    info = read_run(folder)
    named = info.samples.get(NAMED)
    files = dict(named) if isinstance(named, Mapping) else {}
    there = {**_samples_of(folder), **known}
    stored: dict[_Drawn, dict[tuple[str, str], Score]] = {}
    first: dict[_Drawn, tuple[Result, str]] = {}
    for line, where in numbered_lines(folder / RESULTS):
        result = parse_result_line(line, where)
        drawn = _Drawn(result.stage, result.decoding, result.sample, result.repeat)
        score = Score(result.value, result.components, result.cause, result.reason)
        stored.setdefault(drawn, {})[result.grader, result.fingerprint] = score
        first.setdefault(drawn, (result, where))
    if not first:
        raise DataError("this run has no results yet", where=display_path(folder))
    completions = []
    for drawn, (result, where) in first.items():
        if result.sample not in there:
            raise DataError(_nowhere(result.sample, known, "the run keeps no texts of it; "), where=where)
        group = "\x1f".join(drawn[:3])
        sample = there[result.sample]
        completions.append(
            Completion(
                sample, result.completion, where, group, result.stage, stored=stored[drawn], files=files
            )
        )
    return sorted(completions, key=lambda completion: stage_rank(completion.stage))


def _samples_of(folder: Path) -> dict[str, Sample]:
    where = display_path(folder)
    return {
        record.sample: Sample(record.sample, record.prompt, record.columns, where=where)
        for record in iter_samples(folder)
    }


def _nowhere(ident: str, known: Mapping[str, Sample], why: str = "") -> str:
    what = "--data has no row with that id" if known else "give --data with the rows that the ids refer to"
    return f"nothing is known of the sample {ident!r}: {why}{what}"
