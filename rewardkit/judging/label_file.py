"""`labels.jsonl`: what people said of completions, one JSON object a line, written by hand or by the label page.

    labels = read_labels("labels.jsonl")            # to calibrate a judge with
    file = LabelFile(Path("labels.jsonl"))          # for the page: it follows what others append, too
    file.append(label)

A later line of the same rater on the same completion, or pair, replaces the earlier one, whole. Every DataError names file and line. A last
line that is no JSON and has no newline is the rest of an interrupted write, or one that is being written: it is left out, `torn` says where
it stands, and the next `append` removes it.
"""

from __future__ import annotations

import codecs
import fcntl
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import DataError
from ..paths import display_path, neighbour
from ..rows import row_of
from ..runs.files import append, json_line, writing
from ..samples import Sample
from .labels import ComparisonLabel, Label, Subject, VerdictLabel, label_of, subject_of


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a file that stand and say something; `torn` is where a line cut off stands, or empty."""

    verdicts: tuple[VerdictLabel, ...] = ()
    comparisons: tuple[ComparisonLabel, ...] = ()
    torn: str = ""


def read_labels(path: str | Path) -> Labels:
    """The labels of a .jsonl file; an empty file has none.

    DataError, with file and line, for a missing file, a line that is no label, and an id that stands for two prompts.
    """
    file = Path(path)
    if file.suffix.lower() != ".jsonl":
        raise DataError(f"labels are kept in a .jsonl file, not '{file.suffix}'", where=display_path(file))
    if not file.is_file():
        raise DataError(f"no such file{neighbour(file)}", where=display_path(file))
    found = LabelFile(file)
    _check_prompts(found)
    labels = list(found)
    return Labels(
        tuple(label for label in labels if isinstance(label, VerdictLabel) and label.verdicts),
        tuple(label for label in labels if isinstance(label, ComparisonLabel) and label.preferred),
        found.torn,
    )


class LabelFile:
    """A file of labels and what it says now, lines that another process has appended since included. It need not be there yet.

    Iterating gives the labels that stand, those of one subject together, in the order in which they came. Raises DataError with file and
    line for a line that is no label, CannotWrite when the disk takes none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.torn = ""
        self._labels: dict[Subject, dict[str, Label]] = {}
        self._read_bytes = 0
        self._read_lines = 0
        self.refresh()

    def __iter__(self) -> Iterator[Label]:
        return (label for labels in self._labels.values() for label in labels.values())

    def append(self, label: Label) -> None:
        """Append a line. When this returns the line is on the disk."""
        append_label(self.path, label)
        self.refresh()

    def refresh(self) -> None:
        """Read what was appended since the last time; all of it when the file is another one."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if size < self._read_bytes:
            self._labels, self._read_bytes, self._read_lines = {}, 0, 0
        self.torn = ""
        if size == self._read_bytes:
            return
        with self.path.open("rb") as handle:
            handle.seek(self._read_bytes)
            for line in handle:
                where = f"{display_path(self.path)}:{self._read_lines + 1}"
                if not line.endswith(b"\n") and not _is_whole(line):
                    self.torn = where
                    break
                self._take(line, where)
                if line.endswith(b"\n"):  # else it is read again, once it has its newline
                    self._read_bytes += len(line)
                    self._read_lines += 1

    def of(self, sample: Sample, completions: Iterable[str]) -> Mapping[str, Label]:
        """The labels of a completion, or of a pair in any order, by their raters."""
        return self._labels.get(subject_of(sample, completions), {})

    @property
    def counts(self) -> dict[str, int]:
        """How many labels each rater has in the file, of whatever data, in the order in which they came."""
        found: dict[str, int] = {}
        for label in self:
            found[label.rater] = found.get(label.rater, 0) + bool(label)
        return found

    def _take(self, line: bytes, where: str) -> None:
        if self._read_bytes == 0:
            line = line.removeprefix(codecs.BOM_UTF8)
        if line.strip():
            label = label_of(row_of(line, where))
            self._labels.setdefault(label.subject, {})[label.rater] = label


def append_label(path: str | Path, label: Label) -> None:
    """Add the label as one line, in one write, and force it to disk: a call that returned survives a power cut.

    The rest of an interrupted write at the end of the file is removed first; a whole last line that lacks its newline, as an editor
    may leave it, gets one. Several processes may append. Raises CannotWrite.
    """
    file = Path(path)
    with _alone(file) as handle:
        if _lacks_newline(file):
            handle.write(b"\n")
            handle.flush()
        append(file, json_line(label.as_json()))


@contextmanager
def _alone(file: Path) -> Iterator[BinaryIO]:
    """The file, open for appending, and locked: another writer would take a line that is being written for one cut off."""
    with writing(file), file.open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle


def _lacks_newline(file: Path) -> bool:
    """Whether the last line is whole but for its newline; `append` would take it for the rest of an interrupted write."""
    *_, last = file.read_bytes().rsplit(b"\n", 1)
    return _is_whole(last)


def _is_whole(line: bytes) -> bool:
    """Whether a line is an object: no part of one is."""
    try:
        return bool(line.strip()) and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _check_prompts(labels: Iterable[Label]) -> None:
    prompts: dict[str, Sample] = {}
    for label in labels:
        first = prompts.setdefault(label.sample.id, label.sample)
        if first.prompt != label.sample.prompt:
            raise DataError(
                f"id {label.sample.id!r} is that of {first.where} too, with another prompt; one id is one sample",
                where=label.sample.where,
            )
