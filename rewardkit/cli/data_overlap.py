"""`rewardkit data overlap`: which evaluation rows were trained on, or nearly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .common import Exit, Json, out, print_json, reading
from .scoring import Columns, parse_columns

if TYPE_CHECKING:
    from ..overlap import Overlap
    from ..samples import Sample

_EXAMPLES = 3  # of each kind, on the terminal


def data_overlap(
    train: Annotated[
        Path,
        typer.Argument(
            help="What is trained on: a .jsonl, .json, .csv or .parquet file with the column 'prompt' (text or chat messages).",
            show_default=False,
        ),
    ],
    evaluation: Annotated[
        Path, typer.Argument(metavar="EVAL", help="What is measured with: such a file.", show_default=False)
    ],
    column: Columns = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Write every finding to this file, a JSON object a line.", show_default=False
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say which rows of an evaluation stand in the training data too, or nearly.

    Contaminated is a row with the same prompt (whatever its case, white space and punctuation), a near duplicate, most of its 13-grams in training, or a like
    prompt with the same reference. Warnings are some 13-grams, other numbers in the same words, a long reference alone, the same database, the same query
    but for literals, and a reference that stands in its own prompt.

    A column that one of the files lacks is renamed in the other only. Exit code 0: nothing found; 1: findings, be they warnings; 2: usage.

    Examples:

      rewardkit data overlap train.jsonl eval.jsonl

      rewardkit data overlap train.parquet eval.csv --column prompt=question --column reference=query

      rewardkit data overlap train.jsonl eval.jsonl --json --out overlap.jsonl
    """
    from ..overlap import find_overlap
    from ..samples import check_unique

    columns = parse_columns(column)
    _check_out(file, train, evaluation)
    with reading(evaluation, quiet=as_json):
        rows = list(_samples(evaluation, columns))
        check_unique(rows)
    _check_prompts(evaluation, rows)
    trained = _Watched(_samples(train, columns))
    with reading(train, quiet=as_json):
        overlap = find_overlap(trained, rows)
    _check_prompts(train, trained.some)
    if file is not None:
        _write(file, overlap)
    if as_json:
        print_json(_as_json(overlap))
    else:
        _show(overlap)
    if overlap.hits:
        raise typer.Exit(Exit.FINDINGS)


class _Watched:
    """Samples that stream by, of which the first that asks something is kept, or the last where none does."""

    def __init__(self, samples: Iterator[Sample]) -> None:
        self._samples = samples
        self.some: list[Sample] = []

    def __iter__(self) -> Iterator[Sample]:
        for sample in self._samples:
            if not self.some or not self.some[0].prompt.strip():
                self.some = [sample]
            yield sample


def _samples(file: Path, columns: Mapping[str, str]) -> Iterator[Sample]:
    from ..overlap.reading import stream_samples
    from .scoring import say_shape

    return stream_samples(file, columns, on_shape=say_shape(file))


def _check_prompts(file: Path, samples: list[Sample]) -> None:
    """ConfigError when no row asks anything: all of them would be the same."""
    from ..errors import ConfigError
    from ..overlap.parts import asked

    if not any(asked(sample).strip() for sample in samples):
        has = ", ".join(name for name in samples[0].columns)
        raise ConfigError(
            f"{file}: no row has a prompt; name the column that asks, for example --column prompt=question. There are: {has}"
        )


def _check_out(file: Path | None, *inputs: Path) -> None:
    from ..errors import ConfigError

    if file is None:
        return
    if any(file.resolve() == given.resolve() for given in inputs):
        raise ConfigError(f"--out {file}: that is a file to read from; name another one")
    if not file.parent.is_dir() or file.is_dir():
        raise ConfigError(f"--out {file}: name a file in a folder that exists")


def _write(file: Path, overlap: Overlap) -> None:
    from ..overlap import GRADES

    with file.open("w", encoding="utf-8") as handle:
        for hit in overlap.hits:
            handle.write(json.dumps({"grade": GRADES[hit.kind], **asdict(hit)}) + "\n")


def _as_json(overlap: Overlap) -> dict[str, Any]:
    from ..overlap import GRADES, clean_ids, told

    clean = clean_ids(overlap)
    by_kind = {kind: hits for kind in GRADES if (hits := overlap.of_kind(kind))}
    return {
        "train_rows": overlap.train_rows,
        "evaluation_rows": len(overlap.ids),
        "contaminated": [ident for ident in overlap.ids if ident not in clean],
        "kinds": {
            kind: {
                "grade": GRADES[kind],
                "rows": len(hits),
                "ids": [hit.evaluation.id for hit in hits],
                "examples": [asdict(hit) for hit in hits[:_EXAMPLES]],
            }
            for kind, hits in by_kind.items()
        },
        "shared": overlap.shared,
        "empty": overlap.empty,
        "told": told(overlap),
    }


def _show(overlap: Overlap) -> None:
    from ..overlap import GRADES, told
    from ..runs.wording import visible

    def say(text: str) -> None:
        out().print(visible(text), markup=False, soft_wrap=True)

    for line in told(overlap):
        say(line)
    for kind, grade in GRADES.items():
        hits = sorted(overlap.of_kind(kind), key=lambda hit: -hit.share)
        if hits:
            say(f"\n{kind} ({grade}), {len(hits):,}")
        for hit in hits[:_EXAMPLES]:
            share = f"  {hit.share:.2f}" if hit.share < 1 else ""
            say(f"  {hit.evaluation.where}  {hit.evaluation.id}{share}\n    {hit.evaluation.text}")
            if hit.training is not None:
                say(f"  {hit.training.where}\n    {hit.training.text}")
        if len(hits) > _EXAMPLES:
            say(f"  and {len(hits) - _EXAMPLES:,} more: --json or --out has all")
