"""What a run was started with: run.json, written once, and whether what is started now is the same."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rewardkit.errors import CannotWrite, ConfigError

from . import files, reading
from .records import NAMED, RunInfo

# Troubles of the disk, not of the folder chosen.
_PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def way_from(folder: Path, file: str | Path) -> str:
    """The way from a run folder to a file, so that the two can be moved together."""
    return Path(os.path.relpath(Path(file).resolve(), folder.resolve())).as_posix()


def config_hash(config: Mapping[str, Any]) -> str:
    """A hex digest of a configuration that does not depend on the order of its keys."""
    text = json.dumps(files.plain(config), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


@contextmanager
def starting(path: Path) -> Iterator[None]:
    """A folder that cannot be written is a wrong choice of folder; a full disk is not."""
    try:
        with files.writing(path):
            yield
    except CannotWrite as error:
        if error.errno in _PASSING:
            raise
        raise ConfigError(
            f"a run cannot be written here: {error.problem}; choose another --runs-dir, or make this one writable",
            where=str(path),
        ) from None


def started(path: Path, info: RunInfo) -> RunInfo:
    """The run.json of the folder: the one that is there when it fits, else a new one in a folder without results."""
    if not (path / "run.json").is_file():
        strangers = sorted(entry.name for entry in path.iterdir() if not entry.name.startswith("."))
        if strangers:
            raise ConfigError(
                f"the folder is not empty and no run ({strangers[0]} is in it); use another --run name",
                where=str(path),
            )
        files.write_json(path / "run.json", info.model_dump())
        return info
    there = reading.read_run(path)
    changes = list(_differences(_identity(there), _identity(info)))
    if changes:
        raise ConfigError(
            f"run '{info.name}' was started differently: {'; '.join(changes[:8])}. Use another --run name, or delete {path}",
            where=str(path / "run.json"),
        )
    return there


def _identity(info: RunInfo) -> dict[str, Any]:
    return info.model_dump(include={"verb", "seed", "samples", "fingerprints", "config"})


def _differences(then: object, now: object, name: str = "") -> Iterator[str]:
    """Sentences such as `rft.steps was 12, now 16`, one per leaf that differs."""
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for key in sorted({*then, *now}):
            yield from _differences(
                then.get(key, _ABSENT), now.get(key, _ABSENT), f"{name}.{key}" if name else str(key)
            )
    elif then != now:
        yield _difference(name, then, now)


def _difference(name: str, then: object, now: object) -> str:
    file = name.removeprefix(f"samples.{NAMED}.")
    if file != name:
        what = "is new" if then is _ABSENT else "is no longer there" if now is _ABSENT else "has changed"
        return f"'{file}', which rows name, {what}"
    grader = name.removeprefix("fingerprints.")
    if grader != name and _ABSENT not in (then, now):
        return f"the grader '{grader}' has changed (fingerprint {_shown(then)}, now {_shown(now)}), and results of two versions do not mix"
    return f"{name.removeprefix('config.')} was {_shown(then)}, now {_shown(now)}"


_ABSENT = object()


def _shown(value: object) -> str:
    return "absent" if value is _ABSENT else f"{json.dumps(value):.60}"
