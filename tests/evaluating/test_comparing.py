"""Comparisons of runs: what is paired, what is left out, which verdict, what is said beside it."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from two_runs import run_of

from rewardkit.errors import ConfigError, DataError
from rewardkit.evaluating.comparing import compare

RIGHT_THEN_WRONG = [1.0] * 30 + [0.0] * 70


def test_the_other_run_is_better_when_most_prompts_turn_right(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"exact": [0.0] * 30}})
    b = run_of(tmp_path, "b", {"m": {"exact": [1.0] * 20 + [0.0] * 10}})
    found = compare(a, b).pairs[0].primary
    assert (found.verdict, found.won, found.tied, found.lost) == ("better", 20, 10, 0)
    assert found.comparison.difference == pytest.approx(2 / 3)
    assert found.mcnemar is not None
    assert (found.mcnemar.only_a, found.mcnemar.only_b) == (0, 20)


def test_the_same_run_twice_shows_no_difference(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"exact": RIGHT_THEN_WRONG}})
    found = compare(a, a).pairs[0].primary
    assert (found.comparison.difference, found.verdict, found.tied) == (0.0, "no detectable difference", 100)


def test_prompts_are_paired_by_id_and_not_by_place(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"exact": [0.0] * 20}})
    b = run_of(tmp_path, "b", {"m": {"exact": [1.0] * 20}}, first=5)
    pair = compare(a, b).pairs[0]
    assert (pair.primary.prompts, pair.only_base, pair.only_other) == (15, 5, 5)


def test_a_prompt_with_another_reference_is_left_out_and_counted(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"exact": [0.0] * 20}})
    b = run_of(tmp_path, "b", {"m": {"exact": [1.0] * 20}}, reference="another")
    with pytest.raises(ConfigError, match="share no prompt that 'exact' has scored in both"):
        compare(a, b)
    c = run_of(tmp_path, "c", {"m": {"exact": [1.0] * 20}})
    lines = (c / "samples.jsonl").read_text().splitlines()
    (c / "samples.jsonl").write_text("\n".join([lines[0].replace('"r"', '"another"'), *lines[1:]]) + "\n")
    pair = compare(a, c).pairs[0]
    assert (pair.primary.prompts, pair.changed) == (19, 1)


def test_repeats_are_averaged_before_prompts_are_paired(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"exact": [[0.0, 1.0]] * 12}})
    b = run_of(tmp_path, "b", {"m": {"exact": [[1.0, 1.0, 1.0, 0.0]] * 12}})
    pair = compare(a, b).pairs[0]
    assert (pair.primary.base, pair.primary.other, pair.primary.prompts) == (0.5, 0.75, 12)
    assert any("averaged by prompt first" in note for note in pair.notes)


def test_an_unscored_completion_counts_in_no_mean(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"exact": [[None, 1.0], *[[0.0, 0.0]] * 11, [None, None]]}})
    b = run_of(tmp_path, "b", {"m": {"exact": [[1.0, 1.0]] * 13}})
    pair = compare(a, b).pairs[0]
    assert (pair.primary.prompts, pair.unscored) == (12, (3, 0))
    assert pair.primary.tied == 1


def test_scores_of_two_versions_of_a_grader_are_never_compared(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"exact": [0.0] * 20}})
    b = run_of(tmp_path, "b", {"m": {"exact": [1.0] * 20}}, fingerprint="f1")
    with pytest.raises(ConfigError, match=r"grader 'exact' was another one .* rewardkit grade --from"):
        compare(a, b)


def test_the_verdict_is_about_the_grader_that_the_run_named(tmp_path: Path) -> None:
    stages = {"m": {"format": [1.0] * 20, "exact": [0.0] * 20}}
    a = run_of(tmp_path, "a", stages, primary="exact")
    b = run_of(tmp_path, "b", {"m": {"format": [0.0] * 20, "exact": [1.0] * 20}}, primary="format")
    assert [(f.grader, f.verdict) for f in compare(a, b).pairs[0].figures] == [
        ("exact", "better"),
        ("format", "worse"),
    ]
    assert compare(a, b, grader="format").pairs[0].primary.verdict == "worse"
    with pytest.raises(ConfigError, match=r"no grader 'formt' .* Did you mean 'format'\?"):
        compare(a, b, grader="formt")


def test_other_graders_are_corrected_for_their_number_and_the_primary_is_not(tmp_path: Path) -> None:
    rng = random.Random(1)
    names = ["main", *(f"g{i}" for i in range(20))]
    sides = [
        {"m": {name: [float(rng.random() < 0.5) for _ in range(60)] for name in names}} for _ in range(2)
    ]
    a, b = (run_of(tmp_path, name, side, primary="main") for name, side in zip("ab", sides, strict=True))
    figures = compare(a, b).pairs[0].figures
    assert figures[0].adjusted == figures[0].comparison.p
    least = min(figures[1:], key=lambda f: f.comparison.p)
    assert least.adjusted == pytest.approx(20 * least.comparison.p)
    assert (least.comparison.p < 0.05, least.verdict) == (True, "no detectable difference")


def test_partial_credit_shows_both_the_share_solved_and_the_score(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"query": [0.0, 0.5] * 10}})
    b = run_of(tmp_path, "b", {"m": {"query": [0.5, 1.0] * 10}})
    assert [(f.metric, f.comparison.difference) for f in compare(a, b).pairs[0].figures] == [
        ("solved", 0.5),
        ("score", 0.5),
    ]
    assert [f.metric for f in compare(a, b, metric="score").pairs[0].figures] == ["score", "solved"]


def test_a_stage_of_a_training_run_can_be_named_and_the_trained_one_is_meant_without(tmp_path: Path) -> None:
    stages = {"base": {"exact": [0.0] * 20}, "sft": {"exact": [0.0] * 20}, "rft": {"exact": [1.0] * 20}}
    run = run_of(tmp_path, "demo", stages, verb="train")
    pair = compare(f"{run}:base", run).pairs[0]
    assert (pair.other.stage, pair.primary.comparison.difference) == ("rft", 1.0)
    assert pair.notes == (
        "One training seed: the interval covers the choice of prompts, not the luck of training.",
    )
    with pytest.raises(ConfigError, match=r"no stage 'bass'; it has base, sft, rft. Did you mean 'base'\?"):
        compare(f"{run}:bass", run)


def test_a_run_of_several_models_must_be_told_which(tmp_path: Path) -> None:
    run = run_of(tmp_path, "two", {"small": {"exact": [0.0] * 20}, "large": {"exact": [1.0] * 20}})
    with pytest.raises(ConfigError, match=r"several stages; say which: .*two:small, .*two:large"):
        compare(run, run)
    assert compare(f"{run}:small", f"{run}:large").pairs[0].primary.verdict == "better"


def test_a_pattern_means_the_seeds_of_one_method(tmp_path: Path) -> None:
    rng = random.Random(3)
    base = run_of(tmp_path, "base", {"base": {"exact": RIGHT_THEN_WRONG}}, verb="train")
    for seed, share in enumerate((0.6, 0.7, 0.8)):
        scores = [float(rng.random() < share) for _ in range(100)]
        run_of(tmp_path, f"rft-s{seed}", {"rft": {"exact": scores}}, verb="train", seed=seed)
    pair = compare(base, f"{tmp_path}/rft-s*").pairs[0]
    assert pair.primary.seeds is not None
    assert len(pair.primary.seeds.means) == 3
    alone, both = pair.primary.seeds.seeds, pair.primary.seeds.both
    assert alone.low is not None
    assert both.low is not None
    assert both.low <= alone.low
    assert pair.primary.bounds == (both.low, both.high)
    assert not any("training seed" in note for note in pair.notes)


def test_seeds_that_differ_more_than_they_gain_leave_no_verdict(tmp_path: Path) -> None:
    # Each seed alone is far from the base, and yet the next seed may fall on the other side.
    base = run_of(tmp_path, "base", {"base": {"exact": [1.0, 0.0] * 50}}, verb="train")
    for seed, right in enumerate((100, 100, 20)):
        run_of(
            tmp_path,
            f"s{seed}",
            {"rft": {"exact": [1.0] * right + [0.0] * (100 - right)}},
            verb="train",
            seed=seed,
        )
    found = compare(base, f"{tmp_path}/s?").pairs[0].primary
    assert found.comparison.low is not None
    assert found.comparison.low > 0
    assert found.verdict == "no detectable difference"


def test_prompts_that_belong_together_are_put_together_by_a_column(tmp_path: Path) -> None:
    columns = {"database": [f"db{i // 10}" for i in range(100)]}
    turned = [float(i // 10 < 4) for i in range(100)]
    a = run_of(tmp_path, "a", {"m": {"exact": [0.0] * 100}}, columns=columns)
    b = run_of(tmp_path, "b", {"m": {"exact": turned}}, columns=columns)
    alone, together = (compare(a, b, cluster=name).pairs[0].primary for name in (None, "database"))
    assert (alone.verdict, alone.clusters) == ("better", None)
    assert together.clusters == 10
    assert together.comparison.p > 0.1
    with pytest.raises(ConfigError, match=r"--cluster databse: .* Did you mean 'database'\?"):
        compare(a, b, cluster="databse")


def test_under_ten_prompts_there_is_no_verdict_and_it_is_said(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"exact": [0.0] * 9}})
    b = run_of(tmp_path, "b", {"m": {"exact": [1.0] * 9}})
    pair = compare(a, b).pairs[0]
    assert (pair.primary.verdict, pair.primary.bounds) == ("no detectable difference", (None, None))
    assert pair.notes == ("No interval and no verdict: 9 prompts are too few (10 at least).",)


def test_the_worst_regressions_come_first_with_both_texts(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"query": [1.0, 0.5, 0.2, 1.0] * 5}})
    b = run_of(tmp_path, "b", {"m": {"query": [0.0, 0.4, 0.9, 1.0] * 5}})
    worst = compare(a, b, metric="score").pairs[0].regressions
    assert [round(r.difference, 6) for r in worst] == [-1.0] * 5 + [-0.1] * 5
    assert (worst[0].before.completion, worst[0].after.completion) == ("a m q0", "b m q0")
    assert (worst[0].prompt, worst[0].reference, worst[0].after.reason) == (
        "question 0",
        "r",
        "query says 0.0",
    )


def test_two_that_are_alike_can_be_shown_to_be_so_within_a_margin(tmp_path: Path) -> None:
    rng = random.Random(5)
    a, b = (
        run_of(tmp_path, name, {"m": {"query": [0.5 + rng.uniform(-0.02, 0.02) for _ in range(40)]}})
        for name in "ab"
    )
    found = compare(a, b, metric="score", margin=0.05).pairs[0].primary
    assert found.equivalence is not None
    assert found.equivalence < 0.001


def test_a_run_without_texts_is_paired_by_id_and_that_is_said(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"exact": [0.0] * 20}}, texts=False)
    b = run_of(tmp_path, "b", {"m": {"exact": [1.0] * 20}}, reference="another")
    pair = compare(a, b).pairs[0]
    assert pair.primary.prompts == 20
    assert "A run keeps no texts: prompts were matched by id alone." in pair.notes


def test_a_run_that_was_cut_off_is_compared_by_its_results(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"exact": [0.0] * 20}})
    b = run_of(tmp_path, "b", {"m": {"exact": [1.0] * 20}})
    (b / "summary.json").unlink()
    assert compare(a, b).pairs[0].primary.verdict == "better"


@pytest.mark.parametrize("there", ["before", "befoer"])
def test_a_run_that_is_not_there_is_named_with_its_neighbour(tmp_path: Path, there: str) -> None:
    a = run_of(tmp_path, "before", {"m": {"exact": [0.0] * 20}})
    if there == "before":
        shutil.rmtree(a)
        run_of(tmp_path, "befores", {"m": {"exact": [0.0] * 20}})
    with pytest.raises(ConfigError, match=r"no such run; .* Did you mean 'before"):
        compare(tmp_path / there, tmp_path / there)


def test_printed_a_comparison_is_its_verdict(tmp_path: Path) -> None:
    before = run_of(tmp_path, "before", {"m": {"exact": [0.0] * 20}})
    after = run_of(tmp_path, "after", {"m": {"exact": [1.0] * 20}})
    assert str(compare(before, after)) == (
        "<Compared: after is better than before: +100.0 points (+72.0 to +100.0) of the share solved.>"
    )


def test_of_many_parts_none_is_called_better_by_luck(tmp_path: Path) -> None:
    rng = random.Random(4)
    columns = {"part": [f"p{i % 40}" for i in range(1200)]}
    sides = [[float(rng.random() < 0.5) for _ in range(1200)] for _ in range(2)]
    a, b = (
        run_of(tmp_path, n, {"m": {"exact": s}}, columns=columns) for n, s in zip("ab", sides, strict=True)
    )
    parts = [found for _, found in compare(a, b, slices=["part"]).pairs[0].slices]
    least = min(parts, key=lambda found: found.p)
    assert (len(parts), least.p < 0.05, least.verdict) == (40, True, "no detectable difference")
    assert least.adjusted == pytest.approx(40 * least.p)


def test_the_interval_over_seeds_is_never_narrower_than_that_over_prompts(tmp_path: Path) -> None:
    # All prompts of a cluster go together, and seeds hardly differ: 100 prompts are 10.
    columns = {"database": [f"db{i // 10}" for i in range(100)]}
    turned = [float(i // 10 < 7) for i in range(100)]
    base = run_of(tmp_path, "base", {"m": {"exact": [0.0] * 100}}, columns=columns)
    for seed in range(3):
        scores = [*turned[:seed], 0.0, *turned[seed + 1 :]]
        run_of(tmp_path, f"s{seed}", {"m": {"exact": scores}}, columns=columns, seed=seed)
    found = compare(base, f"{tmp_path}/s?", cluster="database").pairs[0].primary
    low, high = found.bounds
    assert low is not None
    assert high is not None
    assert found.comparison.low is not None
    assert low <= found.comparison.low
    assert high - low > 0.5


def test_prompts_that_only_one_side_was_scored_on_are_told_with_what_they_could_change(
    tmp_path: Path,
) -> None:
    # The other side has no score where it would have failed.
    a = run_of(tmp_path, "a", {"m": {"exact": [1.0, 0.0] * 20}})
    b = run_of(tmp_path, "b", {"m": {"exact": [1.0, None] * 15 + [1.0] * 10}})
    pair = compare(a, b).pairs[0]
    assert pair.notes == (
        "15 more prompts were left out, since a side has no score for them: whatever they would have got, the difference lies between "
        "+12.5 and +50.0 points.",
    )
    c = run_of(tmp_path, "c", {"m": {"exact": [1.0, None] * 20}})
    assert "lies between +0.0 and +50.0 points." in compare(a, c).pairs[0].notes[0]
    d = run_of(tmp_path, "d", {"m": {"exact": [0.0, 1.0] * 10 + [None] * 20}})
    assert "hangs on them" in compare(a, d).pairs[0].notes[0]


def test_a_run_that_is_not_finished_is_told(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"query": [0.5] * 20}}, pass_at=0.5)
    b = run_of(tmp_path, "b", {"m": {"query": [0.5] * 20}}, pass_at=0.5)
    (b / "summary.json").unlink()
    (note,) = compare(a, b).pairs[0].notes
    assert note.startswith("b is not finished")
    (a / "summary.json").unlink()
    assert "No summary says what 'query' takes as solved; 1 was taken." in compare(a, b).pairs[0].notes


def test_another_pass_mark_is_told_and_that_of_the_base_is_taken(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"query": [0.5] * 20}}, pass_at=0.5)
    b = run_of(tmp_path, "b", {"m": {"query": [0.6] * 20}}, pass_at=0.7)
    pair = compare(a, b).pairs[0]
    assert (pair.primary.base, pair.primary.other) == (1.0, 1.0)
    assert pair.notes == ("Solved was 0.5 in the base and 0.7 in the other; 0.5 is taken for both.",)


def test_rows_that_changed_in_any_of_the_seeds_are_left_out(tmp_path: Path) -> None:
    base = run_of(tmp_path, "base", {"m": {"exact": [0.0] * 20}})
    for seed in range(3):
        run_of(tmp_path, f"s{seed}", {"m": {"exact": [1.0] * 20}}, seed=seed)
    samples = tmp_path / "s1" / "samples.jsonl"
    samples.write_text(samples.read_text().replace('"r"', '"another"', 5))
    pair = compare(base, f"{tmp_path}/s?").pairs[0]
    assert (pair.primary.prompts, pair.changed) == (15, 5)


@pytest.mark.parametrize("given", [("database", None), (None, "database")])
def test_clusters_that_one_run_was_given_count_for_both(
    tmp_path: Path, given: tuple[str | None, ...]
) -> None:
    columns = {"database": [f"db{i // 10}" for i in range(100)]}
    turned = [float(i // 10 < 4) for i in range(100)]
    a, b = (
        run_of(tmp_path, name, {"m": {"exact": scores}}, columns=columns, config={"cluster": column})
        for name, scores, column in zip("ab", ([0.0] * 100, turned), given, strict=True)
    )
    pair = compare(a, b).pairs[0]
    assert (pair.primary.clusters, pair.primary.verdict) == (10, "no detectable difference")
    assert pair.notes[0].startswith("Prompts belong together by 'database'")


def test_a_line_that_is_there_twice_and_results_of_two_versions_are_refused(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"exact": [0.0] * 20}})
    b = run_of(tmp_path, "b", {"m": {"exact": [1.0] * 20}})
    text = (b / "results.jsonl").read_text()
    (b / "results.jsonl").write_text(text + text)
    with pytest.raises(DataError, match=r"results.jsonl:21: this line is there twice"):
        compare(a, b)
    (b / "results.jsonl").write_text(text.replace('"f0"', '"older"', 3))
    with pytest.raises(DataError, match=r"results.jsonl:4: results of two versions of grader 'exact'"):
        compare(a, b)


def test_a_pattern_that_holds_the_base_is_refused(tmp_path: Path) -> None:
    for seed in range(3):
        run_of(tmp_path, f"s{seed}", {"m": {"exact": [1.0] * 20}}, seed=seed)
    with pytest.raises(ConfigError, match="s0 is on both sides"):
        compare(tmp_path / "s0", f"{tmp_path}/s?")


def test_copies_of_one_run_are_no_seeds(tmp_path: Path) -> None:
    base = run_of(tmp_path, "base", {"m": {"exact": [0.0] * 20}})
    for copy in range(3):
        run_of(tmp_path, f"s{copy}", {"m": {"exact": [1.0] * 20}}, seed=7)
    assert "copies are no seeds of their own" in compare(base, f"{tmp_path}/s?").pairs[0].notes[0]


def test_one_trained_run_against_three_seeds_has_luck_that_is_not_covered(tmp_path: Path) -> None:
    base = run_of(tmp_path, "one", {"rft": {"exact": [0.0] * 20}}, verb="train")
    for seed in range(3):
        run_of(tmp_path, f"s{seed}", {"rft": {"exact": [1.0] * 20}}, verb="train", seed=seed)
    assert compare(base, f"{tmp_path}/s?").pairs[0].notes == (
        "A side has one training seed: the interval does not cover the luck of its training.",
    )


def test_a_primary_grader_that_the_other_side_lacks_is_told(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"exact": [0.0] * 20, "format": [0.0] * 20}}, primary="exact")
    b = run_of(tmp_path, "b", {"m": {"format": [1.0] * 20}}, primary="format")
    assert (
        compare(a, b)
        .pairs[0]
        .notes[0]
        .startswith("The base's run is about 'exact', which did not score both")
    )


def test_settings_that_differ_besides_the_model_are_told(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"m": {"exact": [0.0] * 20}}, config={"temperature": 0.0, "model": "x"})
    b = run_of(tmp_path, "b", {"m": {"exact": [1.0] * 20}}, config={"temperature": 1.0, "model": "y"})
    assert compare(a, b).pairs[0].notes == ("Made in another way: temperature 0.0 against 1.0.",)


def test_runs_of_one_name_are_called_by_their_paths(tmp_path: Path) -> None:
    for folder, score in (("x", 0.0), ("y", 1.0)):
        run_of(tmp_path / folder, "demo", {"m": {"exact": [score] * 20}})
    found = compare(tmp_path / "x" / "demo", tmp_path / "y" / "demo")
    assert (found.base.label[-6:], found.pairs[0].other.label[-6:]) == ("x/demo", "y/demo")


def test_a_margin_of_nothing_is_refused(tmp_path: Path) -> None:
    run = run_of(tmp_path, "a", {"m": {"exact": [0.0] * 20}})
    with pytest.raises(ConfigError, match="the margin must be above 0"):
        compare(run, run, margin=0)


def test_a_column_of_a_hundred_values_and_more_is_no_slice(tmp_path: Path) -> None:
    columns = {"id": [f"i{place}" for place in range(101)]}
    run = run_of(tmp_path, "a", {"m": {"exact": [0.0] * 101}}, columns=columns)
    with pytest.raises(ConfigError, match="--slice id: it has more than 100 different values"):
        compare(run, run, slices=["id"])
