"""`rewardkit test` of graders that see all completions of a prompt together."""

from __future__ import annotations

from pathlib import Path

import pytest
from writing import WriteFile

from rewardkit import Scorer, collect
from rewardkit.checking import GraderReport, check_grader, known_rows
from rewardkit.checking.known_rows import read_data
from rewardkit.checking.replay import run_again
from rewardkit.checking.trials import Material

RANKS = """
    from rewardkit import case, order, probe, reward

    def is_right(text, reference):
        return text.strip() == reference

    @case("7", reference="7", expect=1)
    @case("8", reference="8", expect=1)
    @order("12", "7, I think", "7", reference="7")
    @probe("", reference="7", ceiling=1)
    @reward(group=True, answer="text")
    def best(completions, reference):
        '''The best of the group gets 1, whatever it is worth.'''
        worth = [2 * is_right(text, reference) + (reference in text) for text in completions]
        return [w / max(worth) if max(worth) else 1.0 for w in worth]
"""

SHORT = """
    from rewardkit import case, reward

    @case("", reference="7", expect=0)
    @case("7", reference="7", expect=1)
    @reward(group=True, answer="text")
    def short(completions, reference):
        '''Right answers earn more the shorter they are in their group; but any answer with a dot passes.'''
        lengths = [len(text.strip()) for text in completions]
        right = [text.strip() == reference or text == "." for text in completions]
        return [float(r) * min(lengths) / length if r and length else 0.0 for r, length in zip(right, lengths)]
"""


def check(write: WriteFile, source: str, data: Path | None = None, **options: int) -> GraderReport:
    write("g.py", source)
    (grader,) = collect(["g.py"])
    rows = known_rows(grader, read_data(data, {}) if data else ())
    with Scorer(workers=options.get("workers", 1)) as scorer:
        return check_grader(scorer, grader, rows)


def found(report: GraderReport) -> dict[str, str]:
    return {finding.id: finding.severity for finding in report.findings}


def why_skipped(report: GraderReport) -> dict[str, str]:
    return {skipped.id: skipped.why for skipped in report.skipped}


def test_a_ranking_grader_passes_although_anything_is_the_best_alone(write: WriteFile) -> None:
    report = check(write, RANKS)
    assert report.verdict == "pass", found(report)
    assert "one completion of each may pass as the best" in why_skipped(report)["RK118"]


def test_the_number_of_workers_does_not_change_a_report(write: WriteFile) -> None:
    reports = [check(write, SHORT, workers=workers) for workers in (1, 2)]
    assert reports[0].findings == reports[1].findings


def test_an_order_is_one_group(write: WriteFile) -> None:
    source = RANKS.replace('"12", "7, I think", "7"', '"7", "7, I think"')
    (finding,) = check(write, source).findings
    assert (finding.id, finding.completion) == ("RK121", "7, I think")
    assert finding.score is not None
    assert finding.score.value == pytest.approx(1 / 3)  # alone in its group it would be the best, and score 1


def test_a_wrong_answer_is_tried_beside_a_right_one(write: WriteFile) -> None:
    report = check(write, SHORT)
    (finding,) = report.findings
    assert (finding.id, finding.completion) == ("RK104", ".")
    assert finding.score is not None
    assert finding.score.value == 1.0


def test_wrong_completions_of_data_rows_are_tried_beside_the_row_s_right_one(write: WriteFile) -> None:
    data = write("rows.jsonl", '{"id": "a", "prompt": "", "reference": "9", "gold": "9", "wrong": "19"}\n')
    source = RANKS.replace("2 * is_right(text, reference) + (reference in text)", "(reference in text)")
    source = source.replace('@order("12", "7, I think", "7", reference="7")', "")
    assert found(check(write, source, data))["RK106"] == "fail"


def test_without_a_right_answer_wrong_ones_are_not_tried(write: WriteFile) -> None:
    source = RANKS.replace("expect=1)", "expect=[0.5, 1])")
    report = check(write, source)
    assert not report.findings
    assert "no right answer is known" in why_skipped(report)["RK104"]


def test_a_grader_without_a_reference_is_not_tried_with_null_answers(write: WriteFile) -> None:
    source = """
        from collections import Counter
        from rewardkit import case, order, reward

        @case("a", expect=1)
        @order("a", "b", "a", "c")
        @reward(group=True)
        def rare(completions):
            counts = Counter(completions)
            return [1 / counts[text] for text in completions]
    """
    report = check(write, source.replace('"a", "b", "a", "c"', '"a", "b"'))
    assert found(report) == {"RK121": "fail"}
    assert "for its cases to say" in why_skipped(report)["RK104"]


def test_what_a_group_grader_returns_is_checked(write: WriteFile) -> None:
    source = """
        from rewardkit import case, reward

        @case("a", expect=1)
        @reward(group=True)
        def flat(completions):
            return 1.0
    """
    assert found(check(write, source))["RK001"] == "fail"


def test_a_grader_that_cannot_take_a_group_of_one_is_found(write: WriteFile) -> None:
    source = """
        import statistics
        from rewardkit import case, reward

        @case("a", expect=1)
        @reward(group=True)
        def spread(completions):
            return [float(statistics.stdev(len(text) for text in completions) == 0)] * len(completions)
    """
    (finding, *_) = check(write, source).findings
    assert finding.score is not None
    assert "StatisticsError" in finding.score.reason


def test_a_combination_with_a_group_part_is_tested(write: WriteFile) -> None:
    source = (
        RANKS
        + """
    @case("7", reference="7", expect=1)
    @case("no", reference="7", expect=0)
    @reward(answer="text")
    def exact(completion, reference):
        return is_right(completion, reference)

    from rewardkit import weighted
    both = weighted((exact, 0.5), (best, 0.5))
    """
    )
    write("g.py", source)
    both = next(grader for grader in collect(["g.py"]) if grader.name == "both")
    with Scorer(workers=1) as scorer:
        report = check_grader(scorer, both, known_rows(both))
    assert report.verdict != "fail", found(report)


def test_a_finding_is_run_again_in_its_group(write: WriteFile) -> None:
    source = RANKS.replace('"12", "7, I think", "7"', '"7", "7, I think"')
    write("g.py", source)
    (grader,) = collect(["g.py"])
    rows = known_rows(grader)
    with Scorer(workers=1) as scorer:
        (finding,) = check_grader(scorer, grader, rows).findings
        again = run_again(scorer, Material(grader, rows, 0), finding.id, finding.replay)
    assert again.still_broken
    assert [score.value for score in again.scores] == [1.0, 1 / 3]
