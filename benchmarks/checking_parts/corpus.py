"""The corpus of flawed and correct graders in tests/checking/corpus: one grader a file, with the rows its author would have."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parents[2] / "tests" / "checking" / "corpus"
SETS = ("known", "blind", "public", "fresh", "last", "later", "final", "eighth")


@dataclass(frozen=True, slots=True)
class Specimen:
    """One grader of the corpus. `truth` is its line of truth.jsonl."""

    set: str
    id: str
    flawed: bool
    truth: dict[str, Any]

    @property
    def target(self) -> str:
        """What `rewardkit test` is called with."""
        shape, grader = self.truth["shape"], self.truth["grader"]
        prefix = "" if shape == "rewardkit" else f"{shape}+"
        return f"{prefix}{self.file}:{grader}"

    @property
    def file(self) -> Path:
        """The file of the grader."""
        return CORPUS / self.set / f"{self.id}.py"

    @property
    def data(self) -> Path | None:
        """Its rows, if it has any."""
        path = self.file.with_suffix(".jsonl")
        return path if path.is_file() else None


def specimens(sets: Sequence[str] = SETS, *, seed: int = 0, most: int | None = None) -> list[Specimen]:
    """All graders of these sets in an order that tells nothing, or a sample of them."""
    found = []
    for name in sets:
        for line in (CORPUS / name / "truth.jsonl").read_text("utf-8").splitlines():
            truth = json.loads(line)
            found.append(Specimen(name, truth["id"], truth["flawed"], truth))
    random.Random(seed).shuffle(found)
    return found[:most]


def specimen(name: str, ident: str) -> Specimen:
    """One grader of a set, by its id."""
    return next(one for one in specimens([name]) if one.id == ident)
