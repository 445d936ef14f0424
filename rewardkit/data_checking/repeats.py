"""What stands twice in a file, found in hashes of its rows: eight bytes for each thing that is compared, whatever its length."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

_PLACE = re.compile(r"(.*[:\[])(\d+)(\]?)", re.DOTALL)
_MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Repeats:
    """How many different keys there are, how many rows have one that was there before, and the first pairs (earlier row, later row)."""

    distinct: int
    count: int
    pairs: tuple[tuple[int, int], ...]


def repeats(keys: array[int], most: int) -> Repeats:
    """Rows whose key an earlier row has."""
    return _pairs(keys, None, most)


def conflicts(keys: array[int], values: array[int], most: int) -> Repeats:
    """Rows whose key an earlier row has with another value; of the rows of a key the first is the earlier one."""
    return _pairs(keys, values, most)


def _pairs(keys: array[int], values: array[int] | None, most: int) -> Repeats:
    import numpy as np

    if not len(keys):
        return Repeats(0, 0, ())
    key = np.frombuffer(keys, dtype=np.int64)
    order = np.argsort(key, kind="stable")
    begins = np.concatenate(([True], key[order][1:] != key[order][:-1]))
    first = order[np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))]  # of each key
    later = ~begins
    if values is not None:
        value = np.frombuffer(values, dtype=np.int64)
        later &= value[order] != value[first]
    rows, earlier = order[later], first[later]
    some = np.argsort(rows)[:most]
    pairs = zip(earlier[some].tolist(), rows[some].tolist(), strict=True)
    return Repeats(int(begins.sum()), int(later.sum()), tuple(pairs))


class Places:
    """Where rows stand (`qa.csv:7`, `qa.parquet[7]`), eight bytes for each."""

    def __init__(self) -> None:
        self._numbers = array("Q")
        self._around = ("", "")

    def add(self, where: str) -> None:
        """The place of the next row."""
        found = _PLACE.fullmatch(where)
        if found is None:
            raise ValueError(f"{where!r} is no place of a row")
        self._around = (found[1], found[3])
        self._numbers.append(int(found[2]))

    def __getitem__(self, row: int) -> str:
        before, after = self._around
        return f"{before}{self._numbers[row]}{after}"


class Commonest:
    """The most frequent of many texts in bounded memory (Misra and Gries 1982): every one above a share of 1 in 1,000 is among those kept.

    How often it was there is counted exactly, by its hash.
    """

    def __init__(self) -> None:
        self._keys = array("q")
        self._kept: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, text: str) -> None:
        """Count a text."""
        self._keys.append(hash(text))
        if text in self._kept:
            self._kept[text] += 1
        elif len(self._kept) < _MOST_COUNTED:
            self._kept[text] = 1
        else:
            self._kept = {known: count - 1 for known, count in self._kept.items() if count > 1}

    def top(self, most: int) -> list[tuple[str, int]]:
        """The most frequent texts with how often each was there, the most frequent first."""
        import numpy as np

        if not self._keys:
            return []
        keys, counts = np.unique(np.frombuffer(self._keys, dtype=np.int64), return_counts=True)
        exact = [(text, int(counts[np.searchsorted(keys, hash(text))])) for text in self._kept]
        return sorted(exact, key=lambda pair: -pair[1])[:most]


def quantiles(lengths: array[int], at: Sequence[float] = (0.05, 0.5, 0.95)) -> tuple[int, ...]:
    """These quantiles and the maximum."""
    import numpy as np

    found = np.quantile(np.frombuffer(lengths, dtype=np.uint32), [*at, 1.0], method="nearest")
    return tuple(int(value) for value in found)
