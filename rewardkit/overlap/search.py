"""Training rows stream past the indexed evaluation rows, a batch at a time; nothing of them is kept but what a finding shows.

    overlap = find_overlap(read_samples("train.jsonl"), read_samples("eval.jsonl"))
    clean_ids(overlap)                   # the evaluation rows that were not trained on

Memory grows with the evaluation rows alone: about 12 kB for one of 60 words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..samples import Sample
from .findings import GRADES, Hit, Kind, Overlap, Place
from .grams import Known, Numbers, Words
from .limits import OWN, SOME
from .parts import asked, database_of, query_of, reference_text
from .prompts import Pair, Prompts
from .queries import Queries
from .references import References, stands_in
from .words import numbers_in, plain

_BATCH_ROWS, _BATCH_LETTERS = 512, 1_000_000
_SHOWN = 160  # characters of what a row asks


def find_overlap(train: Iterable[Sample], evaluation: Sequence[Sample]) -> Overlap:
    """Compare every training row with every evaluation row; `train` is gone through once and never held.

    Rows need ids for the evaluation only. Which kinds of overlap there are, and what they take, is in docs/overlap.md.
    """
    search = _Search(evaluation)
    for batch in _batches(train):
        search.look_at(batch)
    return search.overlap()


@dataclass(frozen=True, slots=True)
class _Row:
    """A training row with its parts in plain words."""

    number: int
    sample: Sample
    prompt: str
    reference: str

    @classmethod
    def of(cls, number: int, sample: Sample) -> _Row:
        return cls(number, sample, plain(asked(sample)), plain(reference_text(sample)))


def _batches(train: Iterable[Sample]) -> Iterator[list[_Row]]:
    batch: list[_Row] = []
    letters = 0
    for number, sample in enumerate(train):
        batch.append(row := _Row.of(number, sample))
        letters += len(row.prompt)
        if len(batch) == _BATCH_ROWS or letters >= _BATCH_LETTERS:
            yield batch
            batch, letters = [], 0
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class _Best:
    """The training row most like an evaluation row so far; whether what they share is text of the task is known at the end."""

    share: float
    places: Numbers
    prompt: str
    training: Place


class _Search:
    def __init__(self, evaluation: Sequence[Sample]) -> None:
        self._evaluation = evaluation
        self._asked = [plain(asked(sample)) for sample in evaluation]
        rows: defaultdict[str, list[int]] = defaultdict(list)
        for row, prompt in enumerate(self._asked):
            if prompt:
                rows[prompt].append(row)
        self._texts, self._rows = list(rows), list(rows.values())  # by the number of the prompt
        self._prompts = Prompts(self._texts)
        self._references = References([plain(reference_text(s)) for s in evaluation], self._asked)
        databases = [database_of(sample) for sample in evaluation]
        self._databases: defaultdict[str, list[int]] = defaultdict(list)
        for row, database in enumerate(databases):
            if database:
                self._databases[database].append(row)
        self._queries = Queries([query_of(sample) for sample in evaluation], databases)
        self._found: dict[tuple[Kind, int], tuple[float, Place | None]] = {}
        self._best: dict[tuple[Kind, int], _Best] = {}
        self._places: dict[int, Place] = {}  # training rows that a finding may show
        self._known = Known()
        self._seen = 0

    def look_at(self, batch: Sequence[_Row]) -> None:
        words = self._prompts.words([row.prompt for row in batch])
        fresh = self._known.fresh([row.prompt for row in batch])
        for cover in self._prompts.covers.values():
            had_first, pairs = cover.look(words, fresh, self._seen)
            for text in had_first.tolist():
                self._keep(batch[text])
            for pair in pairs:
                if _has_numbers_of(self._texts[pair.prompt], batch[pair.text].prompt):
                    self._propose("ngrams", self._rows[pair.prompt], batch[pair.text], pair)
        for pair in self._prompts.shingles.near(words, fresh):
            self._look_at_near(batch[pair.text], pair)
        for text, row in enumerate(batch):
            self._look_at_row(row)
            self._look_at_reference(row, words, text)
        self._seen += len(batch)

    def overlap(self) -> Overlap:
        """Everything that was found, once all training rows were looked at."""
        self._settle()
        for prompt, share, first in self._prompts.covered():
            for row in self._rows[prompt]:
                if share >= SOME and ("ngrams", row) not in self._found:
                    self._found["some_ngrams", row] = share, self._places[first]
        for row, first in self._references.shared():
            self._found["reference", row] = 1.0, self._places[first]
        for row, reference in enumerate(self._references.of_row):
            if stands_in(reference, self._asked[row]):
                self._found["reference_in_prompt", row] = 1.0, None
        order = list(GRADES)
        hits = tuple(
            Hit(kind, _place(self._evaluation[row]), training, share)
            for (kind, row), (share, training) in sorted(
                self._found.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
            )
        )
        empty = sum(not prompt for prompt in self._asked)
        ids = tuple(sample.id for sample in self._evaluation)
        return Overlap(self._seen, ids, hits, empty, self._prompts.shared())

    def _settle(self) -> None:
        """Of the likest rows, keep those that share what is the prompt's own."""
        for (kind, row), best in self._best.items():
            prompt = self._prompts.number[self._asked[row]]
            held = self._prompts.cover(prompt) if kind == "ngrams" else self._prompts.shingles
            if held is not None and held.own_share(prompt, best.places) >= OWN:
                known = self._found.get((kind, row), (0.0, None))
                self._found[kind, row] = max(known, (best.share, best.training), key=lambda one: one[0])

    def _propose(self, kind: Kind, rows: Sequence[int], training: _Row, pair: Pair) -> None:
        for row in rows:
            known = self._best.get((kind, row))
            # Of equals the greater text, so that the order of the rows makes no difference.
            if known is None or (pair.share, training.prompt) > (known.share, known.prompt):
                self._best[kind, row] = _Best(pair.share, pair.places, training.prompt, self._keep(training))

    def _look_at_near(self, row: _Row, pair: Pair) -> None:
        prompt = self._texts[pair.prompt]
        if prompt == row.prompt:
            return  # exact
        same = numbers_in(prompt.split(" ")) == numbers_in(row.prompt.split(" "))
        self._propose("near" if same else "other_numbers", self._rows[pair.prompt], row, pair)
        for other in self._rows[pair.prompt]:
            if same and row.reference and row.reference == self._references.of_row[other]:
                self._propose("prompt_and_reference", [other], row, pair)

    def _look_at_row(self, row: _Row) -> None:
        number = self._prompts.number.get(row.prompt)
        for other in self._rows[number] if number is not None else ():
            self._note("exact", other, row)
            if row.reference and row.reference == self._references.of_row[other]:
                self._note("prompt_and_reference", other, row)
        database = database_of(row.sample)
        for other in self._databases.get(database, ()):
            self._note("database", other, row)
        for other in self._queries.like(query_of(row.sample), database):
            self._note("query", other, row)

    def _look_at_reference(self, row: _Row, words: Words, text: int) -> None:
        telling = self._references.telling(row.reference)
        if telling and self._references.mark(row.reference, row.prompt, row.number):
            self._keep(row)
        for other in telling:
            number = self._prompts.number.get(self._asked[other])
            if number is not None and self._prompts.share_in(words, text, number) >= SOME:
                self._note("prompt_and_reference", other, row)

    def _note(self, kind: Kind, row: int, training: _Row) -> None:
        if (kind, row) not in self._found:
            self._found[kind, row] = 1.0, self._keep(training)

    def _keep(self, row: _Row) -> Place:
        known = self._places.get(row.number)
        if known is None:
            known = self._places[row.number] = _place(row.sample)
        return known


def _has_numbers_of(prompt: str, training: str) -> bool:
    """Whether a training prompt has every number of an evaluation prompt."""
    return Counter(numbers_in(prompt.split(" "))) <= Counter(numbers_in(training.split(" ")))


def _place(sample: Sample) -> Place:
    text = " ".join(asked(sample)[: 4 * _SHOWN].split())
    return Place(sample.id, sample.where, text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…")
