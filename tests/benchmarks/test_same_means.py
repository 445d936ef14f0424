"""The rows and rewards of benchmarks/same_means.py, without the peers; `make bench` has them too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.means_parts.pairs import PAIRS
from benchmarks.means_parts.reasons import REASONS
from benchmarks.means_parts.rows import KINDS, made
from rewardkit import collect

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("kind", KINDS)
def test_600_rows_are_the_same_for_a_seed_and_have_every_form(kind: str) -> None:
    rows = made(kind, 600, 0)
    assert rows == made(kind, 600, 0) != made(kind, 600, 1)
    assert {row["form"] for row in rows} == set(KINDS[kind].forms)


def test_every_pair_has_its_grader() -> None:
    names = {grader.name for grader in collect([str(ROOT / "benchmarks" / "means_parts" / "graders.py")])}
    assert names == {pair.ours for pair in PAIRS}


def test_reasons_are_about_pairs_and_forms_that_there_are() -> None:
    forms = {form for kind in KINDS.values() for form in kind.forms}
    assert set(REASONS) <= {(pair.theirs, pair.ours) for pair in PAIRS}
    assert {form for reasons in REASONS.values() for form in reasons} <= forms


@pytest.mark.soak
def test_the_means_are_those_of_the_peers_but_for_rows_with_a_reason() -> None:
    """Makes the peers' environment in .bench where there is none: 1 GB from PyPI."""
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "same_means.py", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
