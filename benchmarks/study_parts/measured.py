"""What a model reached, question by question, and how it is kept in a line: one bit a question."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Measured:
    """What a model reached, question by question: right greedily, right in one sample, and the mean scores with partial credit."""

    greedy: tuple[bool, ...]
    sampled: tuple[bool, ...]
    partial_greedy: float
    partial_sampled: float
    unscored: int

    def as_json(self) -> dict[str, Any]:
        return {
            "greedy": round(float(np.mean(self.greedy)), 4),
            "sampled": round(float(np.mean(self.sampled)), 4),
            "partial_greedy": round(self.partial_greedy, 4),
            "partial_sampled": round(self.partial_sampled, 4),
            "unscored": self.unscored,
            "greedy_bits": packed(self.greedy),
            "sampled_bits": packed(self.sampled),
        }


def packed(bits: Sequence[bool]) -> str:
    """One bit a question, as base64."""
    return base64.b64encode(np.packbits(np.array(bits, dtype=bool)).tobytes()).decode()


def unpacked(text: str, count: int) -> np.ndarray[Any, Any]:
    """The bits of `count` questions as 0.0 and 1.0."""
    return np.unpackbits(np.frombuffer(base64.b64decode(text), dtype=np.uint8), count=count).astype(float)
