"""The evaluation's prompts, indexed once, so that training prompts stream past: exact, near and by n-grams.

Near duplicates are found without an estimate. A shingle that is not text of the task stands in ten evaluation prompts at most (limits.py), so
the pairs that share one are few and their Jaccard index is counted. MinHash would estimate what can be counted here; benchmarks/overlap.py compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .grams import GramIndex, Numbers, WordHashes, Words, distinct, grams_of, laid_out
from .limits import NEAR, NGRAM, SHINGLE, SHORTEST
from .words import numbers_in

_ROUNDING = 1e-9  # 4/5 is no less than 0.8


@dataclass(frozen=True, slots=True)
class NearPair:
    """A training text of a batch and an evaluation prompt whose sets of shingles have this Jaccard index."""

    text: int
    prompt: int
    jaccard: float


@dataclass(frozen=True, slots=True)
class Covered:
    """How much of a prompt's own n-grams training has, whether all its numbers are in them, and the training row that first had most of them."""

    prompt: int
    share: float
    numbers: bool
    first: int


class Prompts:
    """Different prompts, in plain words, by number."""

    def __init__(self, prompts: Sequence[str]) -> None:
        self._hashes = WordHashes()
        self.number = {prompt: number for number, prompt in enumerate(prompts)}
        split = [prompt.split(" ") for prompt in prompts]
        words = laid_out(split, range(len(split)), self._hashes)
        self._count = len(prompts)
        self._shingles = GramIndex(words, SHINGLE, self._count)
        self._own = np.array([len(self._shingles.own_of(number)) for number in range(self._count)], np.int64)
        self._length = [_length(len(one)) for one in split]
        self.covers = {
            n: Cover(_of_length(split, self._length, n, self._hashes), n, self._count)
            for n in sorted({n for n in self._length if n})
        }

    def words(self, texts: Sequence[str]) -> Words:
        """Training texts, in plain words, laid out for the other methods; they are numbered from 0."""
        return laid_out([text.split(" ") for text in texts], range(len(texts)), self._hashes)

    def near(self, words: Words) -> list[NearPair]:
        """Pairs of Jaccard index NEAR or more, both over all shingles and over those that are not text of the task."""
        texts, grams = distinct(*grams_of(words, SHINGLE))
        known, places = self._shingles.find(grams)
        shared = self._shingles.shared[places]
        sizes = np.bincount(texts)
        own = sizes - np.bincount(texts[known][shared], minlength=len(sizes))
        ranks, prompts = self._shingles.holders(places[~shared])
        pairs, both = np.unique(texts[known][~shared][ranks] * self._count + prompts, return_counts=True)
        pair_texts, pair_prompts = np.divmod(pairs, max(1, self._count))
        near = both >= (NEAR - _ROUNDING) * (self._own[pair_prompts] + own[pair_texts] - both)
        found = []
        for text, prompt in zip(pair_texts[near].tolist(), pair_prompts[near].tolist(), strict=True):
            theirs = self._shingles.places_of(prompt)
            together = len(np.intersect1d(places[texts[known] == text], theirs, assume_unique=True))
            jaccard = together / (int(sizes[text]) + len(theirs) - together)
            if jaccard >= NEAR - _ROUNDING:
                found.append(NearPair(text, prompt, jaccard))
        return found

    def share_in(self, words: Words, text: int, prompt: int) -> float:
        """The share of the prompt's own n-grams that one training text holds."""
        n = self._length[prompt]
        if not n:
            return 0.0
        index = self.covers[n].index
        _, places = index.find(grams_of(words.of(text), n)[1])
        own = index.own_of(prompt)
        return float(np.isin(own, places).mean()) if len(own) else 0.0

    def covered(self) -> Iterator[Covered]:
        """Each prompt of which training had an n-gram that is not text of the task."""
        for text, prompt in self.number.items():
            if n := self._length[prompt]:
                cover = self.covers[n]
                first = cover.first[cover.index.own_of(prompt)]
                if (had := first[first >= 0]).size:
                    rows, counts = np.unique(had, return_counts=True)
                    share = had.size / first.size
                    numbers = share == 1 or self._has_numbers(text.split(" "), cover)
                    yield Covered(prompt, share, numbers, int(rows[counts.argmax()]))

    def _has_numbers(self, words: Sequence[str], cover: Cover) -> bool:
        """Whether every word with a digit lies in an n-gram that training has, or in text of the task."""
        _, places = cover.index.find(grams_of(laid_out([words], [0], self._hashes), cover.index.n)[1])
        held = np.zeros(len(words), bool)
        for start in np.flatnonzero((cover.first[places] >= 0) | cover.index.shared[places]):
            held[start : start + cover.index.n] = True
        return not numbers_in([word for word, in_one in zip(words, held, strict=True) if not in_one])

    def shared(self) -> float:
        """The share of the prompts' n-grams, each counted once a prompt, that is text of the task."""
        ours = everything = 0
        for prompt, n in enumerate(self._length):
            if n:
                everything += len(self.covers[n].index.places_of(prompt))
                ours += len(self.covers[n].index.own_of(prompt))
        return 1 - ours / everything if everything else 0.0


class Cover:
    """The n-grams of the prompts of one length, and which training row had each of them first (-1: none)."""

    def __init__(self, words: Words, n: int, count: int) -> None:
        self.index = GramIndex(words, n, count)
        self.first = np.full(len(self.index.values), -1, np.int64)

    def mark(self, words: Words, before: int) -> Numbers:
        """Mark what these training texts hold, of which `before` were seen earlier; returns the texts that had something first."""
        texts, grams = grams_of(words, self.index.n)
        known, places = self.index.find(grams)
        new = (self.first[places] < 0) & ~self.index.shared[places]
        texts, places = texts[known][new], places[new]
        self.first[places[::-1]] = before + texts[::-1]  # backwards: of several, the first text stays
        return np.unique(self.first[places]) - before


def _length(words: int) -> int:
    """Of the n-grams by which a prompt of so many words is looked for; 0 when it is too short."""
    return 0 if words < SHORTEST else min(words, NGRAM)


def _of_length(split: Sequence[Sequence[str]], lengths: Sequence[int], n: int, hashes: WordHashes) -> Words:
    numbers = [number for number, length in enumerate(lengths) if length == n]
    return laid_out([split[number] for number in numbers], numbers, hashes)
