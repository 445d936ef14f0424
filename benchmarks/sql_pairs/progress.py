"""Files of a run that may be cut off and taken up again, one question at a time.

Beside `pairs.jsonl` (labels equal and different) lie `discarded.jsonl` (undecidable and invalid), `review.jsonl` (unread), `skipped.jsonl`
(golds that do not run) and `questions.jsonl`, one line for each finished question. Lines of a question that was not finished are dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .records import Record
from .verdicts import Verdicts

_FILES = {
    "equal": "",
    "different": "",
    "undecidable": "discarded",
    "invalid": "discarded",
    "unread": "review",
}


class Progress:
    """The files of one run."""

    def __init__(self, out: Path) -> None:
        self.out = out
        out.parent.mkdir(parents=True, exist_ok=True)
        self.done = {self._id(line) for line in _lines(self._path("questions"))}
        for name in ("", "discarded", "review"):
            kept = [line for line in _lines(self._path(name)) if self._id(line) in self.done]
            _write(self._path(name), kept, "w")

    def add(self, database: str, question: int, records: Iterable[Record], seconds: float) -> None:
        """Write the pairs of a question and mark it as finished."""
        by_file: dict[str, list[dict[str, Any]]] = {}
        for record in records:
            by_file.setdefault(_FILES[record.label], []).append(record.model_dump())
        for name, lines in by_file.items():
            _write(self._path(name), lines, "a")
        line = {"database": database, "question": question, "seconds": round(seconds, 1)}
        _write(self._path("questions"), [line], "a")
        self.done.add((database, question))

    def settle(self, verdicts: Verdicts) -> None:
        """Give pairs the labels that were decided since they were written."""
        for name in ("", "discarded", "review"):
            lines = _lines(self._path(name))
            late = [line for line in lines if verdicts.get(line["key"], (line["label"],))[0] != line["label"]]
            if late:
                _write(self._path(name), [line for line in lines if line not in late], "w")
            for line in late:
                label, why = verdicts[line["key"]]
                _write(self._path(_FILES[label]), [{**line, "label": label, "reason": f"read: {why}"}], "a")

    def skipped(self, lines: Iterable[dict[str, Any]]) -> None:
        """Write the golds that were left out."""
        _write(self._path("skipped"), lines, "w")

    def _path(self, name: str) -> Path:
        return self.out.with_name(f"{name}.jsonl") if name else self.out

    @staticmethod
    def _id(line: dict[str, Any]) -> tuple[str, int]:
        return line["database"], line["question"]


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    text = path.read_text("utf-8")
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


def _write(path: Path, lines: Iterable[dict[str, Any]], mode: str) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    with path.open(mode, encoding="utf-8") as file:
        file.write(text)
