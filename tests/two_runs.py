"""Run folders to compare, written without a model: scores are given, texts say where they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rewardkit.evaluating.summary import summarise
from rewardkit.runs import Result, RunFolder, SampleRecord, Summary

Scores = Sequence[float | Sequence[float | None] | None]


def run_of(
    root: Path,
    name: str,
    stages: Mapping[str, Mapping[str, Scores]],
    *,
    verb: str = "eval",
    primary: str = "",
    fingerprint: str = "f0",
    decoding: str = "sampled",
    first: int = 0,
    reference: str = "r",
    columns: Mapping[str, Sequence[Any]] | None = None,
    config: Mapping[str, Any] | None = None,
    seed: int = 0,
    texts: bool = True,
    pass_at: float = 1.0,
) -> Path:
    """A run with those stages; of each grader the score, or the scores of its repeats, for every prompt from q`first` on."""
    graders = dict.fromkeys(grader for by_grader in stages.values() for grader in by_grader)
    with RunFolder.open(
        root,
        name,
        verb,
        config or {},
        versions={},
        fingerprints=dict.fromkeys(graders, fingerprint),
        seed=seed,
        primary=primary,
    ) as folder:
        results = [
            Result(
                stage, decoding, f"q{first + place}", repeat, grader, fingerprint, f"{name} {stage} q{first + place}", value,
                "error" if value is None else None, (), f"{grader} says {value}",
            )
            for stage, by_grader in stages.items()
            for grader, scores in by_grader.items()
            for place, given in enumerate(scores)
            for repeat, value in enumerate(given if isinstance(given, Sequence) else [given])
        ]  # fmt: skip
        count = max(len(scores) for by_grader in stages.values() for scores in by_grader.values())
        if texts:
            folder.append_samples(
                SampleRecord(
                    sample=f"q{first + place}",
                    prompt=f"question {first + place}",
                    columns={
                        "reference": reference,
                        **{key: values[place] for key, values in (columns or {}).items()},
                    },
                )
                for place in range(count)
            )
        folder.append_results(results)
        folder.write_summary(Summary(stages=tuple(summarise(results, pass_at=pass_at))))
        return folder.path
