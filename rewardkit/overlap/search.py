"""Training rows stream past the indexed evaluation rows, a batch at a time; nothing of them is kept but what a finding shows.

    overlap = find_overlap(read_samples("train.jsonl"), read_samples("eval.jsonl"))
    clean_ids(overlap)                   # the evaluation rows that were not trained on

Memory grows with the evaluation rows alone: about 3 kB for one of 60 words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..samples import Sample
from .findings import GRADES, Hit, Kind, Overlap, Place
from .limits import MOST, SOME
from .parts import asked, database_of, query_of, reference_text
from .prompts import NearPair, Prompts
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


class _Search:
    def __init__(self, evaluation: Sequence[Sample]) -> None:
        self._evaluation = evaluation
        self._asked = [plain(asked(sample)) for sample in evaluation]
        self._rows: defaultdict[str, list[int]] = defaultdict(list)  # prompt -> evaluation rows
        for row, prompt in enumerate(self._asked):
            if prompt:
                self._rows[prompt].append(row)
        self._prompts = Prompts(list(self._rows))
        self._rows_of = list(self._rows.values())  # by the number of the prompt
        self._texts = list(self._rows)
        self._references = References([plain(reference_text(s)) for s in evaluation], self._asked)
        databases = [database_of(sample) for sample in evaluation]
        self._databases: defaultdict[str, list[int]] = defaultdict(list)
        for row, database in enumerate(databases):
            if database:
                self._databases[database].append(row)
        self._queries = Queries([query_of(sample) for sample in evaluation], databases)
        self._found: dict[tuple[Kind, int], tuple[float, Place | None]] = {}
        self._places: dict[int, Place] = {}  # training rows that had something first
        self._seen = 0

    def look_at(self, batch: Sequence[_Row]) -> None:
        words = self._prompts.words([row.prompt for row in batch])
        for cover in self._prompts.covers.values():
            for text in cover.mark(words, self._seen).tolist():
                self._keep(batch[text])
        for pair in self._prompts.near(words):
            self._look_at_pair(batch[pair.text], pair)
        for text, row in enumerate(batch):
            for same in self._rows.get(row.prompt, ()):
                self._note("exact", same, row)
                self._note_both(same, row)
            self._look_at_sql(row)
            if telling := self._references.telling(row.reference):
                if self._references.mark(row.reference, row.prompt, row.number):
                    self._keep(row)
                for other in telling:
                    number = self._prompts.number.get(self._asked[other])
                    if number is not None and self._prompts.share_in(words, text, number) >= SOME:
                        self._note("prompt_and_reference", other, row)
        self._seen += len(batch)

    def overlap(self) -> Overlap:
        for covered in self._prompts.covered():
            kind: Kind = "ngrams" if covered.share >= MOST and covered.numbers else "some_ngrams"
            if covered.share >= SOME:
                for row in self._rows_of[covered.prompt]:
                    self._found[kind, row] = covered.share, self._places[covered.first]
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

    def _look_at_pair(self, row: _Row, pair: NearPair) -> None:
        prompt = self._texts[pair.prompt]
        if prompt == row.prompt:
            return  # exact
        same = numbers_in(prompt.split(" ")) == numbers_in(row.prompt.split(" "))
        for other in self._rows_of[pair.prompt]:
            self._note("near" if same else "other_numbers", other, row, pair.jaccard)
            if same or other in self._references.telling(row.reference):
                self._note_both(other, row)

    def _look_at_sql(self, row: _Row) -> None:
        database = database_of(row.sample)
        if database in self._databases:
            for other in self._databases[database]:
                self._note("database", other, row)
        for other in self._queries.like(query_of(row.sample), database):
            self._note("query", other, row)

    def _note_both(self, row: int, training: _Row) -> None:
        if training.reference and training.reference == self._references.of_row[row]:
            self._note("prompt_and_reference", row, training)

    def _note(self, kind: Kind, row: int, training: _Row, share: float = 1.0) -> None:
        known = self._found.get((kind, row))
        if known is None or share > known[0]:
            self._found[kind, row] = share, self._keep(training)

    def _keep(self, row: _Row) -> Place:
        return self._places.setdefault(row.number, _place(row.sample))


def _place(sample: Sample) -> Place:
    text = " ".join(asked(sample)[: 4 * _SHOWN].split())
    return Place(sample.id, sample.where, text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…")
