"""Which run came before this one: the latest of the same data and settings whose graders, or files that rows name, were other versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rewardkit.errors import DataError

from .folder import RunFolder
from .reading import read_run
from .records import NAMED, RunInfo


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier run, and the names of the graders and of the files that have changed since."""

    path: Path
    graders: tuple[str, ...]
    files: tuple[str, ...]


def earlier_version(folder: RunFolder) -> Earlier | None:
    """The latest run beside `folder` that differs from it in nothing but fingerprints of graders and files that rows name; None when there is none."""
    found = (_version(path, info, folder.info) for path, info in _beside(folder.path))
    versions = [earlier for earlier in found if earlier is not None]
    return max(versions, key=lambda run: (run.path / "run.json").stat().st_mtime_ns, default=None)


def _version(path: Path, then: RunInfo, now: RunInfo) -> Earlier | None:
    """What has changed since a run of the same graders and data; None for another run."""
    graders = _changed(then.fingerprints, now.fingerprints)
    files = _changed(then.samples.get(NAMED, {}), now.samples.get(NAMED, {}))
    return Earlier(path, graders, files) if (graders or files) and _is_like(then, now) else None


def _beside(path: Path) -> Iterator[tuple[Path, RunInfo]]:
    """The other runs in the same place; what cannot be read as one is passed over."""
    for file in path.parent.glob("*/run.json"):
        if file.parent != path:
            try:
                yield file.parent, read_run(file.parent)
            except (DataError, OSError):
                continue


def _is_like(then: RunInfo, now: RunInfo) -> bool:
    """Whether two runs are of the same graders and data, whatever versions and contents of files."""
    one, other = (
        (
            run.verb,
            run.seed,
            {key: value for key, value in run.samples.items() if key != NAMED},
            run.config,
            run.fingerprints.keys(),
        )
        for run in (then, now)
    )
    return one == other


def _changed(then: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """The names with another value, or with one on one side only."""
    return tuple(name for name in {**now, **then} if then.get(name) != now.get(name))
