"""RAFT from RUN.toml to the run folder: real rounds of sampling, grading and fine-tuning."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from training_projects import FAILING_LATER, GRADERS, RAFT, RUN, Heard, folded, project, read

from rewardkit.errors import ConfigError, GuardStop
from rewardkit.runs import read_summary
from rewardkit.trainer import run

pytestmark = pytest.mark.slow

SHORT = RAFT.replace("rounds = 4", "rounds = 2").replace("num_train_epochs = 4", "num_train_epochs = 1")


@pytest.fixture(scope="module")
def heard() -> Heard:
    return Heard()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, model: Path, heard: Heard) -> Path:
    """The folder of a run of four rounds."""
    home = tmp_path_factory.mktemp("trained")
    return run(project(home, model, run=RAFT), untested=True, runs_dir=home / "runs", reporter=heard)


def test_the_reward_rises_from_round_to_round(trained: Path) -> None:
    rewards = [line["reward"] for line in read(trained / "metrics.jsonl")]
    assert rewards == sorted(rewards)
    assert rewards[-1] > 2 * rewards[0]


def test_the_model_got_better_on_prompts_that_it_has_not_seen(trained: Path) -> None:
    [row] = [
        row
        for row in read_summary(trained).comparisons
        if (row.a, row.b, row.decoding, row.metric) == ("base", "raft", "sampled", "score")
    ]
    assert row.verdict == "better"


def test_each_round_has_a_line_of_metrics_with_the_running_total(trained: Path) -> None:
    lines = read(trained / "metrics.jsonl")
    assert [(line["phase"], line["step"], line["generated"]) for line in lines] == [
        ("raft", number, 48 * number) for number in (1, 2, 3, 4)
    ]
    wanted = {"reward", "saturated", "unscored", "unique", "accepted", "kept", "length", "truncated", "loss"}
    assert all(wanted <= set(line) for line in lines)
    assert all(0 < line["kept"] <= 2 * 6 for line in lines)


def test_each_round_is_told_and_the_number_of_completions_before_them(heard: Heard, trained: Path) -> None:
    assert "RAFT: 4 rounds of 6 prompts, 8 completions of each: 192 generated completions" in heard.lines
    told = [line for line in heard.lines if line.startswith("raft round ")]
    shape = r"raft round \d of 4: reward 0\.\d{3}, \d+ of 48 completions accepted, \d+ kept of \d prompts, loss \d\.\d{3}"
    assert len(told) == 4
    assert all(re.fullmatch(shape, line) for line in told)


def test_the_completions_of_each_round_are_looked_at_before_it_is_trained_on(trained: Path) -> None:
    lines = read(trained / "checks.jsonl")
    assert [(line["phase"], line["step"], line["completions"]) for line in lines] == [
        ("raft", number, 48) for number in (1, 2, 3, 4)
    ]


def test_nothing_but_the_final_model_is_left(trained: Path) -> None:
    assert [path.name for path in (trained / "checkpoints").iterdir()] == ["final"]


def test_the_summary_counts_what_was_generated(trained: Path) -> None:
    summary = read_summary(trained)
    assert summary.generated == {"raft": 192}
    assert "Completions generated for the training: 192 (RAFT)." in summary.notes


def test_the_report_speaks_of_raft(trained: Path) -> None:
    page = (trained / "report.html").read_text(encoding="utf-8")
    assert "After RAFT" in page


def test_a_finished_run_is_not_done_again(trained: Path) -> None:
    again = Heard()
    run(trained.parents[1] / "run.toml", untested=True, runs_dir=trained.parent, reporter=again)
    assert again.lines == [f"{trained} is complete; nothing left to do"]


def test_more_prompts_a_round_than_there_are_come_twice_with_other_completions(
    tmp_path: Path, model: Path
) -> None:
    path = project(tmp_path, model, run=SHORT.replace("rounds = 2", "rounds = 1\nprompts = 12"))
    folder = run(path, untested=True, runs_dir=tmp_path / "runs")
    [line] = read(folder / "metrics.jsonl")
    assert line["generated"] == 96
    assert line["reward"] != pytest.approx(read_first_pass(tmp_path, model), abs=1e-9)


def read_first_pass(home: Path, model: Path) -> float:
    """The mean reward of the same round with each prompt once."""
    path = project(home / "once", model, run=SHORT.replace("rounds = 2", "rounds = 1"))
    folder = run(path, untested=True, runs_dir=home / "once" / "runs")
    return float(read(folder / "metrics.jsonl")[0]["reward"])


def test_it_goes_on_from_a_warm_start_with_lora_and_saves_an_adapter(tmp_path: Path, model: Path) -> None:
    sft = SHORT.replace('heldout = "heldout.jsonl"', 'heldout = "heldout.jsonl"\nexpert = "expert.jsonl"')
    path = project(tmp_path, model, run=sft + "\n[sft]\nlearning_rate = 1e-3\n\n[lora]\nr = 4\n")
    folder = run(path, untested=True, runs_dir=tmp_path / "runs")
    assert {row.name for row in read_summary(folder).stages} == {"base", "sft", "raft"}
    final, warm = (folder / "checkpoints" / name / "adapter_model.safetensors" for name in ("final", "sft"))
    assert final.read_bytes() != warm.read_bytes()


def test_it_trains_in_folds(tmp_path: Path, model: Path) -> None:
    text = SHORT.replace('heldout = "heldout.jsonl"', "folds = 2").replace("rounds = 2", "rounds = 1")
    folder = run(folded(tmp_path, model, run=text), untested=True, runs_dir=tmp_path / "runs")
    [row] = [
        row
        for row in read_summary(folder).stages
        if (row.name, row.metric, row.decoding) == ("raft", "score", "greedy")
    ]
    assert row.prompts == 12
    assert (folder / "checkpoints" / "final").is_dir()


def test_a_dry_run_says_what_either_method_would_generate(tmp_path: Path, model: Path) -> None:
    said = {}
    for name, text in (("raft", RAFT), ("grpo", RUN.replace("max_steps = 6", "max_steps = 12"))):
        heard = Heard()
        path = project(tmp_path / name, model, run=text)
        run(path, untested=True, dry_run=True, runs_dir=tmp_path / "runs", reporter=heard)
        [said[name]] = [line for line in heard.lines if "generated completions" in line]
    assert said["raft"].endswith("192 generated completions")
    assert said["grpo"] == (
        "GRPO: 48 prompts, repeats counted, 4 completions of each: 192 generated completions, in 12 steps"
    )
    assert not (tmp_path / "runs").exists()


def test_a_run_in_which_nothing_is_accepted_says_what_to_change(tmp_path: Path, model: Path) -> None:
    graders = GRADERS.replace("/ max(len(completion), 1)", "/ 100")
    path = project(tmp_path, model, run=SHORT.replace("accept = 0.5", "accept = 1.0"), graders=graders)
    heard = Heard()
    with pytest.raises(ConfigError) as caught:
        run(path, untested=True, runs_dir=tmp_path / "runs", reporter=heard)
    message = str(caught.value)
    assert message.startswith(
        f"{path}:11: raft: in 2 rounds none of 96 completions was accepted and whole (accept = 1; the best got 0."
    )
    assert "Lower [raft] accept, give easier prompts" in message
    assert any(
        re.match(r"raft round 1 of 2: none of 48 completions accepted .*: nothing trained", line)
        for line in heard.lines
    )
    assert any(
        line.startswith("warning: none of the 32 sampled completions is accepted") for line in heard.lines
    )
    assert ["loss" in line for line in read(tmp_path / "runs" / "letters" / "metrics.jsonl")] == [
        False,
        False,
    ]


def test_a_grader_that_accepts_everything_is_refused_before_a_folder_is_there(
    tmp_path: Path, model: Path
) -> None:
    graders = GRADERS.replace("return completion.count(letter) / max(len(completion), 1)", "return 1.0")
    path = project(tmp_path, model, run=SHORT, graders=graders)
    with pytest.raises(
        ConfigError, match=r"all 32 sampled completions are accepted, so RAFT has nothing to learn from"
    ):
        run(path, untested=True, runs_dir=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


class Breaks(Heard):
    """Takes the grader's material away after the first round."""

    def progress(self, stage: str, done: int, total: int, note: str = "") -> None:
        if (stage, done) == ("raft", 1):
            Path("broken").touch()


def test_too_many_unscored_stop_a_round_and_mending_repeats_it(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch, trained: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    path = project(tmp_path, model, run=f"{RAFT}\n[guard]\nwait = 0\n", graders=FAILING_LATER)
    with pytest.raises(
        GuardStop, match=r"stopped at raft 2: 48 of the last 96 .*\(allowed: 10\): judge_unavailable"
    ):
        run(path, untested=True, reporter=Breaks())
    Path("broken").unlink()
    heard = Heard()
    folder = run(path, untested=True, reporter=heard)
    assert "resuming raft after sampling round 1 of 4" in heard.lines
    assert read(folder / "metrics.jsonl") == read(trained / "metrics.jsonl")


def test_a_check_that_finds_something_stops_the_round_and_the_same_command_goes_on(
    tmp_path: Path, model: Path
) -> None:
    # The grader pays for length, which the checks of a round find.
    text = SHORT + "\n[guard]\nstop_on_checks = true\n"
    graders = GRADERS.replace(
        "completion.count(letter) / max(len(completion), 1)", "min(len(completion) / 10, 1.0)"
    )
    path = project(tmp_path, model, run=text, graders=graders)
    training = "".join(f'{{"id": "t{i}", "prompt": "say {i}", "letter": "a"}}\n' for i in range(100, 112))
    path.with_name("train.jsonl").write_text(training)
    with pytest.raises(
        GuardStop, match=r"stopped at step 1, as \[guard\] stop_on_checks in run\.toml says: .*RK40"
    ):
        run(path, untested=True, runs_dir=tmp_path / "runs")
    with pytest.raises(GuardStop, match="stopped at step 2"):
        run(path, untested=True, runs_dir=tmp_path / "runs")
    folder = run(path, untested=True, runs_dir=tmp_path / "runs")
    assert [line["step"] for line in read(folder / "checks.jsonl")] == [1, 2]
    assert [line["step"] for line in read(folder / "metrics.jsonl")] == [1, 2]


def test_a_bar_outside_the_graders_range_is_refused_before_a_model_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    path = project(tmp_path / "p", tmp_path / "nothing", run=RAFT.replace("accept = 0.5", "accept = 0.0"))
    with pytest.raises(ConfigError) as caught:
        run(path, untested=True, runs_dir=tmp_path / "runs")
    assert f"{path}:15: accept = 0 in [raft]: reward 'letters'" in str(caught.value)
    assert "scores from 0 to 1, so it would accept everything; allowed: above 0, at most 1" in str(
        caught.value
    )
