"""What a person reads after `rewardkit test`, word for word, and what a program reads."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path

from command_line import rewardkit
from writing import WriteFile

SOURCE = """
    from rewardkit import case, order, partial_credit, probe, reward

    @case("Answer: 7", prompt="3 + 4?", reference="7", expect=1)
    @case("Answer: 17", prompt="8 + 9?", reference="17", expect=1)
    @probe("7 8 9", prompt="3 + 4?", reference="7", ceiling=0.5)
    @reward(answer="number", isolation="inline")
    def contains(completion: str, reference: str) -> bool:
        if not reference:
            raise ValueError("no reference")
        return reference in completion

    @case("x = 1", reference="1", expect="exact")
    @case("x = 2", reference="1", expect="exact")
    @order("x", "x = 2", "x = 1", reference="1")
    @partial_credit({"shape": 0.3, "exact": 1.0}, isolation="inline")
    def assignment(completion, reference):
        name, equals, value = completion.partition("=")
        yield "shape", bool(equals), "no equals sign"
        yield "exact", value.strip() == reference.strip() != "", "another value"
"""

REPORT = """\
FAIL  contains  g.py:4  2 cases, 1 probe, 5 of 20 mutants killed
  RK102 fail  another row's answer passes
    at          g.py:4
    reference   '7'
    completion  'Answer: 17'
    expected    below 1 (it is the right answer at g.py:5)
    got         1
    why         A grader that ignores its reference pays for any answer of the right shape.
    do          Compare the whole answer with the reference; or declare reference_free=True if the score need not depend on it.
    replay      rewardkit test --replay aac7f05f
  RK108 fail  naming several answers passes
    at          g.py:4
    reference   '7'
    completion  'Answer: 34, 7, 34'
    expected    below 1
    got         1
    and         3 more completions with the same flaw
    why         A policy that lists all labels, or counts from 1 to 100, has always named the right one.
    do          Take one answer, the last for example, and compare that one.
    replay      rewardkit test --replay f09dd3e4
  RK110 fail  the right answer counts where it was only thought of
    at          g.py:4
    reference   '7'
    completion  '<think>\\nAnswer: 7\\n</think>\\nAnswer: 34'
    expected    below 1
    got         1
    and         1 more completion with the same flaw
    why         What the user gets is the text after the thinking; a policy that thinks of everything would always be right.
    do          Remove <think>...</think> before looking for the answer, and take the last one.
    replay      rewardkit test --replay b22f5df4
  RK114 fail  a right answer made wrong passes
    at          g.py:4
    reference   '7'
    completion  'Answer: 17'
    expected    below 1 (a digit in front)
    got         1
    and         14 more completions with the same flaw
    why         What the grader cannot tell from the right answer, the policy will not learn to tell from it either.
    do          Compare more closely; where a difference is allowed, show it: a case that is off by as much, or a `tolerance` column.
    replay      rewardkit test --replay d8910a74
  RK123 fail  a probe scores above its ceiling
    at          g.py:6
    reference   '7'
    completion  '7 8 9'
    expected    at most 0.5
    got         1
    why         A probe is a known way to earn reward without doing the task.
    do          Correct the grader, or raise the ceiling=.
    replay      rewardkit test --replay 61166350
  RK109 warn  denying the right answer passes  'Answer: 7 is wrong. Answer: 34' scored 1  --replay a8694930
  (-v tells all of them whole)
  skipped RK006: it runs inline, in the surroundings of this process: declare isolation="process"
  skipped RK015: it runs inline, is async, or declares that it runs completions
  skipped RK005: it runs inline, so its calls were repeated in this process only: declare isolation="process"

FAIL  assignment  g.py:13  2 cases, 1 order, 3 of 3 mutants killed
  RK100 fail  a case does not hold
    at          g.py:14
    reference   '1'
    completion  'x = 2'
    expected    1 (level 'exact')
    got         0.3 (shape 1, exact 0): another value
    why         A case is what the author knows to be true of the task.
    do          Correct the grader, or the case.
    replay      rewardkit test --replay 9adb0ffa
  skipped RK102: it needs two rows with different references: add cases, or give --data
  skipped RK105: no row has a prompt: add prompt= to cases, or give --data with a prompt column
  skipped RK201: the kind of answer is not declared: declare answer= ("number", "label", "json", ...)
  skipped RK006: it runs inline, in the surroundings of this process: declare isolation="process"
  skipped RK015: it runs inline, is async, or declares that it runs completions
  skipped RK005: it runs inline, so its calls were repeated in this process only: declare isolation="process"
"""


TABLE = [
    ["contains", "fail", "2", "0", "1", "0", "5", "of", "20", "6"],
    ["assignment", "fail", "2", "1", "0", "0", "3", "of", "3", "1"],
]


def test_the_report_says_what_was_expected_what_happened_and_what_to_do(write: WriteFile) -> None:
    write("g.py", SOURCE)
    ran = rewardkit("test", "g.py")
    told, _, table = ran.out.partition("\ngrader ")
    assert told.strip().removesuffix("mutants").strip() == REPORT.strip()
    rows = [line.split() for line in table.splitlines()[1:]]
    assert [row[:-1] for row in rows[:2]] == TABLE
    assert rows[2] == ["2", "failed"]
    assert (ran.code, ran.err) == (1, "")


def test_the_json_of_a_run_is_one_object_of_the_documented_shape(write: WriteFile) -> None:
    write("g.py", SOURCE)
    graders = rewardkit("test", "g.py", "--json").json()["graders"]
    assert [sorted(grader) for grader in graders] == [
        ["counts", "file", "findings", "name", "notes", "seconds", "skipped", "verdict"]
    ] * 2
    assert graders[1]["findings"] == [
        {
            "id": "RK100",
            "severity": "fail",
            "row": "g.py:13",
            "completion": "x = 2",
            "score": 0.3,
            "cause": None,
            "reason": "another value",
            "expected": "1 (level 'exact')",
            "against": None,
            "others": [],
            "facts": [],
            "output": "",
            "seed": 0,
            "replay": "9adb0ffa",
        }
    ]


def test_an_error_message_with_odd_characters_can_be_printed(write: WriteFile) -> None:
    source = """
        from rewardkit import case, reward

        @case("ok", expect=1)
        @reward(isolation="inline")
        def g(completion):
            if not completion.isascii():
                raise ValueError(completion)
            return True
    """
    write("g.py", source)
    ran = rewardkit("test", "g.py")
    assert "RK004" in ran.out
    ran.out.encode()
    assert Path(".rewardkit/findings.json").is_file()


PASSING = """
    from rewardkit import case, reward

    @case("7", the_right_one="7", expect=1)
    @reward(isolation="inline")
    def g(completion, the_right_one):
        return completion == the_right_one != ""
"""


def test_what_was_skipped_for_a_passing_grader_is_one_line(write: WriteFile) -> None:
    write("g.py", PASSING)
    line = "  skipped RK102, RK105, RK201, RK006, RK015, RK005 (-v says why); for RK102: add cases, or give --data\n"
    assert (
        rewardkit("test", "g.py").out == f"PASS  g  g.py:4  1 case, 3 of 3 mutants killed\n{line}\n1 passed\n"
    )
    assert rewardkit("test", "g.py", "-v").out.count("  skipped RK") == 6
    assert len(rewardkit("test", "g.py", "--json").json()["graders"][0]["skipped"]) == 6


def test_a_long_column_name_stands_apart_from_its_value(write: WriteFile) -> None:
    write("g.py", PASSING.replace('!= ""', 'or "y"'))
    assert "    the_right_one  '7'\n    completion     ''\n" in rewardkit("test", "g.py").out


BROKEN = """
    import os, time
    from rewardkit import case, order, reward

    def number_in(text):
        print("reading", text)
        return float(text.split(":")[1])

    @case("Answer: 7", reference="7", expect=1)
    @case("seven", reference="7", expect=0)
    @reward
    def raises(completion, reference):
        return number_in(completion) == float(reference)

    @case("7", reference="7", expect=1)
    @case("seven", reference="7", expect=0)
    @reward
    def dies(completion, reference):
        if completion == "seven":
            print("about to end")
            os._exit(9)
        return completion == reference

    @case("7", reference="7", expect=1)
    @case("seven", reference="7", expect=0)
    @reward(timeout=0.5)
    def hangs(completion, reference):
        while completion == "seven":
            time.sleep(0.1)
        return completion == reference

    @case("7", reference="7", expect=1)
    @order("no idea", "about 7", reference="7")
    @reward(isolation="inline")
    def flat(completion, reference):
        return completion == reference != ""
"""


def evidence(report: str, label: str) -> list[str]:
    """The lines of the first finding that stand beside a label, without it."""
    lines = iter(line[4:] for line in report.splitlines())
    first = next(line for line in lines if line.startswith(label))
    return [first[12:], *(line[12:] for line in takewhile(lambda line: line.startswith(" " * 12), lines))]


def test_a_case_that_raised_shows_what_was_printed_and_the_traceback(write: WriteFile) -> None:
    path = write("g.py", BROKEN)
    assert evidence(rewardkit("test", "g.py:raises", "--fast").out, "output") == [
        "reading seven",
        f'File "{path}", line 13, in raises',
        "    return number_in(completion) == float(reference)",
        f'File "{path}", line 7, in number_in',
        '    return float(text.split(":")[1])',
        "IndexError: list index out of range",
    ]


def test_a_case_that_ended_its_process_shows_what_it_printed_before(write: WriteFile) -> None:
    write("g.py", BROKEN)
    assert evidence(rewardkit("test", "g.py:dies", "--fast").out, "output") == ["about to end"]


def test_a_case_that_hangs_shows_the_line(write: WriteFile) -> None:
    path = write("g.py", BROKEN)
    last = evidence(rewardkit("test", "g.py:hangs", "--fast").out, "output")[-1]
    assert last in [f'File "{path}", line {number} in hangs' for number in (28, 29)]


def test_the_output_is_in_the_json_whole(write: WriteFile) -> None:
    write("g.py", BROKEN)
    (grader,) = rewardkit("test", "g.py:raises", "--fast", "--json").json()["graders"]
    output = grader["findings"][0]["output"]
    assert output.startswith("reading seven\n")
    assert output.endswith("\nIndexError: list index out of range")


def test_an_order_that_does_not_hold_shows_both_completions(write: WriteFile) -> None:
    write("g.py", BROKEN)
    shown = """\
    completion  'about 7'
    against     'no idea'
    expected    more than 0
    got         0
"""
    assert shown in rewardkit("test", "g.py:flat", "--fast").out
    (grader,) = rewardkit("test", "g.py:flat", "--fast", "--json").json()["graders"]
    assert (grader["findings"][0]["completion"], grader["findings"][0]["against"]) == ("about 7", "no idea")
    replay = grader["findings"][0]["replay"]
    assert "  against     'no idea'\n" in rewardkit("test", "--replay", replay).out


DECLINING = """
    from rewardkit import Unscored, case, reward

    @case("7", reference="7", expect=1)
    @reward(isolation="inline")
    def g(completion, reference):
        if not reference.isdigit():
            raise Unscored(f"{'a long way to say it, ' * 15}no number (reference: {reference}); allowed: digits")
        return completion == reference
"""

DECLINED = """\
FAIL  g  g.py:4  1 case, 3 rows, 16 of 16 mutants killed
  RK132 fail  a reference cannot be used
    at          d.jsonl:2 (row b)
    reference   'seven'
    completion  'seven'
    expected    a score
    got         unscored (bad_reference): a long way to say it, a long way to say it, a long way to say it, a long way to say it, a long
                way to say it, a long way to say it, a long way to say it, a long way to say it, a long way to say it, a long way to say
                it, a long way to say it, a long way to say it, a long way to say it, a long way to say it, a long way to say it, no
                number (reference: seven); allowed: digits
    and         1 more row for the same reason: d.jsonl:3
    why         Every completion of such a row is unscored: it teaches nothing, and a run stops when there are too many of them.
    do          Mend the reference (or the database) of the row, or leave the row out; or show that it is meant: @case(..., expect="unscored") with the row's columns.
    replay      rewardkit test --replay {replay}
"""


def test_a_reference_that_cannot_be_used_is_told_with_its_whole_reason_and_its_rows(write: WriteFile) -> None:
    write("g.py", DECLINING)
    rows = {"a": "8", "b": "seven", "c": "eight"}
    write("d.jsonl", "".join(f'{{"id": "{name}", "reference": "{rows[name]}"}}\n' for name in rows))
    ran = rewardkit("test", "g.py", "--fast", "--data", "d.jsonl", "--json")
    (finding,) = ran.json()["graders"][0]["findings"]
    assert (ran.code, finding["cause"], finding["others"]) == (1, "bad_reference", ["d.jsonl:3"])
    assert finding["reason"].endswith("it, no number (reference: seven); allowed: digits")
    shown = rewardkit("test", "g.py", "--fast", "--data", "d.jsonl").out
    assert shown.startswith(DECLINED.format(replay=finding["replay"]))
    assert not Path("graders.lock").exists()
    replayed = rewardkit("test", "--replay", finding["replay"])
    assert (replayed.code, replayed.out.splitlines()[-1]) == (1, "still so: the expectation is broken")


def test_what_is_wrong_with_references_is_shown_for_twenty_and_the_advice_once(write: WriteFile) -> None:
    write("g.py", DECLINING.replace("no number", "not {len(reference)}"))
    write("d.jsonl", "".join(f'{{"reference": "{"x" * n}"}}\n' for n in range(1, 26)))
    out = rewardkit("test", "g.py", "--fast", "--data", "d.jsonl").out
    assert out.count("  RK132 fail") == out.count("    at          d.jsonl:") == 20
    assert out.count("    do          Mend the reference") == 1
    assert "  ... and 5 more things wrong with references (--json has all)\n" in out
    assert (
        len(
            rewardkit("test", "g.py", "--fast", "--data", "d.jsonl", "--json").json()["graders"][0][
                "findings"
            ]
        )
        == 25
    )
