"""Which run came before this one: the latest of the same data and settings whose graders were other versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rewardkit.errors import DataError

from .folder import RunFolder
from .reading import read_run
from .records import RunInfo


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier run, and the names of the graders that have changed since."""

    path: Path
    changed: tuple[str, ...]


def earlier_version(folder: RunFolder) -> Earlier | None:
    """The latest run beside `folder` that differs from it in nothing but fingerprints of graders; None when there is none."""
    mine = folder.info
    found = [(path, changed) for path, info in _beside(folder.path) if (changed := _changed(info, mine))]
    if not found:
        return None
    return Earlier(*max(found, key=lambda run: (run[0] / "run.json").stat().st_mtime_ns))


def _beside(path: Path) -> Iterator[tuple[Path, RunInfo]]:
    """The other runs in the same place; what cannot be read as one is passed over."""
    for file in path.parent.glob("*/run.json"):
        if file.parent != path:
            try:
                yield file.parent, read_run(file.parent)
            except (DataError, OSError):
                continue


def _changed(then: RunInfo, now: RunInfo) -> tuple[str, ...]:
    """The graders with another fingerprint; none when anything else differs as well."""
    one, other = (
        (run.verb, run.seed, run.samples, run.config, run.fingerprints.keys()) for run in (then, now)
    )
    if one != other:
        return ()
    return tuple(name for name, print_ in now.fingerprints.items() if then.fingerprints[name] != print_)
