"""docs/checks.md is made from the table of checks."""

from __future__ import annotations

from pathlib import Path

from rewardkit.checking import CHECKS
from rewardkit.checking.reference_page import page

ROOT = Path(__file__).parents[2]


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "checks.md").read_text() == page(), (
        "run: python -m rewardkit.checking.reference_page > docs/checks.md"
    )


def test_every_check_that_can_be_reported_is_in_the_table() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "rewardkit" / "checking").rglob("*.py"))
    assert all(f'"{check}"' in sources for check in CHECKS)
    assert all(check.id == key for key, check in CHECKS.items())
