"""The runs of a folder, one line each, from their small files alone: run.json, summary.json and the lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewardkit.errors import DataError

from .. import reading
from ..figures import preferred_decoding
from ..records import RunInfo, StageRow, Summary
from ..writers import is_being_written
from .following import Followed, Stamp

_TRAINED = ("rft", "raft", "sft", "sft_alone")
_FILES = ("run.json", "summary.json", reading.RESULTS, reading.METRICS)


@dataclass(frozen=True, slots=True)
class Known:
    """What a run says of itself."""

    info: RunInfo
    summary: Summary


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in the list; `trouble` says why it has no more than a name. `written` is in seconds since 1970."""

    name: str
    written: float
    writing: bool | None
    verb: str = ""
    model: str = ""
    row: StageRow | None = None
    unscored: int | None = None
    trouble: str = ""


class Runs:
    """The runs below a folder; their small files are read again only when they have changed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, tuple[tuple[Stamp | None, ...], Known]] = {}

    def names(self) -> list[str]:
        """The folders that have a run.json."""
        try:
            found = [path.name for path in self.root.iterdir() if (path / "run.json").is_file()]
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(name for name in found if not name.startswith("."))

    def folder(self, name: str) -> Path:
        """The folder of a run; DataError when there is none of that name."""
        path = self.root / name
        if name != path.name or name.startswith(".") or "\0" in name or not (path / "run.json").is_file():
            raise DataError(
                f"there is no run '{name}' here, or it is not there any more", where=str(self.root)
            )
        return path

    def known(self, name: str) -> Known:
        """run.json and summary.json of a run; DataError when they cannot be read."""
        folder = self.folder(name)
        stamps = tuple(Followed(folder / file).stamp for file in _FILES[:2])
        if name not in self._known or self._known[name][0] != stamps:
            self._known[name] = stamps, Known(reading.read_run(folder), reading.read_summary(folder))
        return self._known[name][1]

    def line(self, name: str) -> RunLine:
        """The line of a run, whatever state it is in."""
        folder = self.root / name
        writing = is_being_written(folder)
        stamps = (Followed(folder / file).stamp for file in _FILES)
        written = max((stamp[2] / 1e9 for stamp in stamps if stamp), default=0.0)
        try:
            known = self.known(name)
        except (DataError, OSError) as error:
            return RunLine(name, written, writing, trouble=str(error))
        row = headline_row(known)
        return RunLine(
            name, written, writing, known.info.verb, model_of(known.info), row, _unscored(known, row)
        )

    def lines(self, order: str, *, descending: bool) -> list[RunLine]:
        """All runs in an order of `ORDERS`; those without the figure stand last either way."""
        lines = [self.line(name) for name in self.names()]
        key = ORDERS[order]
        there = [line for line in lines if key(line) is not None]
        missing = [line for line in lines if key(line) is None]
        return sorted(there, key=key, reverse=descending) + missing


ORDERS: dict[str, Callable[[RunLine], Any]] = {
    "name": lambda line: line.name.casefold(),
    "verb": lambda line: line.verb or None,
    "written": lambda line: line.written,
    "model": lambda line: (line.model.casefold(), line.row.name if line.row else "") if line.model else None,
    "figure": lambda line: line.row.mean if line.row else None,
    "unscored": lambda line: line.unscored,
}


def graders_of(known: Known) -> list[str]:
    """The graders of the summary, the one that the run is about first; before there is a summary those of run.json."""
    names = dict.fromkeys(row.grader for row in known.summary.stages) or dict.fromkeys(
        known.info.fingerprints
    )
    return sorted(names, key=lambda name: name != known.info.primary)


def headline_row(known: Known) -> StageRow | None:
    """The share solved of the primary grader over all prompts: of what was trained last, else of the best stage."""
    names = graders_of(known)
    rows = [row for row in known.summary.stages if row.metric == "solved" and row.slice is None]
    decoding = preferred_decoding(row.decoding for row in rows)
    mine = {row.name: row for row in rows if row.grader == names[0] and row.decoding == decoding}
    trained = [mine[stage] for stage in _TRAINED if stage in mine]
    if trained:
        return trained[0]
    return max(mine.values(), key=lambda row: -1.0 if row.mean is None else row.mean, default=None)


def model_of(info: RunInfo) -> str:
    """What answered: the model or models of the configuration, else the run or the file that was graded; their last parts."""
    source = (info.config.get("source") or {}).get("run")
    named = info.config.get("models") or info.config.get("model") or source or info.samples.get("file") or ""
    each: Sequence[object] = list(named) if isinstance(named, Mapping | list | tuple) else [named]
    return ", ".join(str(name).rstrip("/").rpartition("/")[2] for name in each)


def _unscored(known: Known, row: StageRow | None) -> int | None:
    """How many results of the primary grader were not scored, over all stages."""
    if row is None:
        return None
    about = [each for each in known.summary.stages if each.slice is None and each.metric == "solved"]
    return sum(each.unscored for each in about if each.grader == row.grader)
