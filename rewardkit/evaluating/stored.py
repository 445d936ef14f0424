"""The completions of a run, to be scored again by other graders without generating anything.

    stored = open_stored(Path("runs/demo"), graders)
    stored.given                # one `Given` per stage and decoding, as in the run
    grade(stored.given, graders, folder, scorer)

Samples are those of the run's samples.jsonl, or of a data file where the run keeps no texts. Nothing of the run is changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rewardkit.runs import RunFolder, RunInfo, iter_results, read_run
from rewardkit.runs.reading import SAMPLES, iter_samples
from rewardkit.runs.records import Decoding, SampleRecord

from ..collecting import check_columns
from ..errors import DataError
from ..grader import Grader
from ..named_files import NamedFiles
from ..paths import display_path, neighbour
from ..rows import Row
from ..samples import Sample, drawn, read_samples, rename
from ..scoring.items import seed_of
from .answers import Answer
from .generations import GenerationLog, read_generations
from .grading import Given


@dataclass(frozen=True)
class Stored:
    """What a run has: `given` are its stages, `samples` those that they are about, by id. `info` is its run.json."""

    path: Path
    info: RunInfo
    given: Sequence[Given]
    samples: Mapping[str, Sample]
    files: NamedFiles
    seed: int

    def __len__(self) -> int:
        return sum(len(each.answers) for each in self.given)

    def places(self, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """Where the samples of those completions stand."""
        return {(sample, repeat): self.samples[sample].where for sample, repeat in wanted}

    def copy_lengths(self, folder: RunFolder) -> None:
        """Give the new run what the old one knows of the lengths of these completions."""
        stages = {(each.stage, each.decoding) for each in self.given}
        GenerationLog(folder.path).append(
            row
            for row in read_generations(self.path)
            if (row.stage, row.decoding) in stages and row.sample in self.samples
        )


@dataclass(frozen=True)
class StoredAnswers:
    """The completions of one stage and decoding of a run, in the order of its results, each once."""

    path: Path
    stage: str
    decoding: Decoding
    samples: Mapping[str, Sample]
    seed: int
    count: int
    members: Mapping[str, int]
    files: NamedFiles

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Answer]:
        seen: set[tuple[str, int]] = set()
        for result in iter_results(self.path):
            unit = (result.sample, result.repeat)
            if (result.stage, result.decoding) != (self.stage, self.decoding) or unit in seen:
                continue
            seen.add(unit)
            if (sample := self.samples.get(result.sample)) is not None:
                seed = seed_of(self.seed, *unit)
                yield Answer(
                    sample, result.repeat, result.completion, seed, self.members.get(result.sample, 0)
                )


def open_stored(
    run: Path,
    graders: Sequence[Grader],
    *,
    data: Path | None = None,
    columns: Mapping[str, str] | None = None,
    limit: int | None = None,
    seed: int | None = None,
) -> Stored:
    """Look at the completions of a run and their samples, so that nothing is graded before all can be.

    `data` supplies the samples, else the run does; `columns` renames theirs (ours -> theirs). `limit` takes that many samples at random;
    `seed` is that of the run unless given, so that graders which ask for one get the same. DataError for what is no run, has no
    completions, or lacks samples; GraderError for a column that a grader asks for and a sample lacks.
    """
    if not run.is_dir():
        raise DataError(f"no such run{neighbour(run)}", where=display_path(run))
    info = read_run(run)
    stages: dict[tuple[str, Decoding], dict[tuple[str, int], None]] = {}
    for result in iter_results(run):
        stages.setdefault((result.stage, result.decoding), {})[result.sample, result.repeat] = None
    if not stages:
        raise DataError("the run has no completions", where=display_path(run))
    seed = info.seed if seed is None else seed
    ids = list(dict.fromkeys(sample for units in stages.values() for sample, _ in units))
    known = _samples(run, info, ids, data, columns or {})
    chosen = {ids[index] for index in drawn(len(ids), limit, seed=seed)}
    samples = {ident: sample for ident, sample in known.items() if ident in chosen}
    files = NamedFiles(graders)
    for sample in samples.values():
        files.of(sample.columns)
    for grader in graders:
        check_columns(grader, samples.values())
    together = any(grader.in_groups for grader in graders)
    given = []
    for (stage, decoding), units in stages.items():
        mine = [sample for sample, _ in units if sample in chosen]
        members = Counter(mine) if together else {}
        answers = StoredAnswers(run, stage, decoding, samples, seed, len(mine), members, files)
        given.append(Given(answers, stage, decoding))
    return Stored(run, info, [each for each in given if len(each.answers)], samples, files, seed)


def _samples(
    run: Path, info: RunInfo, ids: Sequence[str], data: Path | None, columns: Mapping[str, str]
) -> dict[str, Sample]:
    """The samples with those ids, in their order."""
    if data is not None:
        there = {sample.id: sample for sample in read_samples(data, columns=columns)}
    else:
        there = {
            record.sample: _sample(record, columns, f"{display_path(run / SAMPLES)}:{line}")
            for line, record in enumerate(iter_samples(run), 1)
        }
    lacking = [ident for ident in ids if ident not in there]
    if lacking and data is None:
        file = info.samples.get("file")
        hint = f" (it was {file})" if file else ""
        raise DataError(
            f"{len(lacking):,} of the {len(ids):,} samples of the run are not in its {SAMPLES}, as after --no-texts; name their file with "
            f"--data FILE{hint}",
            where=display_path(run),
        )
    if lacking:
        raise DataError(
            f"{len(lacking):,} of the {len(ids):,} samples of {display_path(run)} are not in it, the first of them '{lacking[0]}'",
            where=display_path(data or run),
        )
    return {ident: there[ident] for ident in ids}


def _sample(record: SampleRecord, columns: Mapping[str, str], where: str) -> Sample:
    messages = None if record.messages is None else tuple(dict(message) for message in record.messages)
    values = rename(Row(dict(record.columns), where), columns)
    return Sample(record.sample, record.prompt, values, messages, where)
