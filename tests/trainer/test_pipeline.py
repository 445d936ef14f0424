"""A whole training, from RUN.toml to the run folder, with a few real GRPO steps."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from training_projects import FAILING_LATER, GRADERS, RUN, Heard, project, read, rows

from rewardkit.errors import ConfigError, GraderError, GuardStop
from rewardkit.runs import read_summary
from rewardkit.trainer import run

pytestmark = pytest.mark.slow

ALONE = "\n[sft_alone]\nlearning_rate = [1e-3]\nnum_train_epochs = [1, 4]\n"
SHORT = RUN.replace("[sft]\nlearning_rate = 1e-3\nnum_train_epochs = 2\n", "").replace(
    "max_steps = 6", "max_steps = 2"
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """The folder of a run with every stage."""
    home = tmp_path_factory.mktemp("trained")
    return run(project(home, model, run=RUN + ALONE), untested=True, runs_dir=home / "runs")


def test_every_stage_is_evaluated_greedily_and_sampled(trained: Path) -> None:
    rows = [row for row in read_summary(trained).stages if row.slice is None and row.metric == "score"]
    assert [(row.name, row.decoding, row.prompts, row.k) for row in rows] == [
        (stage, decoding, 12, k)
        for stage in ("base", "sft", "rft", "sft_alone")
        for decoding, k in (("greedy", 1), ("sampled", 2))
    ]


def test_the_model_got_better(trained: Path) -> None:
    [row] = [
        row
        for row in read_summary(trained).comparisons
        if (row.a, row.b, row.decoding, row.metric) == ("base", "rft", "sampled", "score")
    ]
    assert row.verdict == "better"


def test_the_slices_of_the_held_out_data_are_reported_apart(trained: Path) -> None:
    assert {row.slice for row in read_summary(trained).stages} == {None, "odd", "even"}


def test_the_lengths_of_every_stage_are_in_the_summary(trained: Path) -> None:
    summary = read_summary(trained)
    stages = {(row.name, row.decoding) for row in summary.stages}
    assert {(row.name, row.decoding) for row in summary.lengths} == stages
    assert all(row.tokens is not None and row.truncated is not None for row in summary.lengths)


def test_each_optimiser_step_has_a_line_of_metrics(trained: Path) -> None:
    lines = read(trained / "metrics.jsonl")
    steps = [line for line in lines if line["phase"] == "rft"]
    assert [line["step"] for line in steps] == [1, 2, 3, 4, 5, 6]
    wanted = {
        "reward",
        "reward_std",
        "saturated",
        "unscored",
        "length",
        "truncated",
        "entropy",
        "learning_rate",
    }
    assert all(wanted <= set(line) for line in steps)
    assert {line["phase"] for line in lines} == {"sft", "rft", "sft_alone"}


def test_the_setting_of_sft_alone_is_chosen_on_the_validation_file(trained: Path) -> None:
    tried = json.loads((trained / "checkpoints" / "sft_alone.json").read_text())
    assert [(point["learning_rate"], point["num_train_epochs"]) for point in tried] == [(1e-3, 1), (1e-3, 4)]


def test_the_trained_model_opens_like_any_other(trained: Path) -> None:
    from rewardkit.evaluating.models import Sampling, open_model

    [answer] = open_model(str(trained / "checkpoints" / "final")).generate(["say 3"], Sampling(8, 0.0), [0])
    assert answer.text.count("a") >= len(answer.text) / 2  # a third before


def test_the_report_and_the_timings_are_there(trained: Path) -> None:
    assert (trained / "report.html").stat().st_size > 10_000
    assert {"eval base", "sft", "rft", "sft_alone"} <= set(read_summary(trained).seconds)


def test_a_finished_run_is_not_done_again(trained: Path) -> None:
    files = [trained / "results.jsonl", trained / "metrics.jsonl"]
    before = [file.read_bytes() for file in files]
    heard = Heard()
    run(trained.parent.parent / "run.toml", untested=True, runs_dir=trained.parent, reporter=heard)
    assert heard.lines == [f"{trained} is complete; nothing left to do"]
    assert [file.read_bytes() for file in files] == before


def test_a_finished_run_is_shown_again_without_loading_torch(trained: Path) -> None:
    script = (
        "import sys; from rewardkit.trainer import run; "
        "run(sys.argv[1], untested=True, runs_dir=sys.argv[2]); assert 'torch' not in sys.modules"
    )
    places = [str(trained.parent.parent / "run.toml"), str(trained.parent)]
    subprocess.run([sys.executable, "-c", script, *places], check=True)


def test_a_run_that_lacks_a_result_is_not_complete(trained: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(trained.parent, tmp_path / "runs") / "letters"
    results = copy / "results.jsonl"
    results.write_text("".join(results.read_text().splitlines(keepends=True)[:-1]))
    heard = Heard()
    run(trained.parent.parent / "run.toml", untested=True, runs_dir=copy.parent, reporter=heard)
    assert [line.split(":")[0] for line in heard.lines[1:]] == ["sft_alone"]
    assert results.read_bytes() == (trained / "results.jsonl").read_bytes()


def test_a_changed_configuration_does_not_resume(trained: Path, tmp_path: Path, model: Path) -> None:
    other = project(tmp_path, model, run=(RUN + ALONE).replace("max_steps = 6", "max_steps = 7"))
    with pytest.raises(ConfigError, match=r"grpo\.max_steps was 6, now 7"):
        run(other, untested=True, runs_dir=trained.parent)


def test_a_misspelt_key_of_a_finished_run_is_named_as_such(
    trained: Path, tmp_path: Path, model: Path
) -> None:
    other = project(tmp_path, model, run=(RUN + ALONE).replace("max_steps", "max_stepz"))
    with pytest.raises(
        ConfigError, match=r"unknown key 'max_stepz' in \[grpo\]\. Did you mean 'max_steps'\?"
    ):
        run(other, untested=True, runs_dir=trained.parent)


def test_lora_saves_an_adapter_that_knows_where_its_base_is(tmp_path: Path, model: Path) -> None:
    path = project(tmp_path, model, run=RUN + "\n[lora]\nr = 4\n")
    folder = run(path, untested=True, runs_dir=tmp_path / "runs")
    adapter = json.loads((folder / "checkpoints" / "final" / "adapter_config.json").read_text())
    assert adapter["base_model_name_or_path"] == str(tmp_path / "model")
    assert len(read(folder / "results.jsonl")) == 3 * 12 * 3


def test_fewer_prompts_than_one_generation_still_train_every_step(tmp_path: Path, model: Path) -> None:
    # TRL alone takes no step here, and reports success.
    path = project(tmp_path, model, run=SHORT)
    rows(tmp_path / "train.jsonl", [{"id": "t1", "prompt": "say 1", "letter": "a"}])
    folder = run(path, untested=True, runs_dir=tmp_path / "runs")
    assert [line["step"] for line in read(folder / "metrics.jsonl")] == [1, 2]


def test_a_dry_run_samples_and_writes_nothing(tmp_path: Path, model: Path) -> None:
    heard = Heard()
    run(
        project(tmp_path, model, run=SHORT),
        untested=True,
        dry_run=True,
        runs_dir=tmp_path / "runs",
        reporter=heard,
    )
    assert heard.lines[0].startswith("12 held-out prompts show a true difference of 44 points 4 times in 5")
    assert heard.lines[1].startswith("preflight (base): 4 prompts x 4 completions: mean reward 0.")
    assert not (tmp_path / "runs").exists()


def test_rewards_that_are_all_the_same_are_refused(tmp_path: Path, model: Path) -> None:
    graders = (
        "from rewardkit import reward\n\n@reward\ndef letters(completion: str) -> float:\n    return 0.5\n"
    )
    path = project(tmp_path, model, run=SHORT, graders=graders)
    with pytest.raises(ConfigError, match="nothing to learn from"):
        run(path, untested=True, runs_dir=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_an_untested_grader_is_refused(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        GraderError, match=r"'letters' .* has not passed its tests; run: rewardkit test graders\.py"
    ):
        run(project(tmp_path, model, run=SHORT))


HOSTILE = GRADERS.replace(
    "    return",
    """    import os, time
    trouble = len(completion) % 7
    if trouble == 1:
        raise RuntimeError("no database")
    if trouble == 2:
        return float("nan")
    if trouble == 3:
        return 1.2
    if trouble == 4:
        os._exit(3)
    if trouble == 5:
        time.sleep(60)
    return""",
).replace("@reward\n", "@reward(timeout=0.3)\n")


def test_a_grader_that_breaks_costs_its_own_completions_only(tmp_path: Path, model: Path) -> None:
    path = project(tmp_path, model, run=SHORT + "\n[guard]\nunscored_limit = 1.0\n", graders=HOSTILE)
    folder = run(path, untested=True, runs_dir=tmp_path / "runs")
    steps = read(folder / "metrics.jsonl")
    assert [line["step"] for line in steps] == [1, 2]
    assert all(0 < line["unscored"] < 1 and "reward" in line for line in steps)
    causes = {line["cause"] for line in read(folder / "results.jsonl") if line["value"] is None}
    assert {"error", "invalid", "died", "timeout"} >= causes >= {"error", "invalid"}


class Breaks(Heard):
    """Takes the grader's material away after the second step of GRPO."""

    def progress(self, stage: str, done: int, total: int, note: str = "") -> None:
        if (stage, done) == ("rft", 3):
            Path("broken").touch()


def test_too_many_unscored_stop_the_run_and_mending_resumes_it(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = RUN + "\n[guard]\nunscored_limit = 0.25\nwindow = 16\nwait = 0\n"
    path = project(tmp_path, model, run=text, graders=FAILING_LATER)
    with pytest.raises(
        GuardStop, match=r"stopped at step 4: 16 of the last 16 .*\(allowed: 4\): judge_unavailable \(16\)"
    ):
        run(path, untested=True, reporter=Breaks())
    assert (tmp_path / "runs/letters/report.html").is_file()
    Path("broken").unlink()
    heard = Heard()
    folder = run(path, untested=True, reporter=heard)
    assert "resuming rft from step 2 of 6" in heard.lines
    steps = [line for line in read(folder / "metrics.jsonl") if line["phase"] == "rft"]
    assert [line["step"] for line in steps] == [1, 2, 3, 4, 5, 6]
    assert all(line["unscored"] == 0 for line in steps)
