"""The corpus of flawed and correct graders: it is well formed, and `rewardkit test` tells them apart."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rewardkit import Scorer, collect
from rewardkit.checking import known_rows, read_data

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def parts() -> Iterator[Any]:
    """The benchmark's own modules; it is run as a script, so its folder leads the import path."""
    sys.path.insert(0, str(BENCHMARKS))
    from checking_parts import corpus, ours

    yield (corpus, ours)
    sys.path.remove(str(BENCHMARKS))


@pytest.mark.parametrize("name", ["known", "blind", "public", "fresh", "last", "later", "final", "eighth"])
def test_every_grader_is_one_of_its_file_and_has_rows(parts: Any, name: str) -> None:
    corpus, _ = parts
    found = corpus.specimens([name])
    files = {path.stem for path in (corpus.CORPUS / name).glob("*.py")}
    assert {specimen.id for specimen in found} == files
    for specimen in found:
        (grader,) = collect([specimen.target])
        assert known_rows(grader, read_data(specimen.data, {}) if specimen.data else []), specimen.id
        assert bool(specimen.truth["flaw"]) == specimen.flawed


@pytest.mark.slow
def test_flaws_are_found_and_correct_graders_pass(parts: Any) -> None:
    corpus, ours = parts
    chosen = corpus.specimens(["known"], seed=1, most=4)
    with Scorer() as scorer:
        wrong = [one.id for one in chosen if not ours.judged(one, scorer).right]
    assert wrong == []


@pytest.mark.soak
@pytest.mark.parametrize(
    ("name", "missed", "accused"),
    [
        ("known", 0, 0),
        ("blind", 4, 0),
        ("public", 3, 0),
        ("fresh", 0, 0),
        ("last", 0, 0),
        ("later", 4, 0),
        ("final", 3, 0),
        ("eighth", 1, 0),
    ],
)
def test_all_of_a_set(parts: Any, name: str, missed: int, accused: int) -> None:
    corpus, ours = parts
    with Scorer() as scorer:
        wrong = [one for one in corpus.specimens([name]) if not ours.judged(one, scorer).right]
    assert sum(one.flawed for one in wrong) <= missed
    assert sum(not one.flawed for one in wrong) <= accused
