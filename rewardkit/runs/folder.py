"""The folder of one run: the only place that writes results.

    with RunFolder.open(Path("runs"), "demo", "eval", config, versions=..., fingerprints=..., seed=0) as folder:
        todo = [key for key in planned if key not in folder.done_keys()]
        folder.append_results(...)                  # on disk when it returns: one write and one fsync a batch
        folder.write_summary(summary)

The same call with the same configuration resumes; with another one it is a ConfigError that names the keys that differ.
Killed at any byte and opened again, the folder has lost nothing that a call had finished writing, and a result is never there
twice: `append_results` leaves out the keys it already has. What a power cut and a full disk may cost stands in `files`. One process
writes a run at a time (a lock the system frees at its end), or several with a `rank` each, which write files of their own
(`ranks`). Network drives without POSIX locks are not covered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from rewardkit.errors import ConfigError
from rewardkit.samples import Sample

from . import files, ranks, reading, records
from .keys import Keys
from .records import (
    Checked,
    Fault,
    Metrics,
    Notable,
    Result,
    ResultKey,
    RunInfo,
    SampleRecord,
    StageRow,
    StepTimes,
    Summary,
)
from .rollouts import rollouts_file, truncate_rollouts
from .started import config_hash, started, starting, way_from

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class RunFolder:
    """An open run folder. Make one with `RunFolder.open`; `path` is where it lies, `info` its run.json, `rank` who is writing."""

    def __init__(self, path: Path, info: RunInfo, lock: BinaryIO, rank: int = 0) -> None:
        self.path = path
        self.info = info
        self.rank = rank
        self._lock = lock
        self._results = ranks.file_of(path, "results", rank)
        self._faults = ranks.file_of(path, "faults", rank)
        self._sampled: set[str] | None = None
        self._unforced: set[Path] = set()
        for file in (self._results, self._faults, *self._files_of_rank_0()):
            files.repair_lines(file)
        if rank == 0 and ranks.ranks_in(path):
            self.merge_results()
        else:
            self._read_keys()

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
        started_from: str | Path | None = None,
        rank: int = 0,
    ) -> RunFolder:
        """Create `root/name/`, or resume it. `primary` names the grader that the report leads with, `started_from` the file that describes the run.

        Resuming asks for the same verb, config, grader fingerprints, seed and samples; versions of packages may differ, and
        run.json keeps those of the start. Raises ConfigError otherwise, when another process is writing the run, and when the folder
        cannot be written; CannotWrite when the disk is full.

        Of several processes each passes its `rank`. Rank 0 makes the folder, for which the others wait, and puts what ranks of an
        earlier run left into results.jsonl. Only rank 0 writes files other than results and faults: on another rank a call that would
        does nothing. A rank that opens the folder before rank 0 has merged may do again what another had done; it is kept once.
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
            started_from="" if started_from is None else way_from(path, started_from),
        )
        with starting(path):
            path.mkdir(parents=True, exist_ok=True)
            if rank:
                ranks.wait_for_run(path, rank)
            lock = ranks.lock(path, rank)
            if lock is None:
                raise ConfigError(
                    "another process is writing this run; wait for it, or use another --run name",
                    where=str(path),
                )
            try:
                return cls(path, started(path, info), lock, rank)
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
        """Let another process write this run. What was appended is on disk."""
        try:
            self.force_to_disk()
        finally:
            self._lock.close()

    def force_to_disk(self) -> None:
        """What tells of single steps (notable lines, times, rollouts), which is otherwise left to the system: called where a checkpoint is to count."""
        files.force_to_disk(sorted(self._unforced))
        self._unforced.clear()

    @property
    def checkpoints(self) -> Path:
        """The folder for checkpoints of training; made on first use."""
        folder = self.path / "checkpoints"
        folder.mkdir(exist_ok=True)
        return folder

    def append_results(self, rows: Iterable[Result | Mapping[str, Any]]) -> int:
        """Append results and return how many were new: a key that is already there is left out.

        All rows are validated before the first is written. One write and one fsync per call, so pass a batch.
        Raises DataError for a row that is no result, a value that is not finite among them, and CannotWrite, as all that write do,
        when the disk is full; then none of the batch is there.
        """
        where = str(self._results)
        fresh: dict[ResultKey, bytes] = {}
        for row in rows:
            result = records.parse_result(row, where)
            key = result.key
            if key not in self._done and key not in fresh:
                fresh[key] = files.plain_line(result.as_row())
        with self._unmerged():
            files.append(self._results, b"".join(fresh.values()))
        self._done.update(fresh)
        return len(fresh)

    def append_faults(self, rows: Iterable[Fault | Mapping[str, Any]]) -> None:
        """Append what graders printed on completions that they could not score, once per key (see `records.fault_of`).

        These lines may differ between runs that are otherwise the same, and so may their order.
        """
        where = str(self._faults)
        fresh: dict[ResultKey, Fault] = {}
        for row in rows:
            fault = records.parse_record(Fault, row, where)
            if fault.key not in self._explained:
                fresh.setdefault(fault.key, fault)
        with self._unmerged():
            files.append_lines(self._faults, (fault.model_dump() for fault in fresh.values()))
        self._explained.update(fresh)

    def append_metrics(self, rows: Iterable[Metrics | Mapping[str, Any]]) -> None:
        """Append optimiser steps. Absent and None quantities are left out; NaN and infinity are kept, as text."""
        path = self.path / reading.METRICS
        parsed = [records.parse_record(Metrics, row, str(path)) for row in rows]
        if self.rank == 0:
            files.append_lines(path, (_metrics_line(row) for row in parsed))

    def append_checks(self, row: Checked) -> None:
        """Append what the completions before a checkpoint showed."""
        if self.rank == 0:
            files.append_lines(self.path / reading.CHECKS, [row.model_dump()])

    def append_notable(self, rows: Iterable[Notable]) -> None:
        """Append what stands out among the completions of a step."""
        if self.rank == 0:
            self._append_unforced(self.path / reading.NOTABLE, (row.model_dump() for row in rows))

    def append_times(self, row: StepTimes) -> None:
        """Append what a step took."""
        if self.rank == 0:
            self._append_unforced(self.path / reading.TIMES, [row.model_dump()])

    def write_rollouts(self, phase: str, step: int, content: bytes) -> None:
        """Write, or replace, the Parquet file of a step."""
        if self.rank == 0:
            path = rollouts_file(self.path, phase, step)
            path.parent.mkdir(exist_ok=True)
            files.replace_file(path, content, force=False)
            self._unforced.add(path)

    def _append_unforced(self, path: Path, values: Iterable[Any]) -> None:
        files.append_lines(path, values, force=False)
        self._unforced.add(path)

    def read_checks(self) -> list[Checked]:
        """What the completions before each checkpoint showed."""
        return reading.read_checks(self.path)

    def append_samples(self, rows: Iterable[Sample | SampleRecord]) -> None:
        """Append samples the file does not have yet; skip this call to keep prompts and references out of the folder."""
        if self.rank:
            return
        if self._sampled is None:
            self._sampled = {record.sample for record in reading.iter_samples(self.path)}
        fresh: dict[str, SampleRecord] = {}
        for row in rows:
            record = records.sample_record(row) if isinstance(row, Sample) else row
            if record.sample not in self._sampled:
                fresh.setdefault(record.sample, record)
        files.append_lines(self.path / reading.SAMPLES, (record.as_row() for record in fresh.values()))
        self._sampled.update(fresh)

    def done_keys(self) -> Set[ResultKey]:
        """The keys of all results in the folder, unscored ones included: a view that grows with `append_results`, until others are merged or dropped."""
        return self._done

    def iter_results(self) -> Iterator[Result]:
        """All results in the order in which they were written, one at a time; on a rank above 0 its own come before the merged ones."""
        if self.rank == 0:
            return reading.iter_results(self.path)
        seen = Keys()  # read in this order a row that is merged meanwhile may be met twice, and is not missed
        both = chain(reading.iter_results(self.path, self._results.name), reading.iter_results(self.path))
        return (result for result in both if seen.add(result.key))

    def read_results(self) -> list[Result]:
        """`iter_results` as a list, about 1 kB each."""
        return list(self.iter_results())

    def read_metrics(self) -> list[Metrics]:
        """All optimiser steps in the order in which they were written."""
        return reading.read_metrics(self.path)

    def merge_results(
        self, *, units: Iterable[tuple[str, int]] = (), stages: Iterable[str] = ranks.STAGES
    ) -> int:
        """Put the results and faults of all ranks into results.jsonl and faults.jsonl; returns how many results there are.

        `units` are (sample, repeat) in the order in which one process would take them, `stages` likewise; with both, and the graders
        in the order of `fingerprints`, the file is byte for byte that of a single process. What is not named stands after
        the rest, by name. For rank 0, at any time: it is all of the run once the other ranks have appended their last. A single process
        that may have gone on from several calls it at its end as well; a file that is in order is left as it is.
        """
        if self.rank:
            raise RuntimeError(f"rank {self.rank} cannot merge results; rank 0 does")
        order = ranks.Order(stages=stages, graders=self.info.fingerprints, units=units)
        if ranks.ranks_in(self.path):
            ranks.merge(self.path, "faults", order)
        count = ranks.merge(self.path, "results", order)
        self._read_keys()
        return count

    def drop_results(self, unwanted: Callable[[Result], bool]) -> int:
        """Remove results, for example unscored ones to retry, with their faults, in one atomic rewrite; returns how many.

        A rank above 0 can remove only what it wrote itself.
        """
        dropped = Keys()

        def drop(line: bytes) -> bool:
            result = records.parse_result_line(line, str(self._results))
            if unwanted(result):
                dropped.add(result.key)
            return result.key in dropped

        def drop_fault(line: bytes) -> bool:
            return records.parse_key_line(line, str(self._faults)) in dropped

        with self._unmerged():
            files.drop_lines(self._results, drop)
            files.drop_lines(self._faults, drop_fault)
        self._read_keys()
        return len(dropped)

    def truncate_metrics(self, phase: str, after_step: int) -> int:
        """Remove the steps of a phase later than `after_step`, as when training resumes from that checkpoint, and all that was noted of them.

        Returns how many steps there were.
        """
        if self.rank:
            return 0

        def drop(name: str, model: type[Metrics | Checked | Notable | StepTimes]) -> int:
            path = self.path / name

            def later(line: bytes) -> bool:
                row = records.parse_record_line(model, line, str(path))
                return row.phase == phase and row.step > after_step

            return files.drop_lines(path, later)

        truncate_rollouts(self.path, phase, after_step)
        drop(reading.CHECKS, Checked)
        drop(reading.NOTABLE, Notable)
        drop(reading.TIMES, StepTimes)
        return drop(reading.METRICS, Metrics)

    def write_summary(self, summary: Summary | Mapping[str, Any]) -> None:
        """Replace summary.json."""
        path = self.path / "summary.json"
        content = records.parse_record(Summary, summary, str(path)).model_dump()
        for row in content["stages"]:
            for optional, field in StageRow.model_fields.items():
                if field.default is None and row[optional] is None:
                    del row[optional]
        if self.rank == 0:
            files.write_json(path, content)

    def add_seconds(self, name: str, seconds: float) -> None:
        """Add wall-clock seconds to an entry of timings.json; a resumed run adds to what was there."""
        if self.rank:
            return
        timings = reading.read_timings(self.path)
        timings[name] = round(timings.get(name, 0.0) + seconds, 3)
        files.write_json(self.path / "timings.json", timings)

    def seconds(self) -> dict[str, float]:
        """The entries of timings.json."""
        return reading.read_timings(self.path)

    def _files_of_rank_0(self) -> list[Path]:
        names = (reading.METRICS, reading.SAMPLES, reading.CHECKS, reading.NOTABLE, reading.TIMES)
        return [] if self.rank else [self.path / name for name in names]

    def _unmerged(self) -> AbstractContextManager[None]:
        """While it is open, rank 0 merges nothing that is written here."""
        return ranks.appending(self.path) if self.rank else nullcontext()

    def _read_keys(self) -> None:
        """What is there already: on a rank above 0 its own, which is read first lest it be merged meanwhile, and what was merged."""
        self._done, self._explained = (reading.read_keys(path) for path in (self._results, self._faults))
        if self.rank:
            self._done.update(reading.read_keys(self.path / reading.RESULTS))
            self._explained.update(reading.read_keys(self.path / reading.FAULTS))


def _metrics_line(row: Metrics) -> dict[str, Any]:
    return {name: value for name, value in row.model_dump().items() if value is not None and value != {}}
