"""References that both sides have: only those that are long, and not the answer to many prompts, tell of anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from .limits import LABEL, TRAIN_LABEL, is_long


class References:
    """The evaluation's references in plain words, by row; `prompts` are the plain prompts of the same rows."""

    def __init__(self, references: Sequence[str], prompts: Sequence[str]) -> None:
        self.of_row = references
        rows: defaultdict[str, list[int]] = defaultdict(list)
        for row, reference in enumerate(references):
            if is_long(reference):
                rows[reference].append(row)
        self._rows = {
            reference: found
            for reference, found in rows.items()
            if len({prompts[row] for row in found}) < LABEL
        }
        self._prompts: defaultdict[str, set[int]] = defaultdict(
            set
        )  # that training has with it, up to a label's
        self._first: dict[str, int] = {}

    def telling(self, reference: str) -> Sequence[int]:
        """The evaluation rows that have this reference, when it is long and no label."""
        return self._rows.get(reference, ())

    def mark(self, reference: str, prompt: str, row: int) -> bool:
        """Note that a training row has a telling reference; whether it is the first that does."""
        seen = self._prompts[reference]
        if len(seen) <= TRAIN_LABEL:
            seen.add(hash(prompt))
        return self._first.setdefault(reference, row) == row

    def shared(self) -> Iterator[tuple[int, int]]:
        """Evaluation rows whose reference training has, without labels, each with the first training row that has it."""
        for reference, first in self._first.items():
            if len(self._prompts[reference]) <= TRAIN_LABEL:
                yield from ((row, first) for row in self._rows[reference])


def stands_in(reference: str, prompt: str) -> bool:
    """Whether a reference that is long stands word for word in its own prompt; both in plain words."""
    return is_long(reference) and f" {reference} " in f" {prompt} "
