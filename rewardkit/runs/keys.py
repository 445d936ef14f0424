"""The keys of a run's results, as small as they can be kept exactly: about 90 bytes a sample and grader, whatever the repeats.

A run of a million results is resumed by asking for each planned one whether it is there. As tuples their keys take 190 bytes each, as
hashes of 16 bytes 92; here the samples of one stage, decoding and grader share a dictionary whose values have a bit per repeat.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set

from .records import ResultKey


class Keys(Set[ResultKey]):
    """A set of keys that grows."""

    def __init__(self, keys: Iterable[ResultKey] = ()) -> None:
        self._repeats: dict[tuple[str, str, str, str], dict[str, int]] = defaultdict(dict)
        self._count = 0
        self.update(keys)

    def add(self, key: ResultKey) -> bool:
        """Put a key in; returns whether it is new."""
        stage, decoding, sample, repeat, grader, fingerprint = key
        group = self._repeats[stage, decoding, grader, fingerprint]
        before = group.get(sample, 0)
        if before >> repeat & 1:
            return False
        group[sample] = before | 1 << repeat
        self._count += 1
        return True

    def update(self, keys: Iterable[ResultKey]) -> None:
        """Put keys in."""
        for key in keys:
            self.add(key)

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, ResultKey):
            return False
        group = self._repeats.get((key.stage, key.decoding, key.grader, key.fingerprint), {})
        return bool(group.get(key.sample, 0) >> key.repeat & 1)

    def __iter__(self) -> Iterator[ResultKey]:
        for (stage, decoding, grader, fingerprint), group in self._repeats.items():
            for sample, repeats in group.items():
                for repeat in range(repeats.bit_length()):
                    if repeats >> repeat & 1:
                        yield ResultKey(stage, decoding, sample, repeat, grader, fingerprint)

    def __len__(self) -> int:
        return self._count
