"""The same inputs for every layer and executor: row n is always the same text, and no two rows are equal.

New rows are taken for every repetition, so that nothing can be answered from a memory of the one before.
"""

from __future__ import annotations

from dataclasses import dataclass

_FILLER = "we add the parts and carry the one, then we look at the units again; " * 4


@dataclass(frozen=True, slots=True)
class Row:
    """A prompt, a completion of about 300 characters that ends in an answer, and the reference to compare that with."""

    prompt: str
    completion: str
    reference: str

    @property
    def right(self) -> bool:
        """What every layer has to say of this row."""
        return self.completion.rsplit(None, 1)[-1] == self.reference


def make_rows(start: int, count: int) -> list[Row]:
    """Rows `start` to `start + count`, about one in seven of them right."""
    return [
        Row(f"What is sum {n}?", f"Sum {n}: {_FILLER}so the total is {n % 7}", str(n % 5))
        for n in range(start, start + count)
    ]
