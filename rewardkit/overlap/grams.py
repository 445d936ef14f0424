"""N-grams of words as 64-bit hashes in numpy arrays, and an index of which texts hold which.

Several texts are laid end to end (`Words`), so that one numpy call makes the n-grams of all of them. Hashes are the same in every process. Two
different n-grams share one with a chance of about 2**-64 a pair: once in some hundred thousand comparisons of a million with a million.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from .limits import is_shared

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]

_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, so that multiplying by it loses nothing
_MOST_WORDS = 1_000_000  # different ones remembered; more are looked up anew, so that memory stays bounded


class WordHashes(dict[str, int]):
    """Each word's 64-bit hash, made when first asked for."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _MOST_WORDS:
            self.clear()
        made = int.from_bytes(
            blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little"
        )
        self[word] = made
        return made


class Known:
    """Which texts came before, in 16 MB however many there are: of a million different ones, 6 % pass as known."""

    def __init__(self) -> None:
        self._seen = np.zeros(1 << 24, bool)

    def fresh(self, texts: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Of each text, whether it is new; it is known from now on."""
        found = np.empty(len(texts), bool)
        for number, text in enumerate(texts):
            place = int.from_bytes(
                blake2b(text.encode("utf-8", "surrogatepass"), digest_size=3).digest(), "little"
            )
            found[number] = not self._seen[place]
            self._seen[place] = True
        return found


@dataclass(frozen=True, slots=True)
class Words:
    """The words of several texts laid end to end: their hashes, and the number of the text that each belongs to (rising)."""

    hashes: Hashes
    texts: Numbers

    def of(self, text: int) -> Words:
        """Those of one text."""
        first, end = np.searchsorted(self.texts, [text, text + 1])
        return Words(self.hashes[first:end], self.texts[first:end])


def laid_out(texts: Sequence[Sequence[str]], numbers: Sequence[int], known: WordHashes) -> Words:
    """The words of texts that have these numbers, in rising order."""
    lengths = [len(words) for words in texts]
    hashes = np.fromiter((known[word] for words in texts for word in words), np.uint64, sum(lengths))
    return Words(hashes, np.repeat(np.array(numbers, np.int64), lengths))


def grams_of(words: Words, n: int) -> tuple[Numbers, Hashes]:
    """The n-grams of each text, in the order of the words: the numbers of their texts, and their hashes."""
    count = len(words.hashes) - n + 1
    if count <= 0:
        return np.empty(0, np.int64), np.empty(0, np.uint64)
    made = words.hashes[:count].copy()
    for place in range(1, n):
        made *= _FACTOR
        made += words.hashes[place : place + count]
    inside = words.texts[:count] == words.texts[n - 1 :]
    return words.texts[:count][inside], made[inside]


def distinct(texts: Numbers, grams: Hashes) -> tuple[Numbers, Hashes]:
    """Each n-gram once a text, sorted by text and then by hash."""
    order = np.lexsort((grams, texts))
    texts, grams = texts[order], grams[order]
    new = np.ones(len(grams), bool)
    new[1:] = (texts[1:] != texts[:-1]) | (grams[1:] != grams[:-1])
    return texts[new], grams[new]


class GramIndex:
    """The different n-grams of `count` texts, each with a place (its rank), the texts that hold it and whether it is text of the task."""

    def __init__(self, words: Words, n: int, count: int) -> None:
        texts, grams = distinct(*grams_of(words, n))
        self.n = n
        self.values, self._places = np.unique(grams, return_inverse=True)
        self._starts = np.searchsorted(texts, np.arange(count + 1))
        self._holders = texts[np.argsort(self._places, kind="stable")]
        self.held_by = np.bincount(self._places, minlength=len(self.values))
        self._offsets = np.concatenate([[0], np.cumsum(self.held_by)])
        self.shared = is_shared(self.held_by, count)
        self.own = np.array([len(self.own_of(text)) for text in range(count)], np.int64)

    def places_of(self, text: int) -> Numbers:
        """The places of a text's n-grams, rising."""
        return self._places[self._starts[text] : self._starts[text + 1]]

    def own_of(self, text: int) -> Numbers:
        """The places of a text's n-grams that are not shared, rising."""
        places = self.places_of(text)
        return places[~self.shared[places]]

    def find(self, texts: Numbers, grams: Hashes) -> tuple[Numbers, Numbers]:
        """Those of the n-grams that the index has: the numbers of their texts, and their places."""
        if not len(self.values):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        at = np.searchsorted(self.values, grams)
        at[at == len(self.values)] = 0
        known = self.values[at] == grams
        return texts[known], at[known]

    def in_common(self, texts: Numbers, places: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Pairs of a text and one of the index that have n-grams in common that are not shared: both numbers, and how many.

        The places of each text must be different ones. A place that is not shared has few holders, so pairs are few.
        """
        own = ~self.shared[places]
        texts, places = texts[own], places[own]
        first, counts = self._offsets[places], self.held_by[places]
        ranks = np.repeat(np.arange(len(places)), counts)
        within = np.arange(len(ranks)) - np.repeat(np.cumsum(counts) - counts, counts)
        holders = self._holders[first[ranks] + within]
        count = max(1, len(self.own))
        pairs, both = np.unique(texts[ranks] * count + holders, return_counts=True)
        return pairs // count, pairs % count, both
