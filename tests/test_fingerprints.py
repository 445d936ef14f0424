from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from writing import WriteFile

from rewardkit import Grader, collect, reward, weighted

BASE = """
import re
from rewardkit import reward
LIMIT = 10
WORDS = {"yes", "no"}
PATTERN = re.compile("a+")
_cache = {}

def helper(text):
    return len(text) < LIMIT

class Parser:
    strict = True
    def parse(self, text):
        return text.strip()

PARSER = Parser()

@reward
def short(completion, allowed=3):
    # a comment
    return helper(PARSER.parse(completion)) and completion in WORDS and bool(PATTERN.search(completion))
"""


def fingerprint_of(write: WriteFile, name: str, text: str) -> str:
    write(name, text)
    (grader,) = collect([name])
    return grader.fingerprint


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("LIMIT = 10", "LIMIT = 11"),
        ('WORDS = {"yes", "no"}', 'WORDS = {"yes", "maybe"}'),
        ('re.compile("a+")', 're.compile("a*")'),
        ("len(text) < LIMIT", "len(text) <= LIMIT"),
        ("allowed=3", "allowed=4"),
        ("strict = True", "strict = False"),
        ("text.strip()", "text.lower()"),
        ("@reward\n", "@reward(timeout=3)\n"),
        ("@reward\n", '@reward(version="2")\n'),
    ],
)
def test_what_decides_a_score_changes_the_fingerprint(write: WriteFile, before: str, after: str) -> None:
    assert before in BASE
    assert fingerprint_of(write, "a.py", BASE) != fingerprint_of(write, "b.py", BASE.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# a comment", "# another comment"),
        ("import re\n", "import re\n\n\n"),
        ("_cache = {}", '_cache = {"filled": 1}'),
        ("def helper(text):\n", 'def helper(text):\n    """What it does."""\n'),
        ("allowed=3):\n", 'allowed=3):\n    """Short answers."""\n'),
    ],
)
def test_what_decides_no_score_does_not(write: WriteFile, before: str, after: str) -> None:
    assert before in BASE
    assert fingerprint_of(write, "a.py", BASE) == fingerprint_of(write, "b.py", BASE.replace(before, after))


def test_two_closures_of_one_function_differ() -> None:
    def make(limit: int) -> Grader:
        @reward
        def short(completion: str) -> bool:
            return len(completion) < limit

        return short

    assert make(3).fingerprint == make(3).fingerprint
    assert make(3).fingerprint != make(4).fingerprint


def test_weights_and_parts_count() -> None:
    def make(weight: float, function: Callable[..., Any]) -> str:
        return weighted(
            (reward(function), weight), (reward(name="other")(lambda completion: 1.0), 1)
        ).fingerprint

    def yes(completion: str) -> float:
        return 1.0

    def no(completion: str) -> float:
        return 0.0

    assert len({make(1, yes), make(2, yes), make(1, no)}) == 3


def test_recursion_ends() -> None:
    @reward
    def endless(completion: str) -> float:
        return float(endless(completion))

    assert len(endless.fingerprint) == 16


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_every_process_sees_the_same_fingerprint(write: WriteFile, seed: str) -> None:
    here = fingerprint_of(write, "a.py", BASE)
    command = "from rewardkit import collect; print(collect(['a.py'])[0].fingerprint)"
    there = subprocess.run(
        [sys.executable, "-c", command],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": seed},
    )
    assert there.stdout.strip() == here


def test_a_changed_helper_module_of_the_project_counts(write: WriteFile) -> None:
    text = (
        "import {0}\nfrom rewardkit import reward\n@reward\ndef g(completion): return {0}.rule(completion)\n"
    )
    write("helper_one.py", "def rule(text): return len(text) < 3\n")
    write("helper_two.py", "def rule(text): return len(text) < 4\n")
    write("helper_three.py", "def rule(text): return len(text) < 3\n")
    one, two, three = (
        fingerprint_of(write, f"use_{n}.py", text.format(f"helper_{n}")) for n in ("one", "two", "three")
    )
    assert one != two
    assert one != three  # the name of the helper is part of the code
