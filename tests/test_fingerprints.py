from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from writing import WriteFile

from rewardkit import Grader, Item, Score, Scorer, collect, reward, weighted
from rewardkit.fingerprints import _installed

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


PLACES = {
    "a cached method": "class C:\n    @functools.lru_cache\n    def m(self): return {}\nC0 = C()\n|C0.m()",
    "a cached property": "class C:\n    @functools.cached_property\n    def m(self): return {}\nC0 = C()\n|C0.m",
    "a static method": "class C:\n    @staticmethod\n    def m(): return {}\n|C.m()",
    "a pattern in a class": "class C:\n    p = re.compile('{}')\n|C.p",
    "an object in a class": "class D:\n    def m(self): return {}\nclass C:\n    d = D()\n|C.d.m()",
    "an overload": "@functools.singledispatch\ndef f(x): return 0\n@f.register\ndef _(x: int): return {}\n|f(1)",
    "a large array": "A = numpy.arange(5000)\nA[2500] = {}\n|A.sum()",
    "a set of functions": "def a(): return {}\ndef b(): return 2\nS = {{a, b}}\n|[f() for f in S]",
}


@pytest.mark.parametrize("place", PLACES)
def test_code_is_seen_wherever_it_hides(write: WriteFile, place: str) -> None:
    definition, use = PLACES[place].split("|")
    head = "import functools, re, numpy\nfrom rewardkit import reward\n"
    tail = f"@reward\ndef g(completion): return {use}\n"
    one, two, again = (
        fingerprint_of(write, f"{name}.py", head + definition.format(number) + tail)
        for name, number in (("one", 1), ("two", 7), ("again", 1))
    )
    assert one != two
    assert one == again


def test_a_grader_keeps_the_fingerprint_of_its_code_as_loaded(write: WriteFile) -> None:
    """A module that fills a global on first use is still the same code, here and in a worker."""
    write(
        "lazy.py",
        """
        from rewardkit import reward
        model = None
        def get():
            global model
            model = model or "loaded"
            return model
        @reward
        def first(completion): return bool(get())
        @reward
        def second(completion): return bool(get())
        """,
    )
    first, second = collect(["lazy.py"])
    with Scorer(workers=1) as scorer:
        assert scorer.score(first, [Item("x", {})]) == scorer.score(second, [Item("x", {})]) == [Score(1.0)]
    before = first.fingerprint
    first("x")
    assert collect(["lazy.py"])[0].fingerprint == before


TELL = "import json, sys; from rewardkit import collect; print(json.dumps([g.fingerprint for g in collect(sys.argv[1:])]))"


def told_by_another_process(*targets: str, seed: str = "0", before: str = "") -> list[str]:
    """The fingerprints that a new process finds."""
    told = subprocess.run(
        [sys.executable, "-c", before + TELL, *targets],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": seed},
    )
    found: list[str] = json.loads(told.stdout)
    return found


IMPORTED = "def check(c): return 1.0\nLIMIT = 3\n_table = {}\n"
REACHES = {  # what the grader's file begins with, the body of the grader; {m} is a module of the author's own
    "an attribute of a module of a package": ("import p.rules", "return p.rules.check(completion)"),
    "the same two levels deep": ("import p.q.deep", "return p.q.deep.check(completion)"),
    "a constant two levels deep": ("import p.q.deep", "return p.q.deep.LIMIT"),
    "a module without a package file": ("import loose.rules", "return loose.rules.check(completion)"),
    "a module under another name": ("import p.rules\nr = p.rules", "return r.check(completion)"),
    "a name inside the function": ("import p.rules", "r = p.rules\n    return r.check(completion)"),
    "a package under another name": ("import p.rules", "r = p\n    return r.rules.check(completion)"),
    "getattr": ("import p.rules", "return getattr(p.rules, 'che' + 'ck')(completion)"),
    "a module in a list": ("import p.rules\nALL = [p.rules]", "return ALL[0].check(completion)"),
    "an import inside the function": ("", "import p.rules\n    return p.rules.check(completion)"),
    "a from-import inside it": ("", "from p.rules import check\n    return check(completion)"),
    "a module imported from a package": ("", "from p import rules\n    return rules.check(completion)"),
    "a module of one file": ("", "import late\n    return late.check(completion)"),
    "an import inside a nested function": (
        "",
        "f = lambda: __import__\n    def g():\n        import late\n    return g()",
    ),
    "what a module imported there imports": ("", "import onward\n    return onward.check(completion)"),
    "a relative import there": ("", "from p.q import relative\n    return relative.check(completion)"),
}


@pytest.mark.parametrize("place", REACHES)
def test_the_author_s_own_code_is_seen_through_modules(write: WriteFile, place: str) -> None:
    head, body = REACHES[place]
    write("p/__init__.py", "")
    write("p/q/__init__.py", "")
    write("onward.py", "from late import check\n")
    write("p/q/relative.py", "from ..rules import check\n")
    write("g.py", f"from rewardkit import reward\n{head}\n@reward\ndef g(completion):\n    {body}\n")
    files = ("p/rules.py", "p/q/deep.py", "loose/rules.py", "late.py")
    for file in files:
        write(file, IMPORTED)
    (before,) = told_by_another_process("g.py", seed="1")
    assert told_by_another_process("g.py", seed="2") == [before]
    for file in files:
        write(file, IMPORTED.replace("1.0", "0.25").replace("3", "30"))
    assert told_by_another_process("g.py") != [before]


def test_a_function_of_a_module_counts_and_its_neighbours_do_not(write: WriteFile) -> None:
    write("p/__init__.py", "")
    write("p/rules.py", IMPORTED)
    write(
        "g.py",
        "from rewardkit import reward\nimport p.rules\n@reward\ndef g(completion): return p.rules.check(completion)\n",
    )
    before = told_by_another_process("g.py")
    write("p/rules.py", IMPORTED.replace("3", "4") + "# more\ndef other(): pass\n")
    assert told_by_another_process("g.py") == before


def test_the_fingerprint_does_not_depend_on_what_was_imported_before_or_from_where(write: WriteFile) -> None:
    write("p/__init__.py", "")
    write("p/rules.py", IMPORTED)
    write("late.py", "import json, p.rules, email.mime.text\n" + IMPORTED)
    text = "from rewardkit import reward\n@reward(name={0!r})\ndef g(completion):\n    import late, wave, p.rules, pygments.token, gone\n"
    write("a.py", text.format("a"))
    write("b.py", text.format("b"))
    one, two = told_by_another_process("a.py", "b.py")
    assert one == two
    assert told_by_another_process("b.py", before="import late, wave, pygments.token, p.rules; ") == [two]
    write("elsewhere/x", "")
    there = "import os; os.chdir('elsewhere'); "
    assert told_by_another_process("../b.py", before="import sys; sys.path[0] = ''; " + there) == [two]


def test_another_version_of_a_package_that_is_imported_late_counts() -> None:
    @reward
    def g(completion: str) -> bool:
        import pygments

        return bool(pygments)

    @reward
    def other(completion: str) -> bool:
        import wave

        return bool(wave)

    from rewardkit.fingerprints import _Walk

    walk = _Walk()
    walk.grader(g)
    assert f"import {importlib.metadata.version('pygments')}" in walk.tokens
    assert g.fingerprint != other.fingerprint


def test_a_distribution_may_have_another_name_than_its_module() -> None:
    assert _installed("yaml") == f"PyYAML {importlib.metadata.version('PyYAML')}"
    assert _installed("no_such_module") == ""
