"""Which of a run's results the table of the report holds: a run may have millions, and a page shows thousands."""

from __future__ import annotations

from collections import Counter

from .records import Result, ResultKey

_MOST_ROWS = 12_000  # completions in the table; building more only to find that they do not fit takes seconds
_MOST_CHARACTERS = 50_000_000  # of completions that are read for the table
_MOST_UNSCORED = 300  # that are in the table whatever else is


class Thinning:
    """Which results the table shows: all, or where they are too many those of every second, fourth, ... sample and up to 300 unscored.

    First `add` every result, then `settle`, then ask `keeps` once for each in the same order.
    """

    def __init__(self) -> None:
        self.total = 0
        self._rows: Counter[str] = Counter()
        self._unscored: list[ResultKey] = []
        self._unscored_stride = 1
        self._unscored_seen = 0
        self._characters = 0
        self._kept: set[str] | None = None
        self._stride = 1
        self._seen = 0
        self.unscored: frozenset[ResultKey] = frozenset()

    def add(self, result: Result) -> None:
        """Count a result."""
        self.total += 1
        self._rows[result.sample] += 1
        self._characters += len(result.completion)
        if result.value is None:
            self._add_unscored(result.key)

    def settle(self) -> None:
        """Choose the samples; of a single one, every second, fourth, ... row."""
        self.unscored = frozenset(self._unscored)
        mean = self._characters // max(1, self.total)
        most = max(1, min(_MOST_ROWS, _MOST_CHARACTERS // max(1, mean)))
        if self.total <= most:
            return
        names = list(self._rows)
        while len(names) > 1 and sum(self._rows[name] for name in names) > most:
            names = names[::2]
        self._kept = set(names)
        while sum(self._rows[name] for name in names) > most * self._stride:
            self._stride *= 2

    @property
    def samples(self) -> int:
        """How many there are."""
        return len(self._rows)

    def keeps(self, key: ResultKey) -> bool:
        """Whether the next result is shown."""
        return self._sampled(key) or key in self.unscored

    def _add_unscored(self, key: ResultKey) -> None:
        """Keep the key, or of more than there is room for every second, fourth, ..."""
        if self._unscored_seen % self._unscored_stride == 0:
            self._unscored.append(key)
        self._unscored_seen += 1
        if len(self._unscored) > _MOST_UNSCORED:
            self._unscored = self._unscored[::2]
            self._unscored_stride *= 2

    def _sampled(self, key: ResultKey) -> bool:
        if self._kept is not None and key.sample not in self._kept:
            return False
        self._seen += 1
        return (self._seen - 1) % self._stride == 0
