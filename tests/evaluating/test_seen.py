"""Figures with and without the prompts that training has too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from writing import WriteFile

from rewardkit import evaluate, reward
from rewardkit.errors import ConfigError
from rewardkit.evaluating.seen import mark_seen
from rewardkit.samples import read_samples

THINGS = [
    "harbour",
    "lantern",
    "orchard",
    "violin",
    "glacier",
    "saddle",
    "chimney",
    "compass",
    "meadow",
    "anchor",
    "barrel",
    "candle",
]


def asked(thing: str, n: int) -> str:
    return (
        f"How many {thing}s does the keeper of the {thing} store count on the morning of day {n} of the fair?"
    )


@reward(answer="number")
def exact(completion: str, reference: str) -> bool:
    """Full marks for the very text of the reference."""
    return completion == reference


@pytest.fixture
def files(write: WriteFile) -> tuple[Path, Path]:
    """A training file whose 6 rows are half of the 12 of the evaluation."""
    rows = [{"prompt": asked(thing, n), "reference": str(n)} for n, thing in enumerate(THINGS)]
    lines = [json.dumps(row) + "\n" for row in rows]
    return write("train.jsonl", "".join(lines[:6])), write("eval.jsonl", "".join(lines))


def test_a_prompt_that_training_has_is_marked(files: tuple[Path, Path]) -> None:
    found = mark_seen(read_samples(files[1]), files[0])
    assert [sample.columns["seen_in_training"] for sample in found.samples] == ["yes"] * 6 + ["no"] * 6
    assert (found.count, found.slices) == (6, ("seen_in_training",))
    assert found.told[0].startswith("train.jsonl: 6 of 12 evaluation rows (50 %) are contaminated")


def test_a_training_file_may_hold_a_row_twice(files: tuple[Path, Path]) -> None:
    files[0].write_text(files[0].read_text() * 2)
    assert mark_seen(read_samples(files[1]), files[0]).count == 6


def test_rows_that_have_such_a_column_are_refused(files: tuple[Path, Path], write: WriteFile) -> None:
    own = write("own.jsonl", '{"prompt": "a", "seen_in_training": "perhaps"}\n')
    with pytest.raises(ConfigError, match=r"own.jsonl:1: the rows have a column 'seen_in_training' already"):
        mark_seen(read_samples(own), files[0])


def test_figures_come_with_and_without_what_was_seen(files: tuple[Path, Path]) -> None:
    known = {row.prompt: str(row.reference) for row in read_samples(files[0])}
    run = evaluate(
        lambda prompt: known.get(prompt, "?"), files[1], exact, temperature=0, train=files[0], cache=False
    )
    shares = {row.slice: row.mean for row in run.summary.stages if row.metric == "solved"}
    assert shares == {None: 0.5, "seen_in_training = yes": 1.0, "seen_in_training = no": 0.0}
    assert run.info.config["trained_on"]["file"].endswith("train.jsonl")
