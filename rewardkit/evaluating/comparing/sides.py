"""One side of a comparison: which results of which run, or of which runs under other training seeds, it means.

runs/demo            the run's only stage; of a training run its last one (rft or raft, sft, sft_alone, base)
runs/demo:base       one stage of it
runs/rft-s*          a pattern: the runs of one method under several training seeds (`runs/rft-s*:rft` names their stage)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rewardkit.runs import RunInfo, Summary, read_run, read_summary, reading
from rewardkit.runs.wording import stage_label

from ...errors import ConfigError, did_you_mean
from ...paths import display_path

_TRAINED = ("rft", "raft", "sft", "sft_alone", "base")
_DECODINGS = ("greedy", "given", "sampled")  # the first that both sides have is compared


@dataclass(frozen=True, slots=True)
class SideRun:
    """One run of a side: its folder, what run.json and summary.json say, and its stages with their decodings."""

    path: Path
    info: RunInfo
    summary: Summary
    stages: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Side:
    """A stage of one run, or of each run of several training seeds. `shown` is what its runs are called where their names tell no difference."""

    stage: str
    runs: tuple[SideRun, ...]
    shown: str = ""

    @property
    def label(self) -> str:
        """Which run and stage, for a table: `demo, After RFT`."""
        names = self.shown or ", ".join(run.path.name for run in self.runs[:2])
        more = f" and {len(self.runs) - 2} more" if len(self.runs) > 2 else ""
        several = any(len(run.stages) > 1 for run in self.runs)
        return f"{names}{more}, {stage_label(self.stage)}" if several else f"{names}{more}"

    @property
    def decodings(self) -> list[str]:
        """The decodings that all of its runs have, the one that is compared first in front."""
        shared = set.intersection(*(set(run.stages[self.stage]) for run in self.runs))
        return [name for name in _DECODINGS if name in shared]

    @property
    def pass_at(self) -> dict[str, float]:
        """The pass mark of each grader, as the summary of the first run has it."""
        return {row.grader: row.pass_at for row in self.runs[0].summary.stages if row.pass_at is not None}


def find_side(text: str | Path) -> Side:
    """The side that a text names. ConfigError when there is no such run or stage, DataError for a spoiled run."""
    named, stage = _split(str(text))
    return side_of(_folders(named), stage, called=str(text))


def side_of(paths: Sequence[Path], stage: str = "", *, called: str = "the runs") -> Side:
    """A stage of each of those run folders; "" means the only one, or the last of a training. Raises as `find_side` does."""
    runs = tuple(_run(path) for path in paths)
    for run in runs:
        if not run.stages:
            raise ConfigError("the run has no results yet", where=display_path(run.path))
    chosen = stage or _default_stage(runs)
    for run in runs:
        if chosen not in run.stages:
            hint = did_you_mean(chosen, run.stages)
            raise ConfigError(
                f"no stage '{chosen}'; it has {', '.join(run.stages)}.{hint}", where=display_path(run.path)
            )
    if len(runs) > 1 and len({run.path.resolve() for run in runs}) < len(runs):
        raise ConfigError(f"'{called}' names one run twice; seeds must be runs of their own")
    return Side(chosen, runs)


def told_apart(sides: Sequence[Side]) -> list[Side]:
    """The sides; those of runs in several folders with one name are called by their paths."""
    paths = [tuple(run.path.resolve() for run in side.runs) for side in sides]
    places = {(side.label, path) for side, path in zip(sides, paths, strict=True)}
    alike = Counter(label for label, _ in places)
    return [
        replace(side, shown=", ".join(display_path(run.path) for run in side.runs[:2]))
        if alike[side.label] > 1
        else side
        for side in sides
    ]


def _split(text: str) -> tuple[str, str]:
    """The name of the run and that of the stage; a folder whose own name holds a colon is taken whole."""
    if ":" not in text or Path(text).is_dir():
        return text, ""
    named, _, stage = text.rpartition(":")
    return named, stage


def _folders(named: str) -> list[Path]:
    path = Path(named).expanduser()
    if path.is_dir():
        return [path]
    found = sorted(each for each in path.parent.glob(path.name) if (each / "run.json").is_file())
    if found:
        return found
    if (Path("runs") / path).is_dir():
        raise ConfigError(f"'{named}': no such run. Did you mean '{Path('runs') / path}'?")
    near = [entry.name for entry in path.parent.iterdir() if entry.is_dir()] if path.parent.is_dir() else []
    raise ConfigError(
        f"'{named}': no such run; give a run folder, RUN:STAGE, or a quoted pattern that matches runs of several seeds."
        f"{did_you_mean(path.name, near)}"
    )


def _run(path: Path) -> SideRun:
    summary = read_summary(path)
    stages: dict[str, dict[str, None]] = {}
    # The summary of a finished run names its stages; one that was cut off has only its results.
    rows: list[tuple[str, str]] = [(row.name, row.decoding) for row in summary.stages] or [
        (key.stage, key.decoding) for key, _ in reading.iter_keyed(path)
    ]
    for stage, decoding in rows:
        stages.setdefault(stage, {}).setdefault(decoding)
    return SideRun(path, read_run(path), summary, {stage: tuple(names) for stage, names in stages.items()})


def _default_stage(runs: Sequence[SideRun]) -> str:
    """The only stage there is, or the last one of a training; ConfigError when that does not say which."""
    shared = [stage for stage in runs[0].stages if all(stage in run.stages for run in runs)]
    if len(shared) == 1:
        return shared[0]
    trained = [stage for stage in _TRAINED if stage in shared]
    if trained and runs[0].info.verb == "train":
        return trained[0]
    names = ", ".join(f"{runs[0].path}:{stage}" for stage in shared or runs[0].stages)
    raise ConfigError(f"the run has several stages; say which: {names}", where=display_path(runs[0].path))
