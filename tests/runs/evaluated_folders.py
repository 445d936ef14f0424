"""An eval of several models as a real one leaves it, made without a model: parts of the data, clusters, components, lengths, a baseline.

    PYTHONPATH=. python tests/runs/evaluated_folders.py FOLDER     # writes the run folders that screenshots are made of

Texts and scores are drawn from seeded distributions; every figure is computed from them by the real statistics.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean, median

import run_folders

from rewardkit.evaluating.statistics import mean_interval, minimum_detectable
from rewardkit.evaluating.summary import compare_stages, summarise
from rewardkit.runs import (
    BaselineRow,
    ComponentRow,
    LengthRow,
    Result,
    RunFolder,
    SampleRecord,
    StageRow,
    Summary,
)
from rewardkit.runs.report import write_report

MODELS = {"tiny-v1": "sft", "tiny-v2": "sft_alone", "tiny-v3": "rft"}  # and whose skill each has
HARD = {
    "join": 0.45,
    "having": 0.7,
    "top": 0.2,
    "filter": 0.0,
    "count": 0.05,
}  # right answers that a family spoils
HOSTILE = (
    "</script><script>document.title = 'owned'</script>",
    "<img src=x onerror=\"document.title = 'owned'\">",
    "\0 NUL, \x1b[31m red, \u202e right to left \u2066 isolated, \ud800 alone",
    "<style>body{display:none}</style><!-- <base href='http://example.com/'>",
    "{{ 7 * 7 }} {% raw %} ${alert(1)} &lt;b&gt; ]]>",
    "<&>" * 350_000,  # a megabyte
)


def evaluated_run(
    root: Path,
    *,
    questions: int = 2000,
    models: Mapping[str, str] = MODELS,
    repeats: int = 1,
    seed: int = 0,
    hostile: bool = False,
    words: int = 0,
    name: str = "evaluated",
) -> Path:
    """An eval with parts of the data by family, database and season; every 300th completion is `hostile`, if asked.

    `words` makes every completion longer by so many words.
    """
    rng = random.Random(seed)
    fields = {"versions": run_folders.VERSIONS, "fingerprints": {"query": "8f3a12c9"}, "seed": seed}
    config = {
        "models": list(models),
        "grader": "graders/sql.py:query",
        "k": repeats,
        "slice": ["family", "season"],
    }
    data = {"file": "heldout.jsonl", "count": questions}
    with RunFolder.open(root, name, "eval", config, **fields, samples=data) as folder:
        samples = [_sample(i, rng, hostile) for i in range(questions)]
        folder.append_samples(samples)
        for model, skill in models.items():
            folder.append_results(
                _answer(sample, model, skill, repeat, repeats, rng, hostile, words)
                for sample in samples
                for repeat in range(repeats)
            )
        folder.write_summary(summary_of(folder.read_results(), samples, rng))
        return folder.path


def summary_of(results: Sequence[Result], samples: Sequence[SampleRecord], rng: random.Random) -> Summary:
    """The figures of these results as eval writes them."""
    columns = {sample.sample: sample.columns for sample in samples}
    clusters = {name: str(row["database"]) for name, row in columns.items()}
    rows = list(summarise(results, pass_at=1.0, clusters=clusters))
    for column in ("family", "season"):
        parts = {name: f"{column} = {row[column]}" for name, row in columns.items()}
        found = summarise(results, pass_at=1.0, clusters=clusters, slices=parts)
        rows += [row for row in found if row.slice is not None]
    return Summary(
        stages=tuple(_filled(row, results, columns, clusters) for row in rows),
        comparisons=tuple(compare_stages(results, pass_at=1.0, clusters=clusters)),
        components=tuple(_components(results, clusters)),
        lengths=tuple(_lengths(results, rng)),
        baselines=(_baseline(len(samples)),),
        seconds={"generate": 412.0, "grade": 31.5},
    )


def _sample(index: int, rng: random.Random, hostile: bool) -> SampleRecord:
    made = run_folders.sql_sample(index, rng)
    season = "leap year" if index % 400 == 3 else rng.choice(("spring", "summer", "autumn", "winter"))
    if hostile and index % 500 == 7:
        season = "<script>alert(1)</script>\u202e"
    columns = {**made.columns, "database": f"shop_{index // 5 % 40:02d}.sql", "season": season}
    return made.model_copy(update={"columns": columns, "sample": f"{made.columns['family']}-{index:04d}"})


def _answer(
    sample: SampleRecord,
    model: str,
    skill: str,
    repeat: int,
    repeats: int,
    rng: random.Random,
    hostile: bool,
    words: int,
) -> Result:
    answer = run_folders._answer(sample, skill, "greedy", repeat, rng)
    if answer.value == 1 and rng.random() < HARD[str(sample.columns["family"])]:
        zero = replace(answer.components[-1], value=0.0, reason=f"{rng.randrange(1, 40)} rows too many")
        answer = replace(
            answer,
            value=0.7,
            components=(*answer.components[:-1], zero),
            completion=f"{answer.completion} --",
        )
    text = answer.completion + "".join(f" {rng.choice('abcdefgh') * 5}{i}" for i in range(words))
    number = int(sample.sample.rsplit("-", 1)[1])
    if hostile and number % 300 == 4:
        text = HOSTILE[number // 300 % len(HOSTILE)]
        answer = replace(answer, reason=text[:2000] if answer.value is not None else answer.reason)
    return replace(
        answer, stage=model, decoding="greedy" if repeats == 1 else "sampled", completion=text, repeat=repeat
    )


def _filled(
    row: StageRow,
    results: Sequence[Result],
    columns: Mapping[str, Mapping[str, object]],
    clusters: Mapping[str, str],
) -> StageRow:
    """The row with what the small print needs, computed where `summarise` leaves it out."""
    mine: dict[str, list[float]] = {}
    for result in results:
        inside = row.slice is None or any(
            f"{k} = {v}" == row.slice for k, v in columns[result.sample].items()
        )
        if inside and result.stage == row.name and result.value is not None:
            solved = float(result.value >= 1.0)
            mine.setdefault(result.sample, []).append(result.value if row.metric == "score" else solved)
    means = {name: fmean(values) for name, values in mine.items()}
    groups = [clusters[name] for name in means]
    more = {
        "clusters": len(set(groups)),
        "method": "t" if row.low is not None else None,
        "detectable": minimum_detectable(list(means.values()), groups),
    }
    if row.metric == "score":
        values = list(means.values())
        more |= {
            "median": median(values),
            "top": fmean(value >= 1.0 for value in values),
            "bottom": fmean(value <= 0.0 for value in values),
        }
    return row.model_copy(update={name: value for name, value in more.items() if getattr(row, name) is None})


def _components(results: Iterable[Result], clusters: Mapping[str, str]) -> list[ComponentRow]:
    values: dict[tuple[str, str, str, str], dict[str, list[float]]] = {}
    for result in results:
        for part in result.components:
            key = (result.stage, result.grader, part.name, result.decoding)
            if part.value is not None:
                values.setdefault(key, {}).setdefault(result.sample, []).append(part.value)
    rows = []
    for (stage, grader, component, decoding), by_sample in values.items():
        means = [fmean(found) for found in by_sample.values()]
        found = mean_interval(means, [clusters[name] for name in by_sample])
        row = {"name": stage, "grader": grader, "component": component, "decoding": decoding}
        figures = {"mean": found.mean, "low": found.low, "high": found.high}
        rows.append(ComponentRow.model_validate({**row, "prompts": found.n, **figures}))
    return rows


def _lengths(results: Iterable[Result], rng: random.Random) -> list[LengthRow]:
    lengths: dict[tuple[str, str], list[int]] = {}
    for result in results:
        lengths.setdefault((result.stage, result.decoding), []).append(len(result.completion))
    return [
        LengthRow.model_validate(
            {
                "name": stage,
                "decoding": decoding,
                "completions": len(found),
                "characters": fmean(found),
                "tokens": fmean(found) / 3.4,
                "truncated": rng.choice((0.0, 0.012, 0.034)),
            }
        )
        for (stage, decoding), found in lengths.items()
    ]


def _baseline(prompts: int) -> BaselineRow:
    """What one query given to all of these prompts earns: it runs, and its rows are right nowhere but by chance."""
    return BaselineRow(
        grader="query", answer="SELECT name FROM products", score=0.19, solved=0.04, prompts=prompts
    )


def main(root: Path) -> None:
    """Write the folders and their reports."""
    root.mkdir(parents=True, exist_ok=True)
    for path in (
        evaluated_run(root, hostile=True),
        evaluated_run(root, questions=300, repeats=4, name="sampled"),
        evaluated_run(root, questions=7, models={"tiny-v3": "rft"}, name="few"),
        run_folders.training_run(root),
        run_folders.graded_run(root),
        run_folders.compared_run(root),
        run_folders.run_of_several_graders(root),
    ):
        page = write_report(path)
        print(f"{page}  {page.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
