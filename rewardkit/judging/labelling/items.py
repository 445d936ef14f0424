"""What is labelled: the completions of a file or of a run, one by one or two of a prompt side by side.

items = read_items(Path("answers.jsonl"))                  # one for each completion
items = read_items(Path("runs/demo"), compare=True)        # one for every two completions of a prompt
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from ...errors import DataError
from ...paths import display_path
from ...samples import Sample, some_of
from ..labels import subject_of


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to judge: a sample with one completion, or with two to compare. `key` is the same wherever these texts are read again."""

    sample: Sample
    completions: tuple[str, ...]
    key: str


def read_items(
    data: Path,
    *,
    compare: bool = False,
    columns: Mapping[str, str] | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> list[Item]:
    """The items of a data file or run folder. A completion that is there twice for one prompt is labelled once.

    `columns` renames (ours -> theirs), `limit` takes that many items at random, drawn by `seed`. DataError when nothing is there to label.
    """
    completions = _of_run(data) if data.is_dir() else _of_file(data, columns or {})
    items = list(_pairs(completions) if compare else _singles(completions))
    if not items:
        raise DataError("no prompt has two different completions to compare", where=display_path(data))
    return some_of(items, limit, seed=seed)


def _item(sample: Sample, *completions: str) -> Item:
    content = json.dumps(subject_of(sample, completions))
    return Item(sample, completions, hashlib.blake2b(content.encode("ascii"), digest_size=12).hexdigest())


def _of_file(data: Path, columns: Mapping[str, str]) -> Iterator[tuple[Sample, str]]:
    from ...evaluating.answer_files import open_answers

    for answer in open_answers(data, columns=columns):
        yield answer.sample, answer.completion


def _of_run(folder: Path) -> Iterator[tuple[Sample, str]]:
    from ...checking.completions import read_completions

    for completion in read_completions(folder):
        yield completion.sample, completion.text


def _singles(completions: Iterable[tuple[Sample, str]]) -> Iterator[Item]:
    items = (_item(sample, text) for sample, text in completions)
    yield from {item.key: item for item in items}.values()


def _pairs(completions: Iterable[tuple[Sample, str]]) -> Iterator[Item]:
    """Every two different completions of a sample; the first pair of each sample comes before the second of any.

    So an expert who stops early has seen every prompt.
    """
    samples: dict[str, Sample] = {}
    texts: dict[str, dict[str, None]] = {}
    for sample, text in completions:
        samples.setdefault(sample.id, sample)
        texts.setdefault(sample.id, {})[text] = None
    rounds = [
        (number, _item(samples[ident], *two))
        for ident, found in texts.items()
        for number, two in enumerate(combinations(found, 2))
    ]
    yield from (item for _, item in sorted(rounds, key=lambda each: each[0]))
