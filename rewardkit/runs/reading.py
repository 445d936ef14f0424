"""Reading the files of a run back: strict inside a file (DataError with `file:line`), forgiving at its end.

A last line without its newline is being written, or was cut off, and is not there yet. What there is much of comes as an iterator, a
line at a time, so that a run of any length can be read: `iter_results`, `iter_samples`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from rewardkit.errors import DataError

from . import files
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
    StepTimes,
    Summary,
    parse_key_line,
    parse_record_line,
    parse_result_line,
)

RESULTS, FAULTS, SAMPLES, METRICS = "results.jsonl", "faults.jsonl", "samples.jsonl", "metrics.jsonl"
CHECKS, NOTABLE, TIMES = "checks.jsonl", "notable.jsonl", "times.jsonl"


def read_run(folder: Path) -> RunInfo:
    """run.json; DataError when there is none."""
    path = folder / "run.json"
    if not path.is_file():
        raise DataError("not a run folder: it has no run.json", where=str(folder))
    return parse_record_line(RunInfo, path.read_bytes(), str(path))


def read_summary(folder: Path) -> Summary:
    """summary.json; an empty Summary before the run has written one."""
    path = folder / "summary.json"
    return parse_record_line(Summary, path.read_bytes(), str(path)) if path.is_file() else Summary()


def iter_results(folder: Path, name: str = RESULTS) -> Iterator[Result]:
    """The lines of results.jsonl in their order, one at a time: files of millions of lines stream."""
    return (parse_result_line(line, where) for line, where in numbered_lines(folder / name))


def iter_keyed(folder: Path) -> Iterator[tuple[ResultKey, Callable[[], Result]]]:
    """The keys of results.jsonl in their order, each with a function that reads the whole line: for who wants a few of them."""
    for line, where in numbered_lines(folder / RESULTS):
        yield parse_key_line(line, where), partial(parse_result_line, line, where)


def read_results(folder: Path) -> list[Result]:
    """The lines of results.jsonl in their order, as a list: about 1 kB each where completions have 300 characters."""
    return list(iter_results(folder))


def read_keys(path: Path) -> Keys:
    """The keys of a file of results or faults without the rest of its lines; DataError for a line that is there twice."""
    keys = Keys()
    for line, where in numbered_lines(path):
        if not keys.add(parse_key_line(line, where)):
            raise DataError("this line is there twice; delete one of the two", where=where)
    return keys


def iter_faults(folder: Path) -> Iterator[Fault]:
    """The lines of faults.jsonl in their order, one at a time."""
    return (parse_record_line(Fault, line, where) for line, where in numbered_lines(folder / FAULTS))


def iter_samples(folder: Path) -> Iterator[SampleRecord]:
    """The lines of samples.jsonl in their order, one at a time."""
    return (parse_record_line(SampleRecord, line, where) for line, where in numbered_lines(folder / SAMPLES))


def read_samples(folder: Path) -> list[SampleRecord]:
    """The lines of samples.jsonl in their order."""
    return list(iter_samples(folder))


def read_metrics(folder: Path) -> list[Metrics]:
    """The lines of metrics.jsonl in their order."""
    return [parse_record_line(Metrics, line, where) for line, where in numbered_lines(folder / METRICS)]


def read_checks(folder: Path) -> list[Checked]:
    """The lines of checks.jsonl in their order."""
    return [parse_record_line(Checked, line, where) for line, where in numbered_lines(folder / CHECKS)]


def read_notable(folder: Path) -> list[Notable]:
    """The lines of notable.jsonl in their order."""
    return [parse_record_line(Notable, line, where) for line, where in numbered_lines(folder / NOTABLE)]


def read_times(folder: Path) -> list[StepTimes]:
    """The lines of times.jsonl in their order."""
    return [parse_record_line(StepTimes, line, where) for line, where in numbered_lines(folder / TIMES)]


def read_timings(folder: Path) -> dict[str, float]:
    """timings.json: seconds by name; empty before the run has written it."""
    path = folder / "timings.json"
    if not path.is_file():
        return {}
    return {str(name): float(value) for name, value in json.loads(path.read_bytes()).items()}


def numbered_lines(path: Path) -> Iterator[tuple[bytes, str]]:
    """The finished lines of a file with where they stand, `file:line`."""
    for number, line in enumerate(files.lines(path), 1):
        yield line, f"{path}:{number}"
