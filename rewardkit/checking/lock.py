"""graders.lock: which graders have passed `rewardkit test`, as they were then.

    [[grader]]
    name = "coverage"
    file = "graders/claims.py"
    fingerprint = "c0ffee0123456789"
    passed = "2026-11-22"

`rewardkit train` refuses a grader that is not in it, or whose fingerprint is another one.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import ConfigError
from ..grader import Grader
from ..paths import display_path
from ..toml_files import read_toml

LOCK = Path("graders.lock")
_HEAD = "# Written by `rewardkit test`: the graders that passed, as they were then. `rewardkit train` refuses others.\n"


class Entry(BaseModel):
    """One grader that passed. `file` is relative to the lock's folder where that is possible."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    file: str
    fingerprint: str
    passed: datetime.date


class _Lock(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    grader: tuple[Entry, ...] = ()


def read_lock(path: Path = LOCK) -> list[Entry]:
    """The entries of a lock file, none when there is no file. ConfigError when it is malformed."""
    if not path.is_file():
        return []
    file = read_toml(path)
    try:
        return list(_Lock.model_validate(file.data).grader)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"{place}: {first['msg']}; delete the file and run `rewardkit test` again", where=str(path)
        ) from None


def update(
    passed: Sequence[Grader], failed: Sequence[Grader], *, today: datetime.date, path: Path = LOCK
) -> list[Entry]:
    """Put in the graders that passed, take out those that failed, leave the rest; returns the new entries of the file.

    A grader that passed before with the same fingerprint keeps its date. No file is made for an empty lock.
    """
    entries = {(entry.file, entry.name): entry for entry in read_lock(path)}
    for grader in failed:
        entries.pop((_file(grader, path), grader.name), None)
    for grader in passed:
        key = (_file(grader, path), grader.name)
        if key not in entries or entries[key].fingerprint != grader.fingerprint:
            entries[key] = Entry(name=grader.name, file=key[0], fingerprint=grader.fingerprint, passed=today)
    kept = [entries[key] for key in sorted(entries)]
    if kept or path.is_file():
        _write(path, kept)
    return kept


def verify(graders: Iterable[Grader], path: Path = LOCK) -> list[str]:
    """One line for each grader that has not passed `rewardkit test`, or has changed since; empty when all may drive training."""
    entries = {(entry.file, entry.name): entry for entry in read_lock(path)}
    problems = []
    for grader in graders:
        entry = entries.get((_file(grader, path), grader.name))
        command = f"run: rewardkit test {_target(grader, path)}"
        if entry is None:
            problems.append(f"{grader} has not passed its tests; {command}")
        elif entry.fingerprint != grader.fingerprint:
            problems.append(f"{grader} has changed since it passed its tests on {entry.passed}; {command}")
    return problems


def _file(grader: Grader, lock: Path) -> str:
    """The grader's file relative to the lock's folder; for one outside it, its module's name, so that the lock can be shared."""
    file = grader.file.resolve()
    folder = lock.resolve().parent
    if file.is_relative_to(folder):
        return file.relative_to(folder).as_posix()
    by_path = not grader.module or grader.module.startswith("_")
    return str(file) if by_path else grader.module


def _target(grader: Grader, lock: Path) -> str:
    """What to call `rewardkit test` with, in the current folder, which need not be the lock's."""
    file = _file(grader, lock)
    return display_path(grader.file) if file.endswith((".py", ".toml")) else f"{file}:{grader.name}"


def _write(path: Path, entries: Iterable[Entry]) -> None:
    tables = [
        "".join(f"{key} = {_toml(value)}\n" for key, value in entry.model_dump(mode="json").items())
        for entry in entries
    ]
    text = _HEAD + "".join(f"\n[[grader]]\n{table}" for table in tables)
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _toml(value: str) -> str:
    """A TOML basic string: JSON's escapes are a subset of TOML's."""
    return json.dumps(value, ensure_ascii=False)
