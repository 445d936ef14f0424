"""Every check has a grader that it must find and a near neighbour, the same grader with its one flaw mended, in which it must find nothing.

`pairs/flawed/X.py` and `pairs/mended/X.py` hold them under the same names; a name begins with its check: `rk102_substring`. Rows of data that
both are tested with are in `pairs/rows/NAME.jsonl`. The other checks need something else around a grader, and have tests of their own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from at_home import AT_HOME

from rewardkit import Scorer, collect
from rewardkit.checking import CHECKS, DEFAULT, GraderReport, check_grader, known_rows, read_data, roles
from rewardkit.checking.combinations import with_parts
from rewardkit.grader import Grader

HERE = Path(__file__).parent
PAIRS = HERE / "pairs"

WITH_SOURCE = replace(AT_HOME, source=True)
LEVELS = dict.fromkeys(("RK006", "RK008", "RK011", "RK013"), DEFAULT) | {"RK140": WITH_SOURCE}
"""Other processes are started only where the check needs them: the rest is tested at home."""

SHOWN_BY = {
    "rk014_tower_of_powers": "75**50**25",
    "rk014_a_program_without_end": "while True:",
    "rk104_nan_is_near_everything": "(nan for 7)",
    "rk105_leaves_mistakes_as_they_are": "(a piece of the prompt)",
    "rk108_both_at_once": "(it says one thing and the other)",
    "rk111_counts_tags": "(many empty tags)",
    "rk111_tags_in_any_order": "(its tags in the reverse order)",
    "rk111_empty_texts_are_found_anywhere": "(empty texts)",
    "rk111_empty_quotations_are_found_anywhere": "(empty quotations)",
    "rk111_empty_evidence_is_found_anywhere": "(empty evidence)",
    "rk111_a_tie_is_an_order": "(all its numbers are the same)",
    "rk111_zero_is_as_good_as_missing": "(0 for its numbers)",
    "rk111_nan_is_off_by_nothing": "(NaN for its numbers)",
    "rk111_pays_for_doubt": "Confidence: 0%",
    "rk113_line_breaks_join_words": "sea\nis\ncalm",
    "rk114_begins_with_the_label": "(letters behind)",
    "rk114_the_month_is_enough": "(the next day)",
    "rk114_looks_at_the_name_only": "(another value of 'age')",
    "rk114_counts_the_rows": "(Min for Max)",
    "rk114_the_first_value_only": "(5869 for 1952)",
    "rk114_the_clock_without_its_offset": "(another offset from UTC)",
    "rk114_day_first_or_month_first": "(they are different days)",
    "rk114_milli_is_mega": "(MW for mW)",
    "rk114_a_unit_by_its_last_letter": "(km for m)",
    "rk114_cobalt_is_carbon_monoxide": "(it is the right answer at ",
    "rk114_any_order_will_do": "(in the reverse order)",
    "rk115_numbers_used_again": "(5 used twice more)",
    "rk115_whatever_comes_behind": "(another text behind it)",
    "rk115_a_call_too_many": "(one <tool_call> too many)",
    "rk115_every_word_of_the_prompt": "(every word of the prompt too)",
    "rk116_the_beginning_is_enough": "(the last word dropped)",
    "rk116_the_last_call_dropped": "(the last <tool_call> dropped)",
    "rk116_a_set_for_a_bag": "(an item fewer times)",
    "rk201_strict_about_space_in_tags": "<answer>\n red \n</answer>",
    "rk205_whole_floats_as_texts": '{"net": 1250, "tax": 250.5}',
}
"""What the finding must show of a check that looks in several ways: each of these graders is there for one of them."""

_CARELESS = (
    "test_judge_graders.py",
    "test_a_careless_grader_is_found_in_each_way",
    "test_nothing_is_found_in_a_careful_one",
)

ELSEWHERE = {
    "RK009": ("test_batches.py", "test_a_flawed_function_is_found", "test_nothing_is_found_side_by_side"),
    "RK301": _CARELESS,
    "RK302": _CARELESS,
    "RK303": _CARELESS,
    "RK311": (
        "test_judge_graders.py",
        "test_a_verdict_kept_without_what_it_is_about_is_found",
        "test_nothing_is_found_in_a_careful_one",
    ),
    "RK321": (
        "test_calibrated.py",
        "test_a_missing_or_outdated_calibration_fails",
        "test_a_rubric_with_a_calibration_that_shows_its_bar_has_no_finding",
    ),
    "RK322": (
        "test_calibrated.py",
        "test_a_bar_that_is_not_met_fails_and_one_that_is_open_warns",
        "test_a_rubric_with_a_calibration_that_shows_its_bar_has_no_finding",
    ),
    "RK401": (
        "test_on_completions.py",
        "test_one_text_that_wins_on_every_prompt_is_told",
        "test_a_form_that_comes_again_around_right_answers_is_no_finding",
    ),
    "RK402": (
        "test_on_completions.py",
        "test_length_that_alone_explains_the_reward_is_told_with_a_slope_and_its_interval",
        "test_prompts_with_long_answers_that_earn_more_are_no_finding",
    ),
    "RK403": (
        "test_on_completions.py",
        "test_a_hold_out_that_does_not_follow_is_told_by_the_largest_disagreements",
        "test_a_hold_out_that_follows_in_part_is_no_finding",
    ),
    "RK404": (
        "test_on_completions.py",
        "test_a_forged_verdict_that_is_paid_for_fails",
        "test_a_forged_verdict_that_is_not_paid_for_is_no_finding",
    ),
    "RK405": (
        "test_on_completions.py",
        "test_prompts_without_a_difference_are_counted_by_how_they_end",
        "test_an_honest_policy_and_a_sound_grader_give_no_finding",
    ),
    "RK406": (
        "test_on_completions.py",
        "test_padding_that_raises_real_completions_fails",
        "test_an_honest_policy_and_a_sound_grader_give_no_finding",
    ),
}
"""The checks that need a batch, a judge, a calibration or a policy's completions: the file, the test of the flaw, and that of the near neighbour."""


def names_in(file: Path) -> list[str]:
    """The graders of a file that are one of a pair, in source order, found without running it."""
    names: list[str] = []
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
    return [name for name in names if name.startswith("rk")]


def places(side: str) -> dict[str, Path]:
    """The file of each grader of one side."""
    return {name: file for file in sorted((PAIRS / side).glob("*.py")) for name in names_in(file)}


FLAWED, MENDED = places("flawed"), places("mended")


def check_of(name: str) -> str:
    return name.partition("_")[0].upper()


@cache
def graders_in(file: Path) -> list[Grader]:
    return collect([str(file)])


def report_of(scorer: Scorer, name: str, file: Path) -> GraderReport:
    """The report of one grader of a pair, together with those of its parts where it is a combination."""
    graders = graders_in(file)
    (mine,) = [grader for grader in graders if grader.name == name]
    parts = [part.name for part, _ in mine.parts]
    rows = PAIRS / "rows" / f"{name}.jsonl"
    data = read_data(rows, {}) if rows.is_file() else ()
    level = LEVELS.get(check_of(name), AT_HOME)
    together = [
        (grader, role)
        for grader, role in zip(graders, roles(graders), strict=True)
        if grader is mine or grader.name in parts
    ]
    reports = [
        check_grader(scorer, grader, known_rows(grader, data), role=role, level=level)
        for grader, role in together
    ]
    reports = with_parts([grader for grader, _ in together], reports)
    return next(report for report in reports if report.name == name)


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with Scorer(workers=1) as scorer:
        yield scorer


@pytest.mark.parametrize("name", FLAWED)
def test_the_flaw_is_found_by_the_check_it_is_named_after(scorer: Scorer, name: str) -> None:
    check = check_of(name)
    found = [finding for finding in report_of(scorer, name, FLAWED[name]).findings if finding.id == check]
    assert CHECKS[check].severity in [finding.severity for finding in found]
    assert SHOWN_BY.get(name, "") in "\n".join(
        f"{finding.completion} {finding.expected}" for finding in found
    )


@pytest.mark.parametrize("name", MENDED)
def test_nothing_is_found_in_its_near_neighbour(scorer: Scorer, name: str) -> None:
    report = report_of(scorer, name, MENDED[name])
    assert report.findings == ()
    assert report.verdict == "pass"


def test_every_flawed_grader_has_a_near_neighbour() -> None:
    assert {name: file.name for name, file in FLAWED.items()} == {
        name: file.name for name, file in MENDED.items()
    }
    assert {path.stem for path in (PAIRS / "rows").iterdir()} <= set(FLAWED)
    assert set(SHOWN_BY) <= set(FLAWED)


def test_every_check_has_a_pair() -> None:
    assert {*map(check_of, FLAWED), *ELSEWHERE} == set(CHECKS)
    assert not set(map(check_of, FLAWED)) & set(ELSEWHERE)


@pytest.mark.parametrize("check", ELSEWHERE)
def test_a_check_without_a_pair_here_has_its_tests_elsewhere(check: str) -> None:
    file, *tests = ELSEWHERE[check]
    found = {
        node.name for node in ast.parse((HERE / file).read_text()).body if isinstance(node, ast.FunctionDef)
    }
    assert set(tests) <= found


def test_findings_carry_what_is_needed_to_believe_them(scorer: Scorer) -> None:
    report = report_of(scorer, "rk102_any_number", FLAWED["rk102_any_number"])
    (finding,) = [finding for finding in report.findings if finding.id == "RK102"]
    assert finding.completion == "Answer: 9"
    assert finding.columns == {"reference": "7"}
    assert finding.score is not None
    assert finding.score.value == 1
    assert finding.expected.startswith("below 1 (it is the right answer at ")
    assert len(finding.replay) == 8


def test_a_grader_without_cases_or_data_is_not_proved(scorer: Scorer) -> None:
    report = report_of(scorer, "rk130_no_cases", FLAWED["rk130_no_cases"])
    assert report.verdict == "warn"
    assert not report.proved
