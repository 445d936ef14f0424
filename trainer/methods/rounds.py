"""What the rounds of RAFT leave on disk, so that a kill at any moment costs at most the part of a round that it hit.

    round-0003.json     what the third round drew and kept: once it is there the round is not sampled again
    round-0003/         the model after it: once it is there the round is not trained again
    round-0003-steps/   the trainer's own checkpoints while the round is trained

Models of earlier rounds are removed. A round that accepted nothing has no model: the one before it stands.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rewardkit.runs import files

from .accepting import Row
from .policies import Policy, save_policy


@dataclass(frozen=True, slots=True)
class Round:
    """A round that was sampled and graded: `metrics` of its completions, the `rows` that it kept, and what it says of them."""

    number: int
    metrics: Mapping[str, Any]
    rows: tuple[Row, ...]
    told: str
    best: float | None = None
    loss: float | None = None

    @property
    def generated(self) -> int:
        """Completions generated up to and with this round."""
        return int(self.metrics["generated"])


class Rounds:
    """The rounds in a work folder, counted from 1; `start` is the stage whose model the first one begins with (None: the base)."""

    def __init__(self, work: Path, start: Path | None) -> None:
        self._work = work
        self._start = start

    def read(self) -> list[Round]:
        """The rounds that were sampled, in order. The last of them may still have to be trained."""
        found = sorted(self._work.glob("round-*.json"))
        values = [json.loads(path.read_text(encoding="utf-8")) for path in found]
        return [
            Round(**{**value, "rows": tuple((index, text) for index, text in value["rows"])})
            for value in values
        ]

    def write(self, one: Round) -> None:
        """Keep what a round drew; with its loss, once it was trained."""
        files.write_json(self._work / f"{_name(one.number)}.json", asdict(one))

    def newest(self) -> tuple[int, Path | None]:
        """The last round that left a model, and that model; 0 and `start` before there is one."""
        found = sorted(path for path in self._work.glob("round-????") if path.is_dir())
        return (int(found[-1].name.rpartition("-")[2]), found[-1]) if found else (0, self._start)

    def steps(self, number: int) -> Path:
        """The folder for the trainer's checkpoints of a round."""
        return self._work / f"{_name(number)}-steps"

    def keep(self, one: Round, policy: Policy) -> None:
        """Write the round's loss and then its model; what earlier rounds and the trainer left is no longer needed."""
        self.write(one)
        save_policy(policy, self._work / _name(one.number))
        shutil.rmtree(self.steps(one.number), ignore_errors=True)
        for path in self._work.glob("round-????"):
            if path.is_dir() and path.name != _name(one.number):
                shutil.rmtree(path)


def to_imitate(rounds: Sequence[Round], *, replay: bool) -> list[Row]:
    """The rows that the last of the rounds trains on; with `replay` those of the earlier ones first, each text once."""
    return list(dict.fromkeys(row for one in (rounds if replay else rounds[-1:]) for row in one.rows))


def _name(number: int) -> str:
    return f"round-{number:04}"
