"""The eval loop with a scripted model: what is drawn, what is kept, what a resume draws again, what stops a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from writing import WriteFile

from rewardkit import Grader, collect
from rewardkit.errors import ConfigError, GraderError, GuardStop
from rewardkit.evaluating.generations import lengths_of, read_generations
from rewardkit.evaluating.loop import Plan, evaluate, planned, retry_unscored
from rewardkit.evaluating.models import Generation, Prompt, Sampling
from rewardkit.runs import Result, RunFolder
from rewardkit.samples import Sample
from rewardkit.scoring import Scorer

SAMPLES = [Sample(f"q{n}", f"prompt {n}", {"reference": str(n)}) for n in range(5)]
GRADERS = """
    from rewardkit import reward

    @reward(isolation="inline")
    def even(completion: str) -> bool:
        return completion.endswith(("0", "2", "4", "6", "8"))

    @reward(isolation="inline")
    def fragile(completion: str, reference: str) -> bool:
        if completion.endswith("7"):
            raise ValueError("seven")
        return reference in completion
"""


@dataclass
class ScriptedModel:
    """Answers with the prompt and the last digit of a seed; in `whole_batches` that of the sum of all seeds, as a shared random
    stream would. `fails_on` are prompts it gives no completion for."""

    whole_batches: bool = True
    fails_on: set[str] = field(default_factory=set)
    asked: list[list[str]] = field(default_factory=list)
    name: str = "scripted"

    def generate(
        self, prompts: Sequence[Prompt], sampling: Sampling, seeds: Sequence[int]
    ) -> list[Generation]:
        self.asked.append([str(prompt) for prompt in prompts])
        shared = sum(seeds) if self.whole_batches else 0
        return [
            Generation("", error="HTTP 500")
            if prompt in self.fails_on
            else Generation(f"{prompt}: {seed + shared}", 4, "stop")
            for prompt, seed in zip(map(str, prompts), seeds, strict=True)
        ]


@pytest.fixture
def graders(write: WriteFile) -> list[Grader]:
    return collect([str(write("graders.py", GRADERS))])


def run(
    root: Path, graders: Sequence[Grader], model: ScriptedModel, plan: Plan | None = None, name: str = "run"
) -> list[Result]:
    fingerprints = {grader.name: grader.fingerprint for grader in graders}
    with (
        RunFolder.open(root, name, "eval", {}, versions={}, fingerprints=fingerprints, seed=0) as folder,
        Scorer() as scorer,
    ):
        return evaluate(
            model, SAMPLES, graders, plan or Plan("scripted", repeats=3, batch_size=4), folder, scorer
        )


def test_every_sample_is_answered_k_times_and_scored_by_every_grader(
    tmp_path: Path, graders: list[Grader]
) -> None:
    results = run(tmp_path, graders, ScriptedModel())
    expected = [
        (f"q{n}", repeat, grader) for n in range(5) for repeat in range(3) for grader in ("even", "fragile")
    ]
    assert [(r.sample, r.repeat, r.grader) for r in results] == expected


def test_repeats_of_a_sample_differ_and_are_the_same_in_another_run(
    tmp_path: Path, graders: list[Grader]
) -> None:
    first, second = (run(tmp_path, graders, ScriptedModel(), name=name) for name in ("one", "two"))
    assert first == second
    assert len({r.completion for r in first if r.sample == "q0"}) == 3


def test_seeds_come_from_the_row_and_not_from_its_neighbours() -> None:
    plan = Plan("x", repeats=2, seed=7)
    alone = planned(SAMPLES[3:4], plan)[0]
    together = [unit for batch in planned(SAMPLES, plan) for unit in batch if unit.sample.id == "q3"]
    assert list(alone) == together


def test_equal_weights_give_equal_completions_at_every_stage(tmp_path: Path, graders: list[Grader]) -> None:
    base, rft = (run(tmp_path, graders, ScriptedModel(), Plan(stage)) for stage in ("base", "rft"))
    assert [r.completion for r in base] == [r.completion for r in rft]


def test_greedy_and_sampled_results_of_several_stages_share_a_folder(
    tmp_path: Path, graders: list[Grader]
) -> None:
    for stage in ("base", "rft"):
        run(tmp_path, graders, ScriptedModel(), Plan(stage, Sampling(temperature=0), repeats=1))
        assert len(run(tmp_path, graders, ScriptedModel(), Plan(stage, repeats=2))) == 20
    lines = (tmp_path / "run" / "results.jsonl").read_text().splitlines()
    assert len(lines) == 2 * (10 + 20)


def test_a_finished_plan_asks_the_model_nothing(tmp_path: Path, graders: list[Grader]) -> None:
    first = run(tmp_path, graders, ScriptedModel())
    again = ScriptedModel()
    assert run(tmp_path, graders, again) == first
    assert again.asked == []


@pytest.mark.parametrize("whole_batches", [True, False])
def test_a_run_cut_at_any_line_resumes_to_the_same_bytes(
    tmp_path: Path, graders: list[Grader], whole_batches: bool
) -> None:
    run(tmp_path, graders, ScriptedModel(whole_batches))
    file = tmp_path / "run" / "results.jsonl"
    whole = file.read_bytes()
    for size in range(0, len(whole), 97):  # also in the middle of lines
        file.write_bytes(whole[:size])
        run(tmp_path, graders, ScriptedModel(whole_batches))
        assert file.read_bytes() == whole


def test_an_unfinished_batch_is_generated_again_whole_by_a_local_model_and_in_part_by_an_endpoint(
    tmp_path: Path, graders: list[Grader]
) -> None:
    asked = {}
    for whole_batches in (True, False):
        name = f"run-{whole_batches}"
        run(tmp_path, graders, ScriptedModel(whole_batches), name=name)
        file = tmp_path / name / "results.jsonl"
        file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-2]))
        again = ScriptedModel(whole_batches)
        run(tmp_path, graders, again, name=name)
        asked[whole_batches] = again.asked
    assert asked == {True: [["prompt 4"] * 3], False: [["prompt 4"]]}


def test_a_completion_that_could_not_be_had_stops_the_run_and_is_not_scored(
    tmp_path: Path, graders: list[Grader]
) -> None:
    with pytest.raises(
        GuardStop, match=r"no completion for 1 of 4 requests \(1 prompt\), first for sample 'q1': HTTP"
    ):
        run(tmp_path, graders, ScriptedModel(False, {"prompt 1"}))
    text = (tmp_path / "run" / "results.jsonl").read_text()
    assert text.count('"sample":"q0"') == 6  # the others of the batch are kept
    assert '"sample":"q1"' not in text
    assert (tmp_path / "run" / "failures.jsonl").read_text().count("HTTP 500") == 1


def test_a_stopped_run_goes_on_when_the_endpoint_is_back(tmp_path: Path, graders: list[Grader]) -> None:
    with pytest.raises(GuardStop):
        run(tmp_path, graders, ScriptedModel(False, {"prompt 1"}))
    resumed = run(tmp_path, graders, ScriptedModel(False))
    assert resumed == run(tmp_path, graders, ScriptedModel(False), name="uninterrupted")


def test_a_grader_that_raises_costs_its_own_items_only(tmp_path: Path, graders: list[Grader]) -> None:
    results = run(tmp_path, graders, ScriptedModel(False), Plan("x", repeats=8))
    sevens = [r for r in results if r.completion.endswith("7")]
    assert {(r.grader, r.cause) for r in sevens} == {("even", None), ("fragile", "error")}
    assert all(r.value is not None for r in results if r not in sevens)


def test_unscored_completions_are_scored_again_without_being_drawn_again(
    tmp_path: Path, graders: list[Grader], write: WriteFile
) -> None:
    write("down", "")
    source = "import os\nfrom rewardkit import reward\n@reward(isolation='inline')\ndef g(completion):\n    if os.path.exists('down'): raise OSError\n    return True\n"
    flaky, plan = collect([str(write("flaky.py", source))]), Plan("scripted", repeats=3, batch_size=4)
    before = run(tmp_path, flaky, ScriptedModel())
    Path("down").unlink()
    with (
        RunFolder.open(
            tmp_path,
            "run",
            "eval",
            {},
            versions={},
            fingerprints={g.name: g.fingerprint for g in flaky},
            seed=0,
        ) as folder,
        Scorer() as scorer,
    ):
        assert retry_unscored(SAMPLES, flaky, plan, folder, scorer) == 15
    again = ScriptedModel()
    after = run(tmp_path, flaky, again)
    assert again.asked == []
    assert [r.completion for r in after] == [r.completion for r in before]
    assert all(r.value == 1.0 for r in after)


def test_lengths_are_kept_once_per_completion_even_after_a_resume(
    tmp_path: Path, graders: list[Grader]
) -> None:
    run(tmp_path, graders, ScriptedModel())
    (tmp_path / "run" / "results.jsonl").unlink()
    run(tmp_path, graders, ScriptedModel())
    lengths = lengths_of(read_generations(tmp_path / "run"), "scripted", "sampled")
    assert (lengths.completions, lengths.mean_tokens, lengths.truncated) == (15, 4.0, 0.0)


def test_a_missing_column_is_an_error_before_the_first_call(tmp_path: Path, write: WriteFile) -> None:
    graders = collect(
        [
            str(
                write(
                    "g.py", "from rewardkit import reward\n@reward\ndef g(completion, answer): return True\n"
                )
            )
        ]
    )
    model = ScriptedModel()
    with pytest.raises(GraderError, match="asks for 'answer'"):
        run(tmp_path, graders, model)
    assert model.asked == []


def test_progress_counts_completions(tmp_path: Path, graders: list[Grader]) -> None:
    heard: list[tuple[int, int]] = []
    with (
        RunFolder.open(tmp_path, "run", "eval", {}, versions={}, fingerprints={}, seed=0) as folder,
        Scorer() as scorer,
    ):
        plan = Plan("x", repeats=2, batch_size=4)
        evaluate(
            ScriptedModel(),
            SAMPLES,
            graders,
            plan,
            folder,
            scorer,
            lambda done, total: heard.append((done, total)),
        )
    assert heard == [(0, 10), (4, 10), (8, 10), (10, 10)]


def test_greedy_decoding_takes_one_repeat() -> None:
    with pytest.raises(ConfigError, match="repeats=4 must be 1"):
        Plan("x", Sampling(temperature=0), repeats=4)
