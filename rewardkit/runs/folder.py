"""The folder of one run: the only place that writes results.

    with RunFolder.open(Path("runs"), "demo", "eval", config, versions=..., fingerprints=..., seed=0) as folder:
        todo = [key for key in planned if key not in folder.done_keys()]
        folder.append_results(...)                  # flushed and on disk when it returns
        folder.write_summary(summary)

The same call with the same configuration resumes; with another one it is a ConfigError that names the keys that differ.
Killed at any byte and opened again, the folder has lost nothing that a call had finished writing, and a result is never there
twice: `append_results` leaves out the keys it already has. One process writes a run at a time (a lock the system frees at its end).
Network drives without POSIX locks are not covered.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from rewardkit.errors import ConfigError
from rewardkit.samples import Sample

from . import files, records
from .records import Metrics, Result, ResultKey, RunInfo, SampleRecord, Summary

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LINES = ("results.jsonl", "metrics.jsonl", "samples.jsonl")


class RunFolder:
    """An open run folder. Make one with `RunFolder.open`; `path` is where it lies, `info` is its run.json."""

    def __init__(self, path: Path, info: RunInfo, lock: BinaryIO) -> None:
        self.path = path
        self.info = info
        self._lock = lock
        self._done = records.read_keys(path)

    @classmethod
    def open(
        cls,
        root: str | Path,
        name: str,
        verb: str,
        config: Mapping[str, Any],
        *,
        versions: Mapping[str, str],
        fingerprints: Mapping[str, str],
        seed: int,
        samples: Mapping[str, Any] | None = None,
        primary: str = "",
    ) -> RunFolder:
        """Create `root/name/`, or resume it. `primary` names the grader that the report leads with.

        Resuming asks for the same verb, config, grader fingerprints, seed and samples; versions of packages may differ, and
        run.json keeps those of the start. Raises ConfigError otherwise, and when another process is writing the run.
        """
        if not _NAME.fullmatch(name):
            raise ConfigError(
                f"run name {name!r}: letters, digits, '.', '_' and '-' are allowed, at most 100, starting with a letter or digit"
            )
        path = Path(root) / name
        info = RunInfo(
            verb=verb,
            name=name,
            config=files.plain(config),
            config_hash=config_hash(config),
            versions=dict(versions),
            fingerprints=dict(fingerprints),
            seed=seed,
            samples=files.plain(samples or {}),
            primary=primary,
        )
        path.mkdir(parents=True, exist_ok=True)
        lock = _locked(path)
        try:
            kept = _started(path, info)
            for file in _LINES:
                files.repair_lines(path / file)
            return cls(path, kept, lock)
        except BaseException:
            lock.close()
            raise

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let another process write this run. What was appended is on disk already."""
        self._lock.close()

    @property
    def checkpoints(self) -> Path:
        """The folder for checkpoints of training; made on first use."""
        folder = self.path / "checkpoints"
        folder.mkdir(exist_ok=True)
        return folder

    def append_results(self, rows: Iterable[Result | Mapping[str, Any]]) -> int:
        """Append results and return how many were new: a key that is already there is left out.

        All rows are validated before the first is written. One write and one fsync per call, so pass a batch.
        Raises DataError for a row that is no result, a value that is not finite among them.
        """
        where = str(self.path / "results.jsonl")
        fresh: dict[ResultKey, Result] = {}
        for row in rows:
            result = records.parse_record(Result, row, where)
            if result.key not in self._done:
                fresh.setdefault(result.key, result)
        files.append_lines(self.path / "results.jsonl", (result.model_dump() for result in fresh.values()))
        self._done.update(fresh)
        return len(fresh)

    def append_metrics(self, rows: Iterable[Metrics | Mapping[str, Any]]) -> None:
        """Append optimiser steps. Absent and None quantities are left out; NaN and infinity are kept, as text."""
        where = str(self.path / "metrics.jsonl")
        parsed = [records.parse_record(Metrics, row, where) for row in rows]
        files.append_lines(self.path / "metrics.jsonl", (_metrics_line(row) for row in parsed))

    def append_samples(self, rows: Iterable[Sample | SampleRecord]) -> None:
        """Append samples the file does not have yet; skip this call to keep prompts and references out of the folder."""
        there = {record.sample for record in records.read_samples(self.path)}
        fresh: dict[str, SampleRecord] = {}
        for row in rows:
            record = records.sample_record(row) if isinstance(row, Sample) else row
            if record.sample not in there:
                fresh.setdefault(record.sample, record)
        files.append_lines(self.path / "samples.jsonl", (record.model_dump() for record in fresh.values()))

    def done_keys(self) -> frozenset[ResultKey]:
        """The keys of all results in the folder, unscored ones included."""
        return frozenset(self._done)

    def read_results(self) -> list[Result]:
        """All results in the order in which they were written."""
        return records.read_results(self.path)

    def read_metrics(self) -> list[Metrics]:
        """All optimiser steps in the order in which they were written."""
        return records.read_metrics(self.path)

    def drop_results(self, unwanted: Callable[[Result], bool]) -> int:
        """Remove results, for example unscored ones to retry, in one atomic rewrite; returns how many."""
        dropped = files.keep_lines(
            self.path / "results.jsonl", lambda row: not unwanted(Result.model_validate(row))
        )
        self._done = records.read_keys(self.path)
        return dropped

    def truncate_metrics(self, phase: str, after_step: int) -> int:
        """Remove the steps of a phase later than `after_step`, as when training resumes from that checkpoint; returns how many."""
        return files.keep_lines(
            self.path / "metrics.jsonl", lambda row: row["phase"] != phase or int(row["step"]) <= after_step
        )

    def write_summary(self, summary: Summary | Mapping[str, Any]) -> None:
        """Replace summary.json."""
        parsed = records.parse_record(Summary, summary, str(self.path / "summary.json"))
        content = parsed.model_dump()
        for row in content["stages"]:
            for optional in ("slice", "pass_at", "pass_at_k", "all_k", "worst", "best"):
                if row[optional] is None:
                    del row[optional]
        files.write_json(self.path / "summary.json", content)

    def add_seconds(self, name: str, seconds: float) -> None:
        """Add wall-clock seconds to an entry of timings.json; a resumed run adds to what was there."""
        timings = records.read_timings(self.path)
        timings[name] = round(timings.get(name, 0.0) + seconds, 3)
        files.write_json(self.path / "timings.json", timings)

    def seconds(self) -> dict[str, float]:
        """The entries of timings.json."""
        return records.read_timings(self.path)


def config_hash(config: Mapping[str, Any]) -> str:
    """A hex digest of a configuration that does not depend on the order of its keys."""
    text = json.dumps(files.plain(config), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def _locked(path: Path) -> BinaryIO:
    lock = (path / ".lock").open("ab")
    try:
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        if error.errno not in (errno.EACCES, errno.EAGAIN):
            raise
        raise ConfigError(
            "another process is writing this run; wait for it, or use another --run name", where=str(path)
        ) from None
    return lock


def _started(path: Path, info: RunInfo) -> RunInfo:
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
    there = records.read_run(path)
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
        yield f"{name.removeprefix('config.')} was {_shown(then)}, now {_shown(now)}"


_ABSENT = object()


def _shown(value: object) -> str:
    return "absent" if value is _ABSENT else f"{json.dumps(value):.60}"


def _metrics_line(row: Metrics) -> dict[str, Any]:
    return {name: value for name, value in row.model_dump().items() if value is not None and value != {}}
