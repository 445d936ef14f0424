"""What fails, what warns, and what is one finding: false alarms are defects."""

from __future__ import annotations

import itertools
from pathlib import Path

from writing import WriteFile

from rewardkit import Scorer, collect
from rewardkit.checking import GraderReport, check_grader, known_rows, read_data

HEAD = """
from functools import partial
from rewardkit import Unscored, case, reward

reward = partial(reward, isolation="inline")  # no worker processes: these tests are about what is made of scores
"""

_numbers = itertools.count()


def check(write: WriteFile, source: str, data: str = "") -> GraderReport:
    name = f"g{next(_numbers)}.py"  # a file is loaded once per process
    write(name, HEAD + source)
    (grader,) = collect([name])
    rows = read_data(write("d.jsonl", data).relative_to(Path.cwd()), {}) if data else ()
    with Scorer(workers=1) as scorer:
        return check_grader(scorer, grader, known_rows(grader, rows))


def found(report: GraderReport) -> list[tuple[str, str]]:
    return [(finding.id, finding.severity) for finding in report.findings]


CITY = """
@case("Paris", reference="Paris", expect=1)
@case("Rome", reference="Rome", expect=1)
@case("{third}", reference="{third}", expect=1)
@reward()
def city(completion, reference):
    return reference in completion
"""


def test_one_reference_that_accepts_another_answer_only_warns(write: WriteFile) -> None:
    report = check(write, CITY.format(third="Paris, Texas"))
    assert ("RK102", "warn") in found(report)
    assert next(f for f in report.findings if f.id == "RK102").coincidence


def test_two_rows_with_the_same_answer_written_differently_only_warn(write: WriteFile) -> None:
    source = CITY.format(third="Roma").replace("reference in completion", "completion[:3] == reference[:3]")
    assert ("RK102", "warn") in found(check(write, source))


def test_a_label_that_passes_for_another_label_is_provably_wrong(write: WriteFile) -> None:
    source = CITY.format(third="not Rome").replace("@reward()", '@reward(answer="label")')
    assert ("RK102", "fail") in found(check(write, source))


def test_one_null_answer_that_passes_once_warns_and_twice_fails(write: WriteFile) -> None:
    source = '@case("b", reference="b", expect=1)\n@reward()\ndef g(completion, reference):\n    return completion in (reference, "nan")\n'
    assert found(check(write, source)) == [("RK104", "warn")]
    assert found(check(write, '@case("c", reference="c", expect=1)\n' + source)) == [("RK104", "fail")]


DATA = (
    '{"id": "a", "prompt": "q", "reference": "1", "gold": "one: 1", "wrong": "2"}\n'
    '{"id": "b", "prompt": "q", "reference": "2", "gold": "two: 2", "wrong": ["1", "3"]}\n'
)


def test_every_gold_and_every_wrong_answer_of_the_data_is_held_to(write: WriteFile) -> None:
    source = (
        "@reward()\ndef g(completion, reference):\n    return completion.split()[-1:] in (['1'], ['3'])\n"
    )
    report = check(write, source, DATA)
    assert {("RK101", "fail"), ("RK106", "fail")} <= set(found(report))
    (gold,) = [finding for finding in report.findings if finding.id == "RK101"]
    assert (gold.row, gold.where, gold.completion) == ("b", "d.jsonl:2", "two: 2")


def test_partial_credit_for_a_wrong_answer_stops_at_the_declared_cap(write: WriteFile) -> None:
    source = "@reward({})\ndef g(completion, reference):\n    return 1.0 if completion.split()[-1:] == [reference] else 0.4\n"
    assert found(check(write, source.format(""), DATA)) == []
    assert ("RK106", "fail") in found(check(write, source.format("partial_cap=0.2"), DATA))


DECLINES = (
    "@reward()\ndef g(completion, reference):\n    if reference == '2':\n        raise Unscored('two is odd')\n"
    "    return completion.partition(': ')[2] == reference != ''\n"
)


def test_a_gold_whose_reference_cannot_be_used_fails_and_proves_nothing(write: WriteFile) -> None:
    report = check(write, DECLINES, DATA)
    (finding,) = report.findings
    assert (finding.id, finding.severity, finding.row, finding.where) == ("RK132", "fail", "b", "d.jsonl:2")
    assert finding.score is not None
    assert finding.score.reason == "two is odd"
    assert not report.proved


def test_a_bare_reference_that_cannot_be_used_fails_too(write: WriteFile) -> None:
    data = '{"prompt": "q", "reference": "1"}\n{"prompt": "q", "reference": "2"}\n'
    assert found(check(write, DECLINES, data)) == [("RK132", "fail")]
    alone = check(write, DECLINES, '{"prompt": "q", "reference": "2"}\n')
    assert found(alone) == [("RK132", "fail")]  # and no advice to give rows a gold


def test_a_reference_of_which_no_right_answer_is_known_is_tried_with_any_answer(write: WriteFile) -> None:
    source = (
        "@reward(answer='free')\ndef g(completion, reference):\n    if reference == ['x']:\n        raise Unscored('no number')\n"
        "    return reference == ['2'] and completion == 'two: 2'\n"
    )
    data = '{"prompt": "q", "reference": ["x"]}\n{"prompt": "q", "reference": ["2"], "gold": "two: 2"}\n'
    (finding,) = check(write, source, data).findings
    assert (finding.id, finding.where, finding.completion) == ("RK132", "d.jsonl:1", "two: 2")


def test_a_case_shows_that_a_reference_is_meant_to_be_declined(write: WriteFile) -> None:
    case = '@case("1", reference="2", expect="unscored")\n'
    assert found(check(write, case + DECLINES, DATA)) == []


def test_a_case_of_another_row_declines_nothing(write: WriteFile) -> None:
    case = '@case("1", reference="2", prompt="another", expect="unscored")\n'
    assert found(check(write, case + DECLINES, DATA)) == [("RK132", "fail")]


def test_a_case_that_expects_no_score_is_no_proof(write: WriteFile) -> None:
    case = '@case("1", reference="2", expect="unscored")\n'
    assert ("RK130", "warn") in found(check(write, case + DECLINES))


def test_references_with_one_trouble_are_one_finding_and_name_their_rows(write: WriteFile) -> None:
    rows = ["1", "SELECT titel FROM a", "SELECT titel FROM b", "SELECT auhtor FROM c", "2"]
    source = (
        "@reward()\ndef g(completion, reference):\n    name = reference.split()[1:2]\n"
        "    if name:\n        raise Unscored(f'there is no column {name[0]} (reference: {reference[:16]})')\n"
        "    return completion == reference\n"
    )
    data = "".join(f'{{"prompt": "q", "reference": "{row}"}}\n' for row in rows)
    findings = check(write, source, data).findings
    assert [(finding.id, finding.where, finding.others) for finding in findings] == [
        ("RK132", "d.jsonl:2", ("d.jsonl:3",)),
        ("RK132", "d.jsonl:4", ()),
    ]


def test_a_judge_that_is_out_warns_and_is_not_blamed_on_the_reference(write: WriteFile) -> None:
    source = DECLINES.replace("'two is odd'", "'down', cause='judge_unavailable'")
    assert found(check(write, source, DATA)) == [("RK101", "warn")]
    everywhere = source.replace("reference == '2'", "completion")
    assert found(check(write, everywhere, DATA)) == [("RK101", "warn"), ("RK130", "warn")]


def test_a_bare_reference_that_does_not_pass_proves_nothing_and_says_what_to_declare(
    write: WriteFile,
) -> None:
    data = '{"prompt": "q", "reference": "1"}\n{"prompt": "q", "reference": "2"}\n'
    source = "@reward()\ndef g(completion, reference):\n    return completion == f'Answer: {reference}'\n"
    report = check(write, source, data)
    assert found(report) == [("RK130", "warn")]
    assert "add a `gold` column" in next(line.advice for line in report.skipped if line.id == "RK101")


def test_a_bare_reference_that_earns_full_marks_is_proof(write: WriteFile) -> None:
    data = '{"prompt": "q", "reference": "1"}\n{"prompt": "q", "reference": "2"}\n'
    assert (
        found(
            check(
                write, "@reward()\ndef g(completion, reference):\n    return completion == reference\n", data
            )
        )
        == []
    )


def test_an_echo_is_no_flaw_where_the_prompt_holds_the_answer(write: WriteFile) -> None:
    data = '{"prompt": "say red", "reference": "red"}\n{"prompt": "say blue", "reference": "blue"}\n'
    source = (
        "@reward()\ndef g(completion, reference):\n    return completion.removeprefix('say ') == reference\n"
    )
    report = check(write, source, data)
    assert found(report) == []
    assert "RK105" in {line.id for line in report.skipped}


def test_a_reference_free_grader_is_not_asked_to_tell_references_apart(write: WriteFile) -> None:
    source = (
        '@case("short", expect=1)\n@case("", expect=0)\n@reward(reference_free=True)\n'
        "def g(completion):\n    return bool(completion.strip())\n"
    )
    report = check(write, source, DATA)
    assert found(report) == []
    assert {"RK102", "RK106"} <= {line.id for line in report.skipped}


def test_one_exception_on_many_texts_is_one_finding_with_the_shortest_of_them(write: WriteFile) -> None:
    source = '@case("7", reference="7", expect=1)\n@reward()\ndef g(completion, reference):\n    return float(completion) == 7\n'
    (finding,) = [finding for finding in check(write, source).findings if finding.id == "RK004"]
    assert finding.completion == ""
    assert finding.similar > 5


def test_bare_references_count_once_one_of_them_passes(write: WriteFile) -> None:
    data = '{"prompt": "q", "reference": "1"}\n{"prompt": "q", "reference": "2"}\n'
    source = "@reward()\ndef g(completion, reference):\n    return completion == reference != '2'\n"
    (finding,) = check(write, source, data).findings
    assert (finding.id, finding.severity, finding.where) == ("RK101", "warn", "d.jsonl:2")


def test_an_echo_is_tried_on_a_grader_that_reads_only_the_prompt(write: WriteFile) -> None:
    data = '{"prompt": "which way", "gold": "left"}\n{"prompt": "what time", "gold": "noon"}\n'
    source = "@reward()\ndef g(completion, prompt):\n    return completion in (prompt, 'left', 'noon')\n"
    assert ("RK105", "fail") in found(check(write, source, data))


def test_queries_that_pass_for_each_other_may_return_the_same_rows(write: WriteFile) -> None:
    cases = "".join(
        f"@case({name!r}, reference={name!r}, expect=1)\n" for name in ("a1", "a2", "b", "c", "d")
    )
    source = (
        cases
        + '@reward(answer="sql")\ndef g(completion, reference):\n    return completion.strip()[:1] == (reference or "-")[:1]\n'
    )
    assert [pair for pair in found(check(write, source)) if pair[0] == "RK102"] == [("RK102", "warn")]


def test_rows_without_a_prompt_do_not_hide_those_that_have_one(write: WriteFile) -> None:
    data = '{"prompt": "Is it blue?", "reference": "yes"}\n{"prompt": "Is it red?", "reference": "no"}\n'
    cases = "".join(f"@case({word!r}, reference={word!r}, expect=1)\n" for word in ("yes", "no"))
    source = (
        "@reward()\ndef g(completion, reference, prompt):\n"
        "    return bool(completion) and completion in (reference, prompt)\n"
    )
    assert found(check(write, cases + source, data)) == [("RK105", "fail")]


def test_an_error_on_a_case_is_told_by_the_case_and_not_blamed_on_odd_text(write: WriteFile) -> None:
    source = (
        '@case("b", reference="b", expect=1)\n@case("c", reference="b", expect=0)\n'
        "@reward()\ndef g(completion, reference):\n    return completion == refrence\n"
    )
    (finding,) = check(write, source).findings
    assert (finding.id, finding.severity, finding.similar) == ("RK100", "fail", 1)
    assert finding.score is not None
    assert "name 'refrence' is not defined" in finding.score.reason


def test_an_error_at_another_line_on_odd_text_is_still_told(write: WriteFile) -> None:
    source = (
        '@case("b", reference="b", expect=1)\n@reward()\ndef g(completion, reference):\n'
        "    if completion == 'b':\n        raise KeyError('b')\n    return float(completion) > 0\n"
    )
    assert found(check(write, source)) == [("RK004", "fail"), ("RK100", "fail")]


def test_a_grader_of_the_whole_sample_is_told_by_the_rows_reference(write: WriteFile) -> None:
    source = "@reward()\ndef g(completion, sample):\n    return completion.split()[-1:] in (['1'], ['2'])\n"
    assert ("RK102", "fail") in found(check(write, source, DATA))
