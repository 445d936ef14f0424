"""What may have been meant by a file that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from writing import WriteFile

from rewardkit.paths import neighbour


@pytest.mark.parametrize(
    ("there", "asked", "hint"),
    [
        ("answers.jsonl", "answer.jsonl", ". Did you mean 'answers.jsonl'?"),
        ("answers.jsonl", "answers.json", ". Did you mean 'answers.jsonl'?"),
        ("train.jsonl", "trian.jsonl", ". Did you mean 'train.jsonl'?"),
        # Alike in nothing but the ending.
        ("ans.jsonl", "missing.jsonl", ""),
        ("due.py", "nope.py", ""),
    ],
)
def test_only_a_name_that_is_alike_without_its_ending_is_offered(
    write: WriteFile, there: str, asked: str, hint: str
) -> None:
    write(there, "")
    assert neighbour(Path(asked)) == hint


def test_of_two_equal_stems_the_nearer_ending_is_offered(write: WriteFile) -> None:
    write("claims.py", "")
    write("claims.csv", "")
    assert neighbour(Path("claim.csv")) == ". Did you mean 'claims.csv'?"


def test_a_folder_that_is_missing_is_said_instead(write: WriteFile) -> None:
    write("a.csv", "")
    assert neighbour(Path("nowhere/a.csv")) == "; the folder nowhere does not exist"
