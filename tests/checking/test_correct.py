"""Correct graders of many sorts: nothing may be found in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from at_home import AT_HOME

from rewardkit import Scorer, collect
from rewardkit.checking import check_grader, known_rows, roles
from rewardkit.grader import Grader

GRADERS = collect([str(Path(__file__).with_name("correct.py"))])
ROLES = dict(zip((grader.name for grader in GRADERS), roles(GRADERS), strict=True))


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with Scorer(workers=1) as scorer:
        yield scorer


@pytest.mark.parametrize("grader", GRADERS, ids=lambda grader: grader.name)
def test_nothing_is_found_in_a_grader_without_a_flaw(scorer: Scorer, grader: Grader) -> None:
    report = check_grader(scorer, grader, known_rows(grader), role=ROLES[grader.name], level=AT_HOME)
    assert report.findings == ()
    assert report.verdict == "pass"
