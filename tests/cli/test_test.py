"""`rewardkit test` as a user calls it: exit codes, options, graders.lock, errors that help."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command_line import rewardkit
from writing import WriteFile

GRADERS = """
    from rewardkit import case, reward

    @case("7", reference="7", expect=1)
    @case("8", reference="7", expect=0)
    @reward(answer="number")
    def good(completion, reference):
        try:
            return float(completion.replace(",", "").strip(". \\n")) == float(reference)
        except ValueError:
            return False

    @case("7", reference="7", expect=1)
    @reward(answer="number")
    def bad(completion, reference):
        return True
"""

WEAK = """
    from rewardkit import case, reward

    @case("12", reference="12", expect=1)
    @reward(answer="number")
    def near(completion, reference):
        try:
            value = float(completion.strip().rstrip("."))
        except ValueError:
            return 0.0
        difference = abs(value - float(reference))
        if difference < 0.01:
            return 1.0
        return 0.25 if difference < 1 else 0.0
"""


def test_the_graders_folder_is_tested_by_default_and_a_failure_ends_with_1(write: WriteFile) -> None:
    write("graders/g.py", GRADERS)
    ran = rewardkit("test")
    assert ran.code == 1
    assert ran.out.startswith("PASS  good  graders/g.py:4  2 cases, 9 of 9 mutants killed\n")
    assert ran.out.endswith("1 failed, 1 passed\n")


def test_only_what_passed_is_in_the_lock_and_a_later_failure_takes_it_out(write: WriteFile) -> None:
    write("graders/g.py", GRADERS)
    rewardkit("test")
    lock = Path("graders.lock")
    assert 'name = "good"' in lock.read_text()
    assert 'name = "bad"' not in lock.read_text()
    write("d.jsonl", '{"prompt": "q", "reference": "1", "gold": "one"}\n')
    assert rewardkit("test", "--data", "d.jsonl").code == 1
    assert "good" not in lock.read_text()


def test_a_fast_test_tries_less_and_proves_nothing_for_training(write: WriteFile) -> None:
    write("graders/g.py", GRADERS)
    fast = rewardkit("test", "--fast", "--json", "--grader", "good").json()["graders"][0]
    assert fast["verdict"] == "pass"
    assert "RK006" in {skipped["id"] for skipped in fast["skipped"]}
    assert not Path("graders.lock").exists()
    full = rewardkit("test", "--json", "--grader", "good").json()["graders"][0]
    assert "RK006" not in {skipped["id"] for skipped in full["skipped"]}
    assert rewardkit("test", "--fast", "--deep").code == 2


def test_a_fast_test_takes_what_fails_out_of_the_lock(write: WriteFile) -> None:
    write("graders/g.py", GRADERS)
    rewardkit("test", "--grader", "good")
    assert 'name = "good"' in Path("graders.lock").read_text()
    write("d.jsonl", '{"prompt": "q", "reference": "1", "gold": "one"}\n')
    assert rewardkit("test", "--fast", "--grader", "good", "--data", "d.jsonl").code == 1
    assert "good" not in Path("graders.lock").read_text()


def test_a_deep_test_says_which_changes_no_case_notices_and_its_cases_notice_them(write: WriteFile) -> None:
    """The whole road: weak cases, what `--deep` suggests, the file with that in it, and `--deep` again."""
    write("graders/g.py", WEAK)
    (weak,) = rewardkit("test", "--deep", "--json").json()["graders"]
    survivors = weak["source_mutants"]["survivors"]
    assert "RK140" in {finding["id"] for finding in weak["findings"]}
    assert survivors
    assert not any("were over" in skipped["why"] for skipped in weak["skipped"])
    suggested = "\n".join(dict.fromkeys(survivor["case"] for survivor in survivors))
    source = Path("graders/g.py").read_text().replace("@case", f"{suggested}\n@case", 1)
    write("mended.py", source)  # another file: this process has imported that one
    (mended,) = rewardkit("test", "mended.py", "--deep", "--json").json()["graders"]
    left = {survivor["diff"] for survivor in mended["source_mutants"]["survivors"]}
    assert [finding["id"] for finding in mended["findings"]] == []
    assert len(left) <= 0.2 * mended["source_mutants"]["counted"]
    changed = {_change(survivor["diff"]) for survivor in survivors}
    assert changed.isdisjoint(map(_change, left))


def _change(diff: str) -> tuple[str, ...]:
    """The lines of a diff that say what is changed, without their place."""
    return tuple(line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---"))


def test_a_slow_grader_is_tested_for_as_long_as_the_level_says_and_the_rest_is_named(
    write: WriteFile,
) -> None:
    write(
        "graders/g.py",
        """
        import time
        from rewardkit import case, reward

        @case("7", reference="7", expect=1)
        @case("8", reference="7", expect=0)
        @reward(answer="number")
        def slow(completion, reference):
            time.sleep(0.6)
            return completion.strip() == reference
        """,
    )
    (report,) = rewardkit("test", "--fast", "--json").json()["graders"]
    assert report["seconds"] < 25
    untried = [skipped for skipped in report["skipped"] if "10 s of a fast test were over" in skipped["why"]]
    assert {"RK114", "RK204"} <= {skipped["id"] for skipped in untried}
    assert all("--deep" in skipped["why"] for skipped in untried)


def test_the_results_can_be_read_by_continuous_integration(
    write: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("graders/g.py", GRADERS)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    ran = rewardkit("test", "--fast", "--junit", "out/results.xml")
    suites = {suite.get("name"): suite for suite in ElementTree.parse("out/results.xml").getroot()}
    assert {name: suite.get("failures") != "0" for name, suite in suites.items()} == {
        "good": False,
        "bad": True,
    }
    cases = {case.get("name"): case for case in suites["bad"]}
    assert cases["bad"].find("failure") is not None
    (other,) = [case for name, case in cases.items() if name.startswith("RK104 at graders/g.py:")]
    assert "expected" in (other.findtext("failure") or "")
    noted = [line for line in ran.out.splitlines() if line.startswith("::error ")]
    assert any(re.match(r"::error file=graders/g\.py,line=\d+,title=RK104 bad%3A ", line) for line in noted)


def test_one_grader_can_be_chosen_and_then_decides_the_exit_code(write: WriteFile) -> None:
    write("graders/g.py", GRADERS)
    ran = rewardkit("test", "--grader", "good")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "1 passed")


def test_a_misspelt_grader_is_answered_with_the_nearest(write: WriteFile) -> None:
    write("graders/g.py", GRADERS)
    ran = rewardkit("test", "--grader", "goood")
    assert ran.code == 2
    assert "no grader 'goood'; found: good, bad. Did you mean 'good'?" in ran.err


def test_no_graders_at_all_is_a_usage_error(write: WriteFile) -> None:
    write("graders/g.py", "x = 1\n")
    ran = rewardkit("test")
    assert ran.code == 2
    assert "no graders found in graders" in ran.err


def test_a_column_of_the_data_that_a_grader_lacks_is_named_before_anything_runs(write: WriteFile) -> None:
    write("graders/g.py", GRADERS)
    write("d.jsonl", '{"prompt": "q", "refrence": "1"}\n')
    ran = rewardkit("test", "--data", "d.jsonl")
    assert ran.code == 2
    assert "asks for 'reference', which is no column in d.jsonl:1" in ran.err
    assert "Did you mean 'refrence'?" in ran.err


def test_columns_of_the_data_can_be_renamed(write: WriteFile) -> None:
    write("graders/g.py", GRADERS)
    write("d.csv", "question,answer\nWhat is 1 + 1?,2\nWhat is 2 + 1?,3\n")
    ran = rewardkit(
        "test",
        "graders/g.py:good",
        "--data",
        "d.csv",
        "--column",
        "prompt=question",
        "--column",
        "reference=answer",
    )
    assert (ran.code, ran.out) == (
        0,
        "PASS  good  graders/g.py:4  2 cases, 2 rows, 27 of 27 mutants killed\n1 passed\n",
    )


def test_a_grader_without_cases_warns_is_fine_for_the_shell_and_not_locked(write: WriteFile) -> None:
    write(
        "graders/g.py",
        "from rewardkit import reward\n\n@reward\ndef g(completion, reference):\n    return True\n",
    )
    ran = rewardkit("test")
    assert ran.code == 0
    assert "RK130 warn  nothing shows that it is right" in ran.out
    assert not Path("graders.lock").exists()


def test_a_grader_that_kills_its_process_costs_its_own_calls_only(write: WriteFile) -> None:
    source = """
        import os
        from rewardkit import case, reward

        @case("7", reference="7", expect=1)
        @reward
        def g(completion, reference):
            if "surrogate" in completion:
                os._exit(3)
            return completion == reference
    """
    write("graders/g.py", source)
    (grader,) = rewardkit("test", "--json").json()["graders"]
    assert [finding["id"] for finding in grader["findings"]] == ["RK004"]
    assert "surrogate" in grader["findings"][0]["completion"]


def test_the_installed_command_does_the_same(write: WriteFile) -> None:
    write("graders/g.py", GRADERS)
    command = [sys.executable, "-m", "rewardkit", "test", "graders/g.py:good", "--workers", "1"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.endswith("1 passed\n")


def test_without_a_target_and_a_graders_folder_it_says_what_to_do(write: WriteFile) -> None:
    write("g.py", GRADERS)
    ran = rewardkit("test")
    assert ran.code == 2
    assert "no target was given, and there is no folder 'graders' here" in ran.err
    assert "rewardkit init claims" in ran.err


def test_a_renamed_column_that_nothing_asks_for_is_a_usage_error(write: WriteFile) -> None:
    write("graders/g.py", GRADERS)
    write("d.csv", "prompt,reference,best\nWhat is 1 + 1?,2,2\n")
    ran = rewardkit("test", "--data", "d.csv", "--column", "refrence=best")
    assert ran.code == 2
    assert "--column refrence=best: no grader asks for 'refrence'" in ran.err
    assert "Did you mean 'reference'?" in ran.err
    assert rewardkit("test", "--grader", "good", "--data", "d.csv", "--column", "gold=best").code == 0


def test_a_column_of_completions_is_said_once_to_be_for_another_verb(write: WriteFile) -> None:
    write("graders/g.py", GRADERS)
    row = '{{"prompt": "q", "reference": "{}", "completion": "5"}}\n'
    write("answers.jsonl", row.format(1) + row.format(2))
    ran = rewardkit("test", "--grader", "good", "--data", "answers.jsonl")
    assert ran.code == 0
    assert ran.err == "column 'completion' is not used here; `rewardkit grade` scores it\n"
    renamed = rewardkit("test", "--grader", "good", "--data", "answers.jsonl", "--column", "wrong=completion")
    assert renamed.err == ""


VERL = """
    def any_number(data_source, solution_str, ground_truth, extra_info=None):
        return float(any(char.isdigit() for char in solution_str))

    def exact(data_source, solution_str, ground_truth, extra_info=None):
        return float(solution_str.strip() == ground_truth)
"""


@pytest.mark.parametrize("row", ['"ground_truth": "{}"', '"reward_model": {{"ground_truth": "{}"}}'])
def test_a_verl_function_is_told_by_its_ground_truth(write: WriteFile, row: str) -> None:
    write("rewards.py", VERL)
    rows = ['{"prompt": "Which?", ' + row.format(number) + "}\n" for number in (11, 12, 13)]
    write("d.jsonl", "".join(rows))
    ran = rewardkit("test", "rewards.py:any_number", "--data", "d.jsonl")
    assert ran.code == 1
    assert "RK102 fail  another row's answer passes" in ran.out
    assert "ground_truth" in ran.out
    assert rewardkit("test", "rewards.py:exact", "--data", "d.jsonl").out.startswith("PASS  exact")


def test_a_print_that_was_left_in_a_grader_is_no_flaw(write: WriteFile) -> None:
    write("graders/g.py", GRADERS.replace("return float", "print(completion); return float"))
    assert rewardkit("test", "--grader", "good").code == 0


def test_a_function_of_a_named_shape_is_tested_as_it_stands(write: WriteFile) -> None:
    write(
        "mine.py",
        "def score(completions, answer, **kwargs):\n    return [float(c == a) for c, a in zip(completions, answer)]\n",
    )
    write(
        "rows.jsonl",
        '{"prompt": "p", "answer": "a", "gold": "a"}\n{"prompt": "q", "answer": "b", "gold": "b"}\n',
    )
    ran = rewardkit("test", "mine.py:score", "--shape", "trl", "--data", "rows.jsonl")
    assert ran.code == 0, ran.out + ran.err


QUERIES = """
    from rewardkit import case, gated, reward
    from rewardkit.graders.sql import text_to_sql

    @reward(reference_free=True)
    def brief(completion):
        return len(completion) < 999

    query = gated(brief, text_to_sql)
    query = case("SELECT count(*) FROM t", reference="SELECT count(*) FROM t", database="t.sql", instances="given", expect=1)(query)
"""


def test_sql_references_that_cannot_be_used_fail_each_trouble_by_itself(write: WriteFile) -> None:
    write("graders/g.py", QUERIES)
    write("t.sql", "CREATE TABLE t (a INTEGER);\nINSERT INTO t VALUES (1), (7);\n")
    rows = [
        ("SELECT max(a) FROM t", "t.sql"),
        ("SELECT max(a) FROM t", "tt.sql"),
        ("SELECT max(b) FROM t", "t.sql"),
        ("SELECT a FROM t WHERE a > 8", "t.sql"),
        ("SELECT a FROM t WHERE a > 9", "t.sql"),
    ]
    line = '{{"reference": "{}", "database": "{}", "instances": "given"}}\n'
    write("d.jsonl", "".join(line.format(*row) for row in rows))
    ran = rewardkit("test", "--grader", "query", "--data", "d.jsonl", "--json")
    (grader,) = ran.json()["graders"]
    told = [(finding["reason"][:28], finding["others"]) for finding in grader["findings"]]
    assert (ran.code, told) == (
        1,
        [
            ("database 'tt.sql' is not a f", []),
            ("the reference does not work:", []),
            ("the gold query returns no ro", ["d.jsonl:5"]),
        ],
    )
    assert {finding["id"] for finding in grader["findings"]} == {"RK132"}
    assert not Path("graders.lock").exists()
