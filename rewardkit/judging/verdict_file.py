"""Verdicts kept in a SQLite file, so that nobody is asked twice: `.rewardkit/verdicts.sqlite` of the current folder.

A verdict is kept under everything that was asked (task, request, answer, criterion, repeat) and the judge's identity. Whoever changes one
criterion's text asks about that criterion again, and about nothing else. Only verdicts are kept, never an outage.

The file is that of the scores' cache in another name (`scoring/score_file.py`): shared by processes, sealed, set aside when damaged.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

from ..scores import Component, Score
from ..scoring.score_file import ScoreFile
from .judges import Judge
from .questions import Question
from .replies import Verdict

FOLDER = Path(".rewardkit")


class VerdictFile:
    """See the module. One thread's at a time."""

    def __init__(self, path: Path) -> None:
        self._file = ScoreFile(path)

    def get(self, key: bytes, question: Question) -> dict[str, Verdict] | None:
        """The verdicts kept under a key, by criterion of the question; None when it was never answered."""
        kept = self._file.get([key]).get(key)
        names = [criterion.id for criterion in question.criteria]
        return None if kept is None else dict(zip(names, map(_verdict, kept), strict=True))

    def put(self, key: bytes, question: Question, verdicts: Mapping[str, Verdict]) -> None:
        """Keep them."""
        self._file.put({key: tuple(_score(verdicts[criterion.id]) for criterion in question.criteria)})

    def close(self) -> None:
        """End for good."""
        self._file.close()


def key_of(question: Question, judge: Judge) -> bytes:
    """What the verdicts of this judge on this question are kept under."""
    return blake2b(f"{judge.identity}\n{question.key}".encode("utf-8", "replace"), digest_size=16).digest()


def _score(verdict: Verdict) -> Score:
    return Score(0.0, (Component(verdict.verdict, 0.0),), reason=verdict.reason)


def _verdict(score: Score) -> Verdict:
    return Verdict(score.components[0].name, score.reason)
