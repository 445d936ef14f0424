"""`rewardkit grade`, as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import killed_until_done, rewardkit, spawned
from writing import WriteFile

from rewardkit.runs import read_results, read_run

GRADERS = """
    import os
    import time
    from collections.abc import Iterator

    from rewardkit import Step, partial_credit, reward

    @reward(timeout=0.5)
    def hostile(completion: str, reference: str) -> float:
        if completion == "raises":
            raise ValueError("boom")
        if completion == "sleeps":
            time.sleep(1000)
        if completion == "exits":
            os._exit(3)
        return {"nan": float("nan"), "high": 1.2}.get(completion, float(completion == reference))

    @partial_credit({"mentions": 0.3, "same": 1.0})
    def ladder(completion: str, reference: str) -> Iterator[Step]:
        yield "mentions", reference in completion
        yield "same", completion == reference

    @reward
    def slow(completion: str) -> bool:
        time.sleep(0.004)
        return completion.endswith("7")
"""


@pytest.fixture
def project(write: WriteFile) -> Path:
    write("graders.py", GRADERS)
    completions = ["yes", "no", "oh yes", "yes"] * 3
    rows = [{"id": f"q{n}", "completion": c, "reference": "yes"} for n, c in enumerate(completions)]
    return write("answers.jsonl", "".join(json.dumps(row) + "\n" for row in rows)).parent


def test_a_table_shows_mean_interval_solved_share_and_components(project: Path) -> None:
    ran = rewardkit("grade", "answers.jsonl", "-g", "graders.py:ladder")
    assert (ran.code, ran.err) == (0, "")
    first, second, third, *_ = ran.out.splitlines()
    assert first.split("  ")[0] == "grader"
    assert second.split() == [
        "ladder",
        "12",
        "0.57",
        "(0.30",
        "to",
        "0.81)",
        "50",
        "%",
        "(25",
        "to",
        "75)",
        "0",
    ]
    assert third == "ladder  components: mentions 0.75, same 0.50"


def test_a_report_and_the_files_of_a_run_are_written(project: Path) -> None:
    found = rewardkit("grade", "answers.jsonl", "-g", "graders.py:ladder", "--run", "mine", "--json").json()
    assert found["run"] == "runs/mine"
    files = {path.name for path in (project / "runs" / "mine").iterdir()}
    assert files >= {"run.json", "results.jsonl", "samples.jsonl", "summary.json", "report.html"}


def test_out_has_one_line_per_row_and_grader_in_the_order_of_the_rows(project: Path) -> None:
    rewardkit(
        "grade", "answers.jsonl", "-g", "graders.py:ladder", "-g", "graders.py:hostile", "--out", "out.jsonl"
    )
    lines = [json.loads(line) for line in (project / "out.jsonl").read_text().splitlines()]
    assert [(line["sample"], line["grader"]) for line in lines] == [
        (f"q{n}", grader) for n in range(12) for grader in ("ladder", "hostile")
    ]


def test_hostile_completions_cost_their_own_item_with_a_typed_cause(write: WriteFile, project: Path) -> None:
    bad = ["raises", "sleeps", "exits", "nan", "high"]
    completions = [text for each in bad for text in ("yes", each, "no")]
    write("bad.csv", "completion,reference\n" + "".join(f"{c},yes\n" for c in completions))
    ran = rewardkit("grade", "bad.csv", "-g", "graders.py:hostile", "--json", "--out", "out.jsonl")
    lines = [json.loads(line) for line in (project / "out.jsonl").read_text().splitlines()]
    causes = {line["completion"]: line["cause"] for line in lines}
    assert ran.code == 0
    assert [causes[each] for each in bad] == ["error", "timeout", "died", "invalid", "invalid"]
    assert [line["value"] for line in lines if line["completion"] in ("yes", "no")] == [1.0, 0.0] * 5
    assert ran.json()["graders"][0]["unscored"] == {"invalid": 2, "error": 1, "timeout": 1, "died": 1}


def test_unscored_completions_are_shown_with_causes_and_bounds(write: WriteFile, project: Path) -> None:
    write("bad.csv", "completion,reference\nyes,yes\nraises,yes\n")
    out = rewardkit("grade", "bad.csv", "-g", "graders.py:hostile").out
    assert (
        "unscored: 1 error; with the lowest or the highest score for them the mean would be 0.50 to 1.00"
        in out
    )


def test_the_same_command_again_scores_nothing_and_prints_the_same(project: Path) -> None:
    first = rewardkit("grade", "answers.jsonl", "-g", "graders.py:ladder")
    results = next((project / "runs").iterdir()) / "results.jsonl"
    before = results.stat().st_mtime_ns
    again = rewardkit("grade", "answers.jsonl", "-g", "graders.py:ladder")
    assert (again.code, again.out) == (0, first.out)
    assert results.stat().st_mtime_ns == before


def test_an_edited_grader_gets_a_run_of_its_own(write: WriteFile, project: Path) -> None:
    for word in ("yes", "no"):
        write(
            "other.py",
            f"from rewardkit import reward\n@reward\ndef g(completion): return completion == '{word}'\n",
        )
        assert spawned("grade", "answers.jsonl", "-g", "other.py").code == 0
    assert len(list((project / "runs").iterdir())) == 2


def test_a_named_run_refuses_other_inputs(project: Path) -> None:
    rewardkit("grade", "answers.jsonl", "-g", "graders.py:ladder", "--run", "mine")
    ran = rewardkit("grade", "answers.jsonl", "-g", "graders.py:ladder", "--run", "mine", "--limit", 3)
    assert (ran.code, ran.out) == (2, "")
    assert "run 'mine' was started differently: limit was null, now 3" in ran.err


def test_unscored_completions_are_scored_again_on_request(write: WriteFile, project: Path) -> None:
    write("flag", "broken")
    source = (
        "import pathlib\nfrom rewardkit import reward\n@reward\ndef g(completion):\n"
        "    if completion == 'no' and pathlib.Path('flag').exists(): raise OSError('down')\n    return completion == 'yes'\n"
    )
    write("flaky.py", source)
    assert "3 error" in rewardkit("grade", "answers.jsonl", "-g", "flaky.py", "--out", "out.jsonl").out
    (project / "flag").unlink()
    ran = rewardkit("grade", "answers.jsonl", "-g", "flaky.py", "--retry-unscored", "--out", "out.jsonl")
    assert "3 unscored results are scored again" in ran.err
    values = [json.loads(line)["value"] for line in (project / "out.jsonl").read_text().splitlines()]
    assert values == [1.0, 0.0, 0.0, 1.0] * 3


def test_no_texts_keeps_prompts_and_completions_out_of_report_and_samples(
    write: WriteFile, project: Path
) -> None:
    write("private.csv", "prompt,completion,reference\nwho is Zaphod?,Zaphod it is,Zaphod\n")
    rewardkit("grade", "private.csv", "-g", "graders.py:ladder", "--run", "mine", "--no-texts")
    folder = project / "runs" / "mine"
    assert "Zaphod" not in (folder / "report.html").read_text()
    assert not (folder / "samples.jsonl").exists()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nothing.csv", "-g", "graders.py"], "nothing.csv: no such file"),
        (["answers.json", "-g", "graders.py"], "answers.json: no such file. Did you mean 'answers.jsonl'?"),
        (
            ["answers.jsonl", "-g", "graders.py:lader"],
            "no grader 'lader' there; found: hostile, ladder, slow. Did you mean 'ladder'?",
        ),
        (["answers.jsonl", "-g", "graders.py", "--column", "reference"], "write it as OURS=THEIRS"),
        (
            ["answers.jsonl", "-g", "graders.py", "--column", "reference=refrence"],
            "no column 'refrence' (for 'reference')",
        ),
        (["answers.jsonl", "-g", "graders.py", "--out", "no/where.jsonl"], "the folder no does not exist"),
    ],
)
def test_typos_are_answered_and_end_with_code_2(project: Path, args: list[str], message: str) -> None:
    ran = rewardkit("grade", *args)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


def test_a_malformed_line_is_named_by_file_and_line(write: WriteFile, project: Path) -> None:
    write("torn.jsonl", '{"completion": "yes", "reference": "yes"}\n{"completion": \n')
    assert "torn.jsonl:2: not valid JSON" in rewardkit("grade", "torn.jsonl", "-g", "graders.py").err


def test_a_column_that_a_grader_lacks_is_an_error_before_a_run_folder_is_made(
    write: WriteFile, project: Path
) -> None:
    write("lacking.csv", "completion,refrence\nyes,yes\n")
    ran = rewardkit("grade", "lacking.csv", "-g", "graders.py:ladder")
    assert ran.code == 2
    assert "asks for 'reference'" in ran.err
    assert not (project / "runs").exists()


@pytest.mark.slow
def test_killed_at_random_moments_nothing_is_lost_or_doubled(write: WriteFile, project: Path) -> None:
    write("many.csv", "completion\n" + "".join(f"answer {n}\n" for n in range(1500)))
    command = ["grade", "many.csv", "-g", "graders.py:slow", "-g", "graders.py:slow", "--workers", "2"]
    assert killed_until_done([*command, "--run", "killed"], project, kills=4, seed=1) >= 2
    assert rewardkit(*command, "--run", "whole").code == 0
    killed, whole = ((project / "runs" / name / "results.jsonl").read_bytes() for name in ("killed", "whole"))
    assert killed == whole
    assert whole.count(b"\n") == 1500


def test_the_run_is_about_the_combination_of_the_graders(write: WriteFile, project: Path) -> None:
    source = "from rewardkit import reward, weighted\n@reward\ndef a(completion): return True\nboth = weighted((a, 1))\n"
    write("two.py", source)
    rewardkit("grade", "answers.jsonl", "-g", "two.py", "--run", "mine")
    assert read_run(project / "runs" / "mine").primary == "both"


def test_a_finished_run_says_that_nothing_is_left_to_do(project: Path) -> None:
    first, again = (
        rewardkit("grade", "answers.jsonl", "-g", "graders.py:ladder", "--run", "mine") for _ in "12"
    )
    assert (first.err, again.err) == ("", "runs/mine is complete; nothing left to do\n")


def test_a_limit_is_a_random_sample_that_run_json_tells_of(write: WriteFile, project: Path) -> None:
    write("many.csv", "id,completion\n" + "".join(f"q{n:02},yes\n" for n in range(50)))
    write("yes.py", "from rewardkit import reward\n@reward\ndef g(completion): return completion == 'yes'\n")
    rewardkit("grade", "many.csv", "-g", "yes.py", "--limit", 10, "--seed", 3, "--run", "mine")
    ids = [row.sample for row in read_results(project / "runs" / "mine")]
    assert (len(ids), ids) == (10, sorted(ids))
    assert ids != [f"q{n:02}" for n in range(10)]
    assert read_run(project / "runs" / "mine").samples["rows"] == "drawn at random, seed 3"


def test_results_never_replace_the_data(project: Path) -> None:
    before = (project / "answers.jsonl").read_bytes()
    ran = rewardkit("grade", "answers.jsonl", "-g", "graders.py:ladder", "--out", "./answers.jsonl")
    assert ran.code == 2
    assert "it is the data file itself" in ran.err
    assert (project / "answers.jsonl").read_bytes() == before


def test_one_id_for_two_samples_is_refused(project: Path) -> None:
    rows = [{"id": "a", "completion": "x", "reference": reference} for reference in ("1", "2")]
    (project / "twice.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    ran = rewardkit("grade", "twice.jsonl", "-g", "graders.py:ladder")
    assert ran.code == 2
    assert "twice.jsonl:2: id 'a' is that of twice.jsonl:1 too" in ran.err


STRICT = """
    from rewardkit import Unscored, reward

    @reward
    def strict(completion: str, reference: str) -> bool:
        if reference == "bad":
            print(f"looking at {completion}")
            raise Unscored(f"no number in {completion}")
        return completion == reference
"""


def broken_rows(write: WriteFile, rows: int, every: int) -> None:
    """`answers.csv`, in which every so-manieth reference is bad."""
    write("strict.py", STRICT)
    lines = (f"{n},{'bad' if n % every == every - 1 else n}\n" for n in range(rows))
    write("answers.csv", "completion,reference\n" + "".join(lines))


def test_too_many_unscored_stop_the_run_with_code_3_and_what_is_done_is_kept(write: WriteFile) -> None:
    broken_rows(write, 2000, 10)
    command = ["grade", "answers.csv", "-g", "strict.py", "--run", "mine"]
    stopped = rewardkit(*command, "--json")
    assert stopped.code == 3
    rows = [f"  1 bad_reference at answers.csv:{10 * n + 11}: no number in {10 * n + 9}\n" for n in range(5)]
    message = (
        "11 of the first 110 scores of 'strict' are unscored (allowed: 10 in 200): bad_reference (11)\n"
        f"{''.join(rows)}  and 6 other reasons\n"
        "What is done is kept in runs/mine. Where references cannot be used, mend the data (`rewardkit test --data FILE` lists every such row) "
        "and run the same command again: data that has changed starts a run of its own. Where only something was mended that no column names, "
        "add --retry-unscored. --max-unscored and --guard-window set the limit; --max-unscored 1 never stops."
    )
    assert stopped.err == f"stopped: {message}\n"
    assert stopped.json() == {"stopped": message, "run": "runs/mine"}
    kept = len(read_results(Path("runs/mine")))
    assert 110 <= kept < 2000
    resumed = rewardkit(*command, "--max-unscored", 1, "--json")
    found = resumed.json()
    assert resumed.err == f"going on from row {kept + 1:,} of 2,000\n"
    assert (found["rows"], found["graders"][0]["unscored"]) == (2000, {"bad_reference": 200})
    assert [row.completion for row in read_results(Path("runs/mine"))] == [str(n) for n in range(2000)]


@pytest.mark.parametrize(
    ("rows", "every", "options", "code"),
    [
        (400, 20, [], 0),  # 5 % is not more than 5 %
        (10, 1, [], 0),  # a file of 10 rows never stops
        (30, 2, [], 3),  # 15 in a row of 30: the limit is a share of the window, which need not be full
        (30, 2, ["--max-unscored", "1"], 0),
        (30, 10, ["--max-unscored", "0"], 3),
        (30, 10, ["--guard-window", "20", "--max-unscored", "0.1"], 0),
        (30, 9, ["--guard-window", "20", "--max-unscored", "0.1"], 3),
    ],
)
def test_the_guard_counts_in_a_window(
    write: WriteFile, rows: int, every: int, options: list[str], code: int
) -> None:
    broken_rows(write, rows, every)
    assert rewardkit("grade", "answers.csv", "-g", "strict.py", *options).code == code


def test_what_a_grader_printed_before_it_failed_is_shown_and_kept(write: WriteFile) -> None:
    broken_rows(write, 20, 10)
    first, again = (rewardkit("grade", "answers.csv", "-g", "strict.py", "--run", "mine") for _ in "12")
    first_bad = read_results(Path("runs/mine"))[9].sample
    assert (
        "strict  bad_reference: no number in 9 (1 of 2)\n"
        f"    first at answers.csv:11 ({first_bad}); all in runs/mine/faults.jsonl\n"
        "    its output ends:\n      looking at 9\n"
    ) in first.out
    assert again.out == first.out
    faults = [json.loads(line) for line in Path("runs/mine/faults.jsonl").read_text().splitlines()]
    assert [(fault["cause"], fault["output"].strip()) for fault in faults] == [
        ("bad_reference", "looking at 9"),
        ("bad_reference", "looking at 19"),
    ]


def test_a_run_that_ends_with_too_much_unscored_says_so_in_its_last_line(write: WriteFile) -> None:
    broken_rows(write, 40, 10)
    ran = rewardkit("grade", "answers.csv", "-g", "strict.py")
    assert (ran.code, ran.err) == (
        0,
        "4 of 40 unscored (10 %), above --max-unscored 5 %; bad_reference: mend the data\n",
    )
    assert rewardkit("grade", "answers.csv", "-g", "strict.py", "--max-unscored", 0.1, "--run", "a").err == ""


def test_a_retry_is_advised_for_what_may_pass_only(write: WriteFile) -> None:
    source = """
        from rewardkit import Unscored, reward

        @reward(isolation="inline")
        def g(completion):
            if completion == "error":
                raise OSError("gone")
            raise Unscored("why", cause=completion)
    """
    write("g.py", source)
    write("answers.csv", "completion\njudge_unavailable\nbad_reference\ntimeout\nerror\n")
    ran = rewardkit("grade", "answers.csv", "-g", "g.py")
    assert ran.err == (
        "4 of 4 unscored (100 %), above --max-unscored 5 %; judge_unavailable, timeout: --retry-unscored scores them again; "
        "bad_reference: mend the data; error: mend the grader, or after an outage --retry-unscored\n"
    )
    ran = rewardkit("grade", "answers.csv", "-g", "g.py", "--run", "mine", "--max-unscored", 0)
    assert ran.code == 3
    assert "After an outage, the same command with --retry-unscored goes on" in ran.err
    assert "mend the data" not in ran.err  # the first one stopped it


def test_nothing_is_said_of_a_retry_without_anything_to_retry(project: Path) -> None:
    ran = rewardkit("grade", "answers.jsonl", "-g", "graders.py:ladder", "--retry-unscored")
    assert (ran.code, ran.err) == (0, "")


def test_a_changed_grader_is_said_to_start_a_run_of_its_own(write: WriteFile, project: Path) -> None:
    for word, *more in (["yes"], ["no"], ["yes", "--run", "mine"], ["no", "--run", "mine"]):
        write(
            "other.py",
            f"from rewardkit import reward\n@reward\ndef g(completion): return completion == '{word}'\n",
        )
        ran = spawned("grade", "answers.jsonl", "-g", "other.py", *more)
        if word == "no" and not more:
            (first,) = (path for path in (project / "runs").iterdir() if f"{path.name}/" not in ran.out)
            assert ran.err == f"new run: grader 'g' has changed since runs/{first.name}\n"
    assert ran.code == 2
    assert "run 'mine' was started differently: the grader 'g' has changed (" in ran.err


def test_a_traceback_is_shown_with_its_indentation_from_a_frame_on(write: WriteFile) -> None:
    source = """
        from rewardkit import reward

        def deeper(text, depth):
            return int(text) if depth == 0 else deeper(text, depth - 1)

        @reward
        def deep(completion):
            return deeper(completion, 9)
    """
    write("deep.py", source)
    write("answers.csv", "completion\nx\n")
    out = rewardkit("grade", "answers.csv", "-g", "deep.py").out.splitlines()
    shown = out[out.index("    its output ends:") + 1 : -1]
    assert shown[0].startswith('        File "')
    assert shown[1] == "          return int(text) if depth == 0 else deeper(text, depth - 1)"
    assert shown[-1] == "      ValueError: invalid literal for int() with base 10: 'x'"
    assert not [line for line in shown if set(line) <= set(" ^~")]


COUNTED = """
    import time
    from pathlib import Path

    from rewardkit import reward

    @reward(cache=True)
    def slow(completion: str) -> bool:
        time.sleep(0.002)
        with Path("calls.txt").open("a") as calls:
            calls.write("x")
        return completion == "yes"
"""


def test_identical_completions_are_graded_once_and_the_summary_says_so(write: WriteFile) -> None:
    write("counted.py", COUNTED)
    write("answers.csv", "id,completion\n" + "".join(f"q{n},{'yes' if n % 2 else 'no'}\n" for n in range(40)))
    ran = rewardkit("grade", "answers.csv", "-g", "counted.py", "--run", "mine")
    assert "reused   38 of 40 not graded again: identical to others, here or in an earlier run\n" in ran.out
    without = rewardkit("grade", "answers.csv", "-g", "counted.py", "--run", "without", "--no-cache")
    assert "reused   38 of 40 not graded again: identical to others\n" in without.out
    assert len(Path("calls.txt").read_text()) == 6  # yes, no, and the empty text of the baseline
    assert json.loads(Path("runs/mine/summary.json").read_text())["reused"] == 38
    assert len(read_results(Path("runs/mine"))) == 40


def test_scores_of_earlier_runs_are_reused_unless_no_cache_is_asked_for(write: WriteFile) -> None:
    write("counted.py", COUNTED)
    write("answers.csv", "id,completion\nq1,yes\nq2,no\n")
    calls, values = [], []
    for run, options in {"one": [], "two": [], "three": ["--no-cache"]}.items():
        spawned("grade", "answers.csv", "-g", "counted.py", "--run", run, *options)
        calls.append(len(Path("calls.txt").read_text()))
        values.append([row.value for row in read_results(Path("runs") / run)])
    assert calls == [3, 3, 6]  # the third is the empty text of the baseline
    assert values == [[1.0, 0.0]] * 3


def test_all_completions_of_a_sample_reach_a_grader_of_groups_wherever_they_stand(write: WriteFile) -> None:
    source = "from rewardkit import reward\n@reward(group=True)\ndef share(completions): return [completions.count(c) / len(completions) for c in completions]\n"
    write("together.py", source)
    write(
        "answers.csv",
        "id,completion\n" + "".join(f"q{n % 100},{'a' if n < 200 else n}\n" for n in range(300)),
    )
    found = rewardkit("grade", "answers.csv", "-g", "together.py", "--run", "mine", "--json").json()
    values = [row.value for row in read_results(Path("runs/mine"))]
    assert values == pytest.approx([2 / 3] * 200 + [1 / 3] * 100)
    assert found["graders"][0]["unique"] == pytest.approx(2 / 3)


def test_an_address_of_ray_without_ray_is_refused(project: Path) -> None:
    ran = rewardkit("grade", "answers.jsonl", "-g", "graders.py:ladder", "--ray-address", "auto")
    assert (ran.code, ran.err) == (2, "error: --ray-address auto is for --engine ray\n")
