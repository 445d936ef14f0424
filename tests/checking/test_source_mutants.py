"""Mutants of a grader's own source: what is changed, that nothing but a worker process runs it, and what its author is told."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from writing import WriteFile

from rewardkit import Grader, collect
from rewardkit.checking import GraderReport, known_rows, read_data
from rewardkit.checking.report import report_lines, to_json
from rewardkit.checking.results import Counts, SourceMutants, Survivor
from rewardkit.checking.running import plan
from rewardkit.checking.source_mutants import with_source_mutants
from rewardkit.checking.source_mutants.making import source_mutants
from rewardkit.checking.source_mutants.source import Source, functions_used, read_source
from rewardkit.checking.trials import Material
from rewardkit.loading import Ref, load_grader, ref_of
from rewardkit.scoring.pool import WorkerPool

HEAD = "import re\nfrom rewardkit import Score, Unscored, case, order, partial_credit, probe, reward\n"

CHANGES = {
    "return completion == reference": {
        "return completion != reference",
        "return completion in reference",
        "return reference in completion",
        "return 1.0",
        "return 0.0",
    },
    "return len(completion) > 3": {
        "return len(completion) <= 3",
        "return len(completion) >= 3",
        "return len(completion) > 4",
        "return len(completion) > 2",
        "return 1.0",
        "return 0.0",
    },
    "return not completion or bool(reference)": {
        "return completion or bool(reference)",
        "return not completion and bool(reference)",
        "return 1.0",
        "return 0.0",
    },
    "return reference is not None and completion.strip().casefold()": {
        "return reference is None and completion.strip().casefold()",
        "return reference is not None or completion.strip().casefold()",
        "return reference is not None and completion.casefold()",
        "return reference is not None and completion.strip()",
        "return 1.0",
        "return 0.0",
    },
    "return re.fullmatch(r'^\\d+$', completion, re.M)": {
        "return re.match(r'^\\d+$', completion, re.M)",
        "return re.fullmatch(r'\\d+$', completion, re.M)",
        "return re.fullmatch(r'^\\d+', completion, re.M)",
        "return re.fullmatch(r'^\\d+$', completion, 0)",
        "return 1.0",
        "return 0.0",
    },
    "return min(0.5, share(completion, reference) + 0.25)": {
        "return max(0.5, share(completion, reference) + 0.25)",
        "return min(1.0, share(completion, reference) + 0.25)",
        "return min(0.25, share(completion, reference) + 0.25)",
        "return min(0.5, share(reference, completion) + 0.25)",
        "return min(0.5, share(completion, reference) - 0.25)",
        "return min(0.5, share(completion, reference) + 0.5)",
        "return min(0.5, share(completion, reference) + 0.125)",
        "return 1.0",
        "return 0.0",
    },
    "if completion:\n    return True\nraise Unscored('no answer ' + completion)": {
        "if not completion:\n    return True\nraise Unscored('no answer ' + completion)",
        "pass\n\nraise Unscored('no answer ' + completion)",
        "if completion:\n    return 0.0\nraise Unscored('no answer ' + completion)",
        "if completion:\n    return True\npass",
    },
}


def function_of(body: str) -> str:
    return HEAD + f"@reward\ndef g(completion: str, reference: str):\n{textwrap.indent(body, '    ')}\n"


def grader_of(write: WriteFile, source: str, file: str = "g.py") -> Grader:
    write(file, source)
    return collect([file])[-1]


def mutants_of(grader: Grader, **options: int) -> list[str]:
    source = read_source(grader.file)
    return [
        mutant.text for mutant in source_mutants(source, functions_used(source, grader), grader, **options)
    ]


def outcome_of(grader: Grader, data: Path | None = None) -> GraderReport:
    """The report of RK140 alone."""
    rows = known_rows(grader, read_data(data, {}) if data else ())
    material = Material(grader, rows, seed=0)
    empty = GraderReport(grader.name, "g.py", grader.where, Counts(0, 0, 0, len(rows), 0), (), ())
    return with_source_mutants(empty, material, plan(material)[0], workers=1)


def mutants_in(report: GraderReport) -> SourceMutants:
    assert report.source_mutants is not None, report.skipped
    return report.source_mutants


def why_skipped(report: GraderReport) -> str:
    assert report.source_mutants is None
    (skipped,) = report.skipped
    assert skipped.id == "RK140"
    return str(skipped)


@pytest.mark.parametrize("body", CHANGES)
def test_each_kind_of_place_has_its_changes(write: WriteFile, body: str) -> None:
    grader = grader_of(write, function_of(body))
    assert set(mutants_of(grader)) == {function_of(changed) for changed in CHANGES[body]}


LONG = (
    HEAD
    + '''
def close(
    a: float,  # a comment
    b: float = 0.5,
) -> bool:
    """Not changed: "text", 1."""
    return (
        abs(a - b)
        < 0.1  # near
    )

def unused(text):
    return text == "never looked at"

@reward
def g(completion: str, reference: str) -> float:
    found = re.findall(
        r"\\d+",
        completion.strip(
        ).lower(),
    )
    if not found:
        print("nothing", 7)
        return 0.0
    for number in found:
        if not close(float(number),
                     float(reference)):
            raise Unscored(f"the reference {reference} is odd, {1 + 1}")
    return float(
        len(found) == 1
    )
'''
)


def test_later_lines_keep_their_numbers(write: WriteFile) -> None:
    mutants = mutants_of(grader_of(write, LONG), most=1000)
    ends = [ast.parse(text).body[-1] for text in mutants]
    assert len(mutants) > 25
    assert {text.count("\n") for text in mutants} == {LONG.count("\n")}
    assert {end.lineno for end in ends} == {LONG[: LONG.index("def g(")].count("\n") + 1}


def test_what_cannot_matter_is_left_as_it_is(write: WriteFile) -> None:
    mutants = mutants_of(grader_of(write, LONG), most=1000)
    for text in ('"""Not changed: "text", 1."""', '"never looked at"', 'print("nothing", 7)', "odd, {1 + 1}"):
        assert all(text in mutant or "pass\n" in mutant for mutant in mutants)


def test_at_most_so_many_are_chosen_by_seed_and_spread_over_lines_and_kinds(write: WriteFile) -> None:
    grader = grader_of(write, LONG)
    source = read_source(grader.file)
    functions = functions_used(source, grader)
    every = source_mutants(source, functions, grader, most=1000)
    some = source_mutants(source, functions, grader, most=14, seed=1)
    assert some == source_mutants(source, functions, grader, most=14, seed=1)
    assert some != source_mutants(source, functions, grader, most=14, seed=2)
    assert len(some) == 14
    assert {mutant.edit.operator for mutant in some} == {mutant.edit.operator for mutant in every}
    assert len({mutant.line for mutant in some}) >= 9


def test_functions_are_found_through_others_and_through_values_of_the_file(write: WriteFile) -> None:
    source = """
        from rewardkit import reward
        def inner(text): return text.strip()
        def outer(text): return inner(text)
        def never(text): return text
        CHECKS = {"outer": outer}
        @reward
        def g(completion):
            return CHECKS["outer"](completion) == "x"
    """
    grader = grader_of(write, source)
    assert [f.name for f in functions_used(read_source(grader.file), grader)] == ["g", "outer", "inner"]


def test_places_are_right_beside_letters_of_several_bytes() -> None:
    source = Source("größe = 'äöü' ; gleich = größe == '日本' and 1 < 2\n")
    names = [token.text for token in source.tokens]
    assert [source.data[token.start : token.end].decode() for token in source.tokens] == names


PACKAGE = {
    "claims/__init__.py": "",
    "claims/words.py": "def plain(text): return text.strip()\n",
    "claims/limit.txt": "2",
    "claims/graders.py": """
        from __future__ import annotations
        from dataclasses import dataclass
        from functools import cache
        from pathlib import Path
        from rewardkit import case, reward
        from . import words

        LIMIT = int((Path(__file__).parent / "limit.txt").read_text())
        _seen: list[str] = []

        @dataclass
        class Answer:
            text: str
            places: list[str]

        @cache
        def read(text: str) -> Answer:
            return Answer(words.plain(text), [__name__, __file__, __package__])

        @case("a", reference="a", expect=1)
        @reward
        def g(completion: str, reference: str) -> bool:
            _seen.append(completion)
            answer = read(completion)
            assert answer.places[0] == "claims.graders", answer.places
            return len(_seen) <= LIMIT and answer.text == reference
    """,
}


def test_another_text_is_loaded_as_the_file_itself_is(write: WriteFile) -> None:
    for name, text in PACKAGE.items():
        write(name, text)
    (grader,) = collect(["claims/graders.py"])
    ref = ref_of(grader)
    assert ref is not None
    text = grader.file.read_text()
    changed = text.replace("answer.text == reference", "answer.text != reference")
    pool = WorkerPool(1, "fenced")
    calls = [{"completion": " a", "reference": "a"}] * 3
    try:
        for again in range(2):  # each load has a state of its own
            same = pool.run(grader, replace(ref, text=text + "#" * again), calls)
            assert [score.value for (score,) in same] == [1, 1, 0]
        with pytest.raises(Exception, match="has changed since it was loaded"):
            pool.run(grader, replace(ref, text=changed), calls)
        other = pool.run(grader, replace(ref, text=changed, fingerprint=""), calls)
        assert [score.value for (score,) in other] == [0, 0, 0]
    finally:
        pool.close()


def test_a_text_that_cannot_be_loaded_leaves_the_module_that_was_there(write: WriteFile) -> None:
    grader = grader_of(write, function_of("return completion == reference"))
    ref = ref_of(grader)
    assert ref is not None
    broken = Ref(ref.source, ref.attribute, "", "import re\n1 / 0\n")
    with pytest.raises(Exception, match=r"ZeroDivisionError.*") as raised:
        load_grader(broken)
    assert "g.py:2" in str(raised.value)
    assert load_grader(ref).score("a", reference="a").value == 1


WEAK = (
    HEAD
    + """
def plain(text):
    text = text.strip().lower()
    if text.startswith("answer:"):
        text = text.removeprefix("answer:").strip()
    return text

@case("Paris", reference="Paris", expect=1)
@case("Rome", reference="Paris", expect=0)
@reward(answer="label")
def city(completion: str, reference: str) -> float:
    found, wanted = plain(completion), plain(reference)
    if found == wanted:
        return 1.0
    return 0.5 if wanted in found.split() else 0.0
"""
)


@pytest.fixture
def weak(write: WriteFile) -> GraderReport:
    return outcome_of(grader_of(write, WEAK))


def test_the_suggested_cases_notice_what_the_cases_did_not(weak: GraderReport, write: WriteFile) -> None:
    before = mutants_in(weak)
    lines = list(dict.fromkeys(survivor.case for survivor in before.survivors))
    assert before.share < 0.8
    assert 1 < len(lines) < len(before.survivors)
    assert [(finding.id, finding.severity) for finding in weak.findings] == [("RK140", "warn")]
    more = WEAK.replace("@reward", "\n".join(lines) + "\n@reward")
    after = outcome_of(grader_of(write, more, "more.py"))
    assert mutants_in(after).survivors == ()
    assert mutants_in(after).killed == before.killed + len(before.survivors)
    assert mutants_in(after).differs_nowhere == before.differs_nowhere
    assert after.findings == ()


def test_survivors_are_shown_as_a_diff_below_the_case_to_add(weak: GraderReport) -> None:
    lines = [line.plain for line in report_lines([weak])]
    begin = lines.index(next(line for line in lines if line.lstrip().startswith("@case(")))
    assert lines[begin - 1].startswith("  its cases notice ")
    assert lines[begin + 1].startswith("      g.py:")
    assert lines[begin + 2].startswith("      -    ")
    assert lines[begin + 3].startswith("      +    ")
    (grader,) = to_json([weak])["graders"]
    told = grader["source_mutants"]
    assert told["counted"] == told["killed"] + len(told["survivors"])
    assert told["survivors"][0]["diff"].startswith("--- g.py\n+++ g.py\n@@ -")
    assert told["survivors"][0]["case"].startswith("@case(")


def test_a_grader_that_needs_no_more_cases_gets_one_line() -> None:
    survivor = Survivor(
        "g.py:7", "and for or", "--- g.py\n+++ g.py\n@@ -7 +7 @@\n-a and b\n+a or b", "@case('')"
    )
    counts = Counts(3, 0, 0, 0, 9)
    report = GraderReport(
        "g", "g.py", "g.py:3", counts, (), (), source_mutants=SourceMutants(9, (survivor,), 2, 0)
    )
    brief = [line.plain for line in report_lines([report])]
    assert brief[1] == "  its cases notice 9 of 10 changes of its code; 2 more may change nothing"
    assert not any("@case" in line for line in brief)
    assert any("@case" in line for line in [line.plain for line in report_lines([report], verbose=True)])


HARMFUL = (
    HEAD
    + """
import os
from pathlib import Path
KEPT = Path(__file__).with_name("kept.txt")

@case("1", reference="1", expect=1)
@case("21", reference="2", expect=0)
@reward(timeout=0.3, isolation="inline")
def g(completion: str, reference: str) -> bool:
    rest = completion
    while rest[1:]:
        rest = rest[1:]
    if completion == "delete":
        KEPT.unlink()
    if completion.count("q") > 2:
        os._exit(3)
    return rest == reference
"""
)


def test_changed_graders_hang_end_their_process_and_delete_files_without_harm(write: WriteFile) -> None:
    kept = write("kept.txt", "kept")
    mutants = mutants_in(outcome_of(grader_of(write, HARMFUL)))
    shown = {line for survivor in mutants.survivors for line in survivor.diff.split("\n")}
    assert kept.read_text() == "kept"
    assert '+    if completion != "delete":' not in shown
    assert '+    if completion.count("q") <= 2:' not in shown
    assert "+        pass" not in shown  # no way out of the loop
    assert mutants.killed >= 9


@pytest.mark.soak  # each changed grader then gets a process of its own
def test_what_one_changed_grader_leaves_behind_does_not_count_against_others(write: WriteFile) -> None:
    write("shelf.py", "items = []\n")
    source = HEAD + (
        "import shelf\n"
        '@case("a", reference="a", expect=1)\n'
        '@case("b", reference="a", expect=0)\n'
        "@reward\n"
        "def g(completion, reference):\n"
        "    shelf.items.append(1)\n"
        "    shelf.items.pop()\n"
        "    return completion.strip() == reference and not shelf.items\n"
    )
    mutants = mutants_in(outcome_of(grader_of(write, source)))
    assert ".strip() dropped" in [survivor.operator for survivor in mutants.survivors]


LADDER = (
    HEAD
    + """
@case("total 42", reference=42, expect="exact")
@case("total 41", reference=42, expect="number")
@case("none", reference=42, expect=0)
@order("none", "total 41", "total 42", reference=42)
@probe("total", reference=42)
@partial_credit({"number": 0.3, "exact": 1.0})
def ladder(completion: str, reference: int, seed: int):
    found = re.findall(r"\\d+", completion)
    yield "number", bool(found), "no number"
    yield "exact", int(found[-1]) == reference
"""
)


def test_ladders_are_held_to_their_orders_levels_and_probes(write: WriteFile) -> None:
    mutants = mutants_in(outcome_of(grader_of(write, LADDER)))
    assert mutants.killed >= 9
    assert {s.diff.split("\n")[-1] for s in mutants.survivors} <= {
        '+    yield "exact", int(found[-0]) == reference'
    }


GROUP = (
    HEAD
    + """
@case("a b", reference="x", expect=1)
@order("a a a", "a", reference="x")
@reward(group=True, reference_free=True)
def shortest(completions: list[str], reference: str) -> list[float]:
    least = min(len(text) for text in completions)
    return [1.0 if len(text) <= least else 0.0 for text in completions]
"""
)


def test_graders_of_groups_are_tried_on_their_groups(write: WriteFile) -> None:
    mutants = mutants_in(outcome_of(grader_of(write, GROUP)))
    assert mutants.killed >= 4
    assert not any("max(len" in survivor.diff for survivor in mutants.survivors)


def test_the_columns_of_a_suggested_case_are_those_that_the_grader_asks_for(write: WriteFile) -> None:
    source = HEAD + (
        '@case("7", reference="7", expect=1)\n'
        "@reward\n"
        "def g(completion: str, reference: str, unit: str = '') -> bool:\n"
        "    return completion == f'{reference}{unit}'\n"
    )
    data = write("rows.jsonl", '{"id": "r1", "reference": "9", "unit": "kg", "topic": "x", "gold": "9kg"}\n')
    cases = {s.case for s in mutants_in(outcome_of(grader_of(write, source), data)).survivors}
    assert not any("topic" in case or "gold" in case for case in cases)
    assert cases


SKIPPED = {
    "it has no case that could notice a change": "@reward\ndef g(completion): return completion == 'a'",
    "it is a combination": (
        "from rewardkit import weighted\n"
        "@case('a', expect=1)\n@reward\ndef part(completion): return completion == 'a'\n"
        "g = weighted((part, 1.0))"
    ),
    "it is async": "@case('a', expect=1)\n@reward\nasync def g(completion): return completion == 'a'",
    "it runs completions": (
        "@case('a', expect=1)\n@reward(runs_completion=True)\ndef g(completion): return completion == 'a'"
    ),
    "it uses openai": (
        "@case('a', expect=1)\n@reward\ndef g(completion):\n    from openai import OpenAI\n    return OpenAI()"
    ),
    "it is not a function at the top of its file": (
        "def make():\n    @case('a', expect=1)\n    @reward\n    def g(completion): return completion == 'a'\n"
        "    return g\ng = make()"
    ),
    "it is made by a function of another file": (
        "from rewardkit.graders.numeric import number_grader\n"
        "g = case('7', reference='7', expect=1)(number_grader())"
    ),
}


@pytest.mark.parametrize("why", SKIPPED)
def test_a_grader_that_is_left_out_is_skipped_with_the_reason(write: WriteFile, why: str) -> None:
    assert why in why_skipped(outcome_of(grader_of(write, HEAD + SKIPPED[why])))


def test_graders_of_toml_files_and_functions_for_other_libraries_are_left_out(write: WriteFile) -> None:
    write("g.toml", '[g]\nuse = "number"\n[[g.case]]\ncompletion = "7"\nreference = "7"\nexpect = 1\n')
    assert "TOML" in why_skipped(outcome_of(collect(["g.toml"])[0]))
    write("v.py", "def compute_score(data_source, solution_str, ground_truth): return 1.0\n")
    assert "another library" in why_skipped(outcome_of(collect(["v.py:compute_score"])[0]))


OUTSIDE = {
    "it starts a process": "import subprocess\n    return subprocess.run(['true']).returncode == 0",
    "it uses the network": "import socket\n    return socket.create_connection(('127.0.0.1', 9)) is None",
    "it changes": "open(__file__, 'a').write(completion)\n    return True",
}


@pytest.mark.parametrize("why", OUTSIDE)
def test_a_grader_that_reaches_out_of_its_process_is_left_out(write: WriteFile, why: str) -> None:
    source = HEAD + f"@case('a', expect=1)\n@reward\ndef g(completion):\n    {OUTSIDE[why]}\n"
    assert why in why_skipped(outcome_of(grader_of(write, source)))
    assert Path("g.py").read_text() == source


def test_a_file_that_has_changed_since_it_was_loaded_is_left_out(write: WriteFile) -> None:
    grader = grader_of(write, "from rewardkit import case, reward\n" + SKIPPED_SOURCE)
    write("g.py", "from rewardkit import case, reward\n" + SKIPPED_SOURCE.replace("'a'", "'b'"))
    assert "changed since it was loaded" in why_skipped(outcome_of(grader))


SKIPPED_SOURCE = "@case('a', expect=1)\n@reward\ndef g(completion): return completion == 'a'\n"


def test_cases_that_do_not_hold_count_for_nothing(write: WriteFile) -> None:
    source = SKIPPED_SOURCE.replace("expect=1", "expect=0")
    assert "none of its cases holds" in why_skipped(
        outcome_of(grader_of(write, "from rewardkit import case, reward\n" + source))
    )
