"""Scoring completions that exist already: window by window, in bounded memory, into a run folder.

    answers = open_answers("answers.jsonl", graders)
    grade(answers, graders, folder, scorer)
    found = standings(folder.iter_results(), graders)

Results are written in the order of the rows, and what the folder has is not scored again. A kill costs one window, about two seconds of
work; how rows are cut into windows never shows in the results.
"""

from __future__ import annotations

import json
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rewardkit.runs import RunFolder, files
from rewardkit.runs.records import Decoding

from ..errors import ConfigError
from ..grader import Grader
from ..guard import Guard
from ..named_files import NamedFiles
from ..samples import Sample
from ..scores import Score
from ..scoring import Scorer
from .answers import Answer, OnProgress, score_all
from .faults import keep
from .windows import Pace, windows

STAGE = "grade"


class Answers(Protocol):
    """Completions of one stage and decoding, read as often as asked for; `files` are those that their samples name."""

    @property
    def files(self) -> NamedFiles: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Answer]: ...


@dataclass(frozen=True, slots=True)
class Given:
    """Answers, and the stage and decoding under which their results are kept."""

    answers: Answers
    stage: str = STAGE
    decoding: Decoding = "given"


def grade(
    given: Answers | Sequence[Given],
    graders: Sequence[Grader],
    folder: RunFolder,
    scorer: Scorer,
    *,
    guard: Guard | None = None,
    texts: bool = True,
    on_progress: OnProgress | None = None,
    on_sample: Callable[[Sample], None] | None = None,
    pace: Pace | None = None,
) -> int:
    """Score what the folder lacks, and say how many scores that were; `texts` keeps the samples too, `pace` says how much at a time.

    `on_sample` hears of the sample of every completion, graded now or before. `on_progress` hears how many results there are, first of all
    of those that the folder has, and how many there will be. Raises GuardStop, after writing what is done, when too many of the new scores are unscored, and DataError, without writing the scores of that
    window, when a file that rows name has changed.
    """
    stages = stages_of(given)
    done = folder.done_keys()
    total, count = sum(len(each.answers) for each in stages) * len(graders), len(done)
    before = count

    def heard(_: Score) -> None:
        nonlocal count
        count += 1
        report(min(count, total), total)

    report = on_progress or _ignore
    report(count, total)
    pace = pace or Pace()
    together = any(grader.in_groups for grader in graders)
    for each in stages:
        for window in windows(each.answers, pace, whole_groups=together):
            began, known = time.monotonic(), len(done)
            scored = score_all(
                window, graders, scorer, stage=each.stage, decoding=each.decoding, done=done, on_score=heard
            )
            each.answers.files.check()
            pace.took(-(-len(scored) // len(graders)), time.monotonic() - began)
            if on_sample is not None:
                for answer in window:
                    on_sample(answer.sample)
            if texts:
                folder.append_samples(answer.sample for answer in window)
            keep(scored, folder)
            count = known + len(scored)
            if scored:
                report(count, total)
            if guard is not None:
                guard.look(score.result for score in scored)
    return count - before


def stages_of(given: Answers | Sequence[Given]) -> Sequence[Given]:
    """The stages that are to be graded; answers that name none are one."""
    return given if isinstance(given, Sequence) else [Given(given)]


def is_complete(given: Answers | Sequence[Given], graders: Sequence[Grader], folder: RunFolder) -> bool:
    """Whether the folder has every result, so that `grade` would score nothing: a run has results of its own rows only."""
    return len(folder.done_keys()) == sum(len(each.answers) for each in stages_of(given)) * len(graders)


def export_results(
    given: Answers | Sequence[Given], graders: Sequence[Grader], folder: RunFolder, path: Path
) -> None:
    """Write the lines of results.jsonl in the order of the rows and graders, replacing the file."""
    source = folder.path / "results.jsonl"
    files.replace_lines(
        path.resolve(), _in_order(source, stages_of(given), [grader.name for grader in graders])
    )


def check_export(path: Path, data: Path | None) -> None:
    """ConfigError, before anything runs, when results could not be written there, or would replace the data."""
    if data is not None and path.exists() and path.resolve() == data.resolve():
        raise ConfigError("it is the data file itself; name another", where=f"--out {path}")
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise ConfigError("it is no ordinary file; --json prints to standard output", where=f"--out {path}")
    if not path.parent.is_dir():
        raise ConfigError(f"the folder {path.parent} does not exist; make it first", where=f"--out {path}")
    if path.is_dir():
        raise ConfigError("it is a folder; name a file", where=f"--out {path}")


def _in_order(source: Path, stages: Sequence[Given], names: Sequence[str]) -> Iterator[bytes]:
    """The lines of the file, sorted by where their row stands; of each line only two numbers are kept in memory."""
    keys = (
        hash((each.stage, each.decoding, answer.sample.id, answer.repeat))
        for each in stages
        for answer in each.answers
    )
    rows = {key: place for place, key in enumerate(keys)}
    graders = {name: place for place, name in enumerate(names)}
    places, starts, end = array("q"), array("q"), 0
    for line in files.lines(source):
        result = json.loads(line)
        row = rows[hash((result["stage"], result["decoding"], result["sample"], result["repeat"]))]
        places.append(row * len(names) + graders[result["grader"]])
        starts.append(end)
        end += len(line) + 1
    with source.open("rb") as handle:
        for index in sorted(range(len(places)), key=places.__getitem__):
            handle.seek(starts[index])
            yield handle.readline()


def _ignore(done: int, total: int) -> None:
    """Nobody listens."""
