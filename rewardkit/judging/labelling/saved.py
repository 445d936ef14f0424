"""labels.jsonl: every answer is one line, written and forced to disk at once; of a rater's lines on one item the last counts.

    {"id", "prompt", "completion", "rater", "verdicts": {criterion: verdict}, "note", "columns"}     of one completion
    {"id", "prompt", "a", "b", "preferred": "a" | "b" | "tie", "rater", "note", "columns"}           of two; a stood on the left

A label may be begun only: then it lacks verdicts. One without verdict or note has been taken back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import DataError
from ...paths import display_path
from ...runs.files import append_lines
from .items import Item, key_of

TIE = "tie"
SIDES = ("a", "b", TIE)


@dataclass(frozen=True, slots=True)
class Label:
    """What one rater says of one item. `preferred` is a side, or empty; `better` is the text that stood there."""

    rater: str
    verdicts: Mapping[str, str] = field(default_factory=dict)
    preferred: str = ""
    better: str = ""
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.verdicts or self.preferred or self.note)


def line_of(item: Item, label: Label, columns: Mapping[str, Any]) -> dict[str, Any]:
    """The line of a label; the completions of a comparison stand in the order in which they were shown."""
    sample = {"id": item.sample.id, "prompt": item.sample.prompt}
    rater = {"rater": label.rater, "note": label.note, **({"columns": dict(columns)} if columns else {})}
    if len(item.completions) == 1:
        return {**sample, "completion": item.completions[0], "verdicts": dict(label.verdicts), **rater}
    left, right = item.completions
    return {**sample, "a": left, "b": right, "preferred": label.preferred, **rater}


class LabelFile:
    """A file of labels and what it says now, lines that another process has appended since included.

    Raises DataError with file and line for a line that is no label, CannotWrite when the disk takes none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._labels: dict[str, dict[str, Label]] = {}
        self._read_bytes = 0
        self._read_lines = 0
        self.refresh()

    def save(self, line: Mapping[str, Any]) -> None:
        """Append a line. When this returns the line is on the disk."""
        append_lines(self.path, [line])
        self.refresh()

    def refresh(self) -> None:
        """Read what was appended since the last time; all of it when the file is another one."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if size < self._read_bytes:
            self._labels, self._read_bytes, self._read_lines = {}, 0, 0
        if size == self._read_bytes:
            return
        with self.path.open("rb") as handle:
            handle.seek(self._read_bytes)
            for line in handle:
                if not line.endswith(b"\n"):  # still being written, or the rest of a write that was cut off
                    break
                self._take(line, f"{display_path(self.path)}:{self._read_lines + 1}")
                self._read_bytes += len(line)
                self._read_lines += 1

    def of(self, item: Item) -> Mapping[str, Label]:
        """The labels of an item by their raters."""
        return self._labels.get(item.key, {})

    @property
    def counts(self) -> dict[str, int]:
        """How many items of any data each rater has labelled here, in the order in which they came."""
        found: dict[str, int] = {}
        for labels in self._labels.values():
            for rater, label in labels.items():
                found[rater] = found.get(rater, 0) + bool(label)
        return found

    def _take(self, line: bytes, where: str) -> None:
        if not line.strip():
            return
        try:
            values = json.loads(line)
        except (ValueError, RecursionError):
            raise DataError(f"not valid JSON: {line[:60]!r}", where=where) from None
        key, label = _label_in(values, where)
        self._labels.setdefault(key, {})[label.rater] = label


def _label_in(values: Any, where: str) -> tuple[str, Label]:
    def text(name: str, default: str | None = None) -> str:
        value = values.get(name, default)
        if not isinstance(value, str):
            raise DataError(f"no label: '{name}' must be text, got {value!r:.60}", where=where)
        return value

    if not isinstance(values, dict):
        raise DataError(
            f"no label: each line must be a JSON object, got {type(values).__name__}", where=where
        )
    ident, prompt, rater, note = str(values.get("id")), text("prompt"), text("rater"), text("note", "")
    if "completion" in values:
        verdicts = values.get("verdicts")
        if not isinstance(verdicts, dict) or not all(isinstance(each, str) for each in verdicts.values()):
            raise DataError("no label: 'verdicts' must be texts by criterion", where=where)
        return key_of(ident, prompt, [text("completion")]), Label(rater, verdicts, note=note)
    left, right, preferred = text("a"), text("b"), text("preferred", "")
    if preferred not in (*SIDES, ""):
        raise DataError(f"no label: preferred={preferred!r}; allowed: {', '.join(SIDES)}", where=where)
    better = {"a": left, "b": right}.get(preferred, "")
    return key_of(ident, prompt, [left, right]), Label(rater, preferred=preferred, better=better, note=note)
