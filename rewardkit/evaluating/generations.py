"""generations.jsonl: how long each completion is and how it ended, beside the results that hold its text.

    {"stage":"tiny","decoding":"sampled","sample":"q1","repeat":0,"tokens":17,"finish":"stop"}

failures.jsonl keeps attempts that gave no completion, with their error; they are tried again when the run is resumed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewardkit.runs import files
from rewardkit.runs.ranks import file_of
from rewardkit.runs.records import Decoding, Record, parse_record


class Generated(Record):
    """A line of generations.jsonl. `finish` "length" means that the completion was cut off."""

    stage: str
    decoding: Decoding
    sample: str
    repeat: int
    tokens: int | None
    finish: str

    @property
    def unit(self) -> tuple[str, int]:
        """Which completion of the stage it is."""
        return self.sample, self.repeat


@dataclass(frozen=True, slots=True)
class Lengths:
    """Over the completions of one stage and decoding: mean length in tokens (None where unknown) and the share cut off."""

    completions: int
    mean_tokens: float | None
    truncated: float

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return {"mean_tokens": self.mean_tokens, "truncated": self.truncated}


class GenerationLog:
    """The two files in the folder of a run; one process writes them at a time, each rank of several its own, under its lock of the folder."""

    def __init__(self, folder: Path, rank: int = 0) -> None:
        self.path = file_of(folder, "generations", rank)
        self.failures = file_of(folder, "failures", rank)
        for path in (self.path, self.failures):
            files.repair_lines(path)
        self._known = {(row.stage, row.decoding, *row.unit) for row in read_generations(folder, rank)}

    def append(self, rows: Iterable[Generated]) -> None:
        """Append rows, leaving out completions that are there already (of a batch that is generated again)."""
        fresh = [row for row in rows if (row.stage, row.decoding, *row.unit) not in self._known]
        files.append_lines(self.path, (row.model_dump() for row in fresh))
        self._known.update((row.stage, row.decoding, *row.unit) for row in fresh)

    def append_failures(self, rows: Iterable[dict[str, Any]]) -> None:
        """Append attempts that gave no completion."""
        files.append_lines(self.failures, rows)


def read_generations(folder: Path, rank: int = 0) -> list[Generated]:
    """The lines of generations.jsonl, or of a rank's file, in their order."""
    path = file_of(folder, "generations", rank)
    lines = path.read_bytes().split(b"\n")[:-1] if path.is_file() else []
    return [
        parse_record(Generated, json.loads(line), f"{path}:{number}") for number, line in enumerate(lines, 1)
    ]


def lengths_of(rows: Iterable[Generated], stage: str, decoding: Decoding) -> Lengths:
    """Mean length and truncated share of the completions of a stage."""
    chosen = [row for row in rows if (row.stage, row.decoding) == (stage, decoding)]
    tokens = [row.tokens for row in chosen if row.tokens is not None]
    mean = sum(tokens) / len(tokens) if tokens and len(tokens) == len(chosen) else None
    return Lengths(len(chosen), mean, sum(row.finish == "length" for row in chosen) / max(1, len(chosen)))
