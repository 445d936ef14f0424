"""The evaluation's prompts, indexed once, so that training prompts stream past: near duplicates and n-grams.

Near duplicates are found without an estimate. A shingle that is not text of the task stands in five evaluation prompts at most (limits.py), so
the pairs that share one are few and their Jaccard index is counted. MinHash would estimate what can be counted here; benchmarks/overlap.py compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .grams import GramIndex, Numbers, WordHashes, Words, distinct, grams_of, laid_out
from .limits import FEW, MOST, NEAR, NGRAM, SHARED, SHINGLE, SHORTEST

Fresh = npt.NDArray[np.bool_]
"""Of each training text of a batch, whether none before it was the same."""

_ROUNDING = 1e-9  # 4/5 is no less than 0.8


@dataclass(frozen=True, slots=True)
class Pair:
    """A training text of a batch and an evaluation prompt that are alike: how far (0 to 1), and the places of the n-grams they share."""

    text: int
    prompt: int
    share: float
    places: Numbers


class Held:
    """An index of n-grams of the evaluation's prompts, and how many different training prompts hold each."""

    def __init__(self, words: Words, n: int, count: int) -> None:
        self.index = GramIndex(words, n, count)
        self._in_training = np.zeros(len(self.index.values), np.int64)

    def count(self, texts: Numbers, places: Numbers, fresh: Fresh) -> None:
        """Count a batch's n-grams, each once a text."""
        self._in_training += np.bincount(places[fresh[texts]], minlength=len(self._in_training))

    def own_of(self, prompt: int) -> Numbers:
        """The places of a prompt's n-grams that are no text of the task, by both files together. All of a prompt that has few n-grams."""
        places = self.index.places_of(prompt)
        if len(places) < FEW:
            return places
        held_by = self.index.held_by[places] + self._in_training[places]
        return places[~self.index.shared[places] & (held_by <= SHARED)]

    def own_share(self, prompt: int, places: Numbers) -> float:
        """The share of a prompt's own n-grams that are at `places`; of all of them where few are its own."""
        own = self.own_of(prompt)
        return float(np.isin(own if len(own) >= FEW else self.index.places_of(prompt), places).mean())


class Shingles(Held):
    """Near duplicates: the Jaccard index of sets of shingles."""

    def near(self, words: Words, fresh: Fresh) -> Iterator[Pair]:
        """Pairs with a Jaccard index of NEAR or more, both over all shingles and over those that are not shared."""
        texts, grams = distinct(*grams_of(words, self.index.n))
        sizes = np.bincount(texts, minlength=len(fresh))
        texts, places = self.index.find(texts, grams)
        self.count(texts, places, fresh)
        own = sizes - np.bincount(texts[self.index.shared[places]], minlength=len(sizes))
        pair_texts, prompts, both = self.index.in_common(texts, places)
        near = both >= (NEAR - _ROUNDING) * (self.index.own[prompts] + own[pair_texts] - both)
        for text, prompt in zip(pair_texts[near].tolist(), prompts[near].tolist(), strict=True):
            theirs = self.index.places_of(prompt)
            together = np.intersect1d(_of_text(texts, places, text), theirs, assume_unique=True)
            jaccard = len(together) / (int(sizes[text]) + len(theirs) - len(together))
            if jaccard >= NEAR - _ROUNDING:
                yield Pair(text, prompt, jaccard, together)


class Cover(Held):
    """The n-grams of the prompts of one length, and which training row had each first (-1: none)."""

    def __init__(self, words: Words, n: int, count: int) -> None:
        super().__init__(words, n, count)
        self.first = np.full(len(self.index.values), -1, np.int64)

    def look(self, words: Words, fresh: Fresh, before: int) -> tuple[Numbers, list[Pair]]:
        """Mark what a batch holds, of which `before` texts came earlier: the texts that had something first, and pairs with MOST in common."""
        texts, places = _once(*self.index.find(*grams_of(words, self.index.n)))
        self.count(texts, places, fresh)
        new = self.first[places] < 0
        self.first[places[new][::-1]] = (
            before + texts[new][::-1]
        )  # backwards: of several, the first text stays
        had_first = np.unique(self.first[places[new]]) - before
        pair_texts, prompts, both = self.index.in_common(texts, places)
        shares = both / self.index.own[prompts]
        most = shares >= MOST - _ROUNDING
        return had_first, [
            Pair(text, prompt, share, _of_text(texts, places, text))
            for text, prompt, share in zip(
                pair_texts[most].tolist(), prompts[most].tolist(), shares[most].tolist(), strict=True
            )
        ]


class Prompts:
    """Different prompts, in plain words, by number."""

    def __init__(self, prompts: Sequence[str]) -> None:
        self._hashes = WordHashes()
        self.number = {prompt: number for number, prompt in enumerate(prompts)}
        split = [prompt.split(" ") for prompt in prompts]
        lengths = [_length(len(words)) for words in split]
        self.shingles = Shingles(laid_out(split, range(len(split)), self._hashes), SHINGLE, len(split))
        self.covers: dict[int, Cover] = {}
        for n in sorted({n for n in lengths if n}):
            numbers = [number for number, length in enumerate(lengths) if length == n]
            words = laid_out([split[number] for number in numbers], numbers, self._hashes)
            self.covers[n] = Cover(words, n, len(split))
        self._lengths = lengths

    def words(self, texts: Sequence[str]) -> Words:
        """Training texts, in plain words, laid out for the other methods; they are numbered from 0."""
        return laid_out([text.split(" ") for text in texts], range(len(texts)), self._hashes)

    def cover(self, prompt: int) -> Cover | None:
        """The n-grams by which a prompt is looked for; None when it is too short."""
        return self.covers.get(self._lengths[prompt])

    def share_in(self, words: Words, text: int, prompt: int) -> float:
        """The share of the prompt's own n-grams that one training text of a batch holds."""
        cover = self.cover(prompt)
        if cover is None:
            return 0.0
        _, places = cover.index.find(*grams_of(words.of(text), cover.index.n))
        own = cover.index.own_of(prompt)
        return float(np.isin(own, places).mean()) if len(own) else 0.0

    def covered(self) -> Iterator[tuple[int, float, int]]:
        """Each prompt of which training had an n-gram: its number, the share of its own n-grams, the training row that first had most of them."""
        for prompt in range(len(self._lengths)):
            if cover := self.cover(prompt):
                first = cover.first[cover.own_of(prompt)]
                if (had := first[first >= 0]).size:
                    rows, counts = np.unique(had, return_counts=True)
                    yield prompt, had.size / first.size, int(rows[counts.argmax()])

    def shared(self) -> float:
        """The share of the prompts' n-grams, each counted once a prompt, that is text of the task."""
        own = everything = 0
        for prompt in range(len(self._lengths)):
            if cover := self.cover(prompt):
                everything += len(cover.index.places_of(prompt))
                own += len(cover.own_of(prompt))
        return 1 - own / everything if everything else 0.0


def _length(words: int) -> int:
    """Of the n-grams by which a prompt of so many words is looked for; 0 when it is too short."""
    return 0 if words < SHORTEST else min(words, NGRAM)


def _once(texts: Numbers, places: Numbers) -> tuple[Numbers, Numbers]:
    """Each place once a text, sorted by text and then by place."""
    pairs = np.unique(np.stack([texts, places]), axis=1)
    return pairs[0], pairs[1]


def _of_text(texts: Numbers, places: Numbers, text: int) -> Numbers:
    first, end = np.searchsorted(texts, [text, text + 1])
    return places[first:end]
