"""Run folders as real runs leave them, made without a model: a training run on text-to-SQL and a graded file of answers.

The texts, scores and curves are drawn from seeded distributions shaped like the measured runs; the figures are computed from them by
the real `summarise` and `compare_stages`.
"""

from __future__ import annotations

import math
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

from rewardkit.evaluating.summary import compare_stages, summarise
from rewardkit.runs import Result, RunFolder, SampleRecord
from rewardkit.scores import Component

FAMILIES = {
    "filter": "List the {thing} with more than {n} items in stock.",
    "count": "How many {thing} were added in {n}?",
    "join": "Show every order of {thing} with the name of its customer, for quantities over {n}.",
    "having": "Which {thing} have at least {n} orders?",
    "top": "Name the {n} {thing} with the highest turnover.",
}
THINGS = ("products", "books", "bicycles", "lamps", "kettles")
LEVELS = {"parses": 0.02, "tables": 0.10, "runs": 0.15, "rows": 0.70, "exact": 1.0}
RIGHT = {"base": 0.24, "sft_alone": 0.63, "sft": 0.38, "rft": 0.82}
VERSIONS = {
    "rewardkit": "0.1.0",
    "python": "3.11.7",
    "torch": "2.13.0",
    "trl": "1.16.0",
    "transformers": "5.23.0",
}


def training_run(root: Path, *, questions: int = 300, repeats: int = 4, seed: int = 0) -> Path:
    """A finished training run with four stages, greedy and sampled, five families and 24 steps of RFT."""
    rng = random.Random(seed)
    config = {
        "model": "models/tiny",
        "rft": {"steps": 24, "learning_rate": 5e-4, "group": 8},
        "sft": {"epochs": 4},
    }
    with RunFolder.open(
        root,
        "demo",
        "train",
        config,
        versions=VERSIONS,
        fingerprints={"query": "8f3a12c9"},
        seed=seed,
        samples={"file": "heldout.jsonl", "count": questions},
    ) as folder:
        samples = [sql_sample(i, rng) for i in range(questions)]
        folder.append_samples(samples)
        for stage in RIGHT:
            for decoding, k in (("greedy", 1), ("sampled", repeats)):
                folder.append_results(
                    _answer(sample, stage, decoding, repeat, rng) for sample in samples for repeat in range(k)
                )
        folder.append_metrics(_sft_step(step, rng) for step in range(1, 13))
        folder.append_metrics(_rft_step(step, rng) for step in range(1, 25))
        folder.add_seconds("rft", 14.2)
        summarised(folder, slices={sample.sample: str(sample.columns["family"]) for sample in samples})
        return folder.path


def graded_run(root: Path, *, completions: int = 2000, seed: int = 0, words: int = 60) -> Path:
    """A graded file of support replies: weighted parts, scores between 0 and 1, some unscored with three causes."""
    rng = random.Random(seed)
    with RunFolder.open(
        root,
        "replies",
        "grade",
        {"grader": "graders.py:support_reply"},
        versions=VERSIONS,
        fingerprints={"support_reply": "77ab01de"},
        seed=seed,
        samples={"file": "replies.csv", "count": completions},
    ) as folder:
        vocabulary = [
            "refund",
            "order",
            "policy",
            "section",
            "within",
            "days",
            "receipt",
            "sorry",
            "please",
            "thank",
            "shipping",
            "label",
            "return",
            "exchange",
        ]
        folder.append_samples(
            SampleRecord(
                sample=f"ticket-{i:04d}",
                prompt=" ".join(rng.choices(vocabulary, k=20)),
                columns={"policy": f"section {i % 9}"},
            )
            for i in range(completions)
        )
        folder.append_results(
            _reply(i, " ".join(rng.choices(vocabulary, k=words)), rng) for i in range(completions)
        )
        summarised(folder, pass_at=0.8)
        return folder.path


def compared_run(root: Path, *, questions: int = 120, seed: int = 0) -> Path:
    """An eval of two models with two graders, four sampled answers a prompt."""
    rng = random.Random(seed)
    with RunFolder.open(
        root,
        "compare",
        "eval",
        {"models": ["tiny-v1", "tiny-v2"], "k": 4},
        versions=VERSIONS,
        fingerprints={"query": "8f3a12c9", "brief": "1b2c3d4e"},
        seed=seed,
        samples={"file": "heldout.jsonl", "count": questions},
    ) as folder:
        samples = [sql_sample(i, rng) for i in range(questions)]
        folder.append_samples(samples)
        for stage, name in (("sft", "tiny-v1"), ("rft", "tiny-v2")):
            for sample in samples:
                answers = [_answer(sample, stage, "sampled", repeat, rng) for repeat in range(4)]
                folder.append_results(replace(answer, stage=name) for answer in answers)
                brief = {
                    "stage": name,
                    "grader": "brief",
                    "fingerprint": "1b2c3d4e",
                    "cause": None,
                    "components": (),
                    "reason": "",
                }
                folder.append_results(
                    replace(answer, **brief, value=float(len(answer.completion) < 60)) for answer in answers
                )
        summarised(folder)
        return folder.path


def run_of_several_graders(root: Path, *, completions: int = 12) -> Path:
    """A graded file with two graders and the combination of them, which the run is about."""
    graders = ("coverage", "amount", "claim")
    with RunFolder.open(
        root,
        "several",
        "grade",
        {},
        versions={},
        fingerprints=dict.fromkeys(graders, "f0"),
        seed=0,
        primary="claim",
    ) as folder:
        for i in range(completions):
            sample = SampleRecord(sample=f"q{i}", prompt=f"note {i}")
            values = {"coverage": 1.0, "amount": float(i % 2), "claim": 0.5 + 0.5 * (i % 2)}
            folder.append_results(
                _row(sample, "grade", "given", 0, "answer", value, None, "", grader=name, fingerprint="f0")
                for name, value in values.items()
            )
        summarised(folder)
        return folder.path


def summarised(folder: RunFolder, *, pass_at: float = 1.0, slices: dict[str, str] | None = None) -> None:
    """Write the summary that the results of the folder have."""
    results = folder.read_results()
    rows = summarise(results, pass_at=pass_at, slices=slices)
    folder.write_summary(
        {"stages": rows, "comparisons": compare_stages(results, pass_at=pass_at), "seconds": folder.seconds()}
    )


def one_answer(root: Path, completion: str, **changes: Any) -> Path:
    """The smallest graded run: one completion of one sample, both as given."""
    with RunFolder.open(
        root, "one", "grade", {}, versions={}, fingerprints={"exact": "f0"}, seed=0
    ) as folder:
        folder.append_samples(
            [SampleRecord(sample="q1", prompt=completion, columns={"reference": completion})]
        )
        fields = {
            "stage": "grade",
            "decoding": "given",
            "sample": "q1",
            "repeat": 0,
            "grader": "exact",
            "fingerprint": "f0",
        }
        folder.append_results(
            [{**fields, "completion": completion, "value": 0.0, "reason": completion, **changes}]
        )
        summarised(folder)
        return folder.path


def sql_sample(index: int, rng: random.Random) -> SampleRecord:
    """A question of one of the families with its gold query."""
    family = list(FAMILIES)[index % len(FAMILIES)]
    thing, n = THINGS[index % len(THINGS) - index // 7 % 3], rng.randrange(3, 40)
    columns = {"reference": _gold(family, thing, n), "family": family, "database": "shop.sql"}
    return SampleRecord(
        sample=f"{family}-{index:03d}", prompt=FAMILIES[family].format(thing=thing, n=n), columns=columns
    )


def _gold(family: str, thing: str, n: int) -> str:
    return {
        "filter": f"SELECT name FROM {thing} WHERE stock > {n}",
        "count": f"SELECT COUNT(*) FROM {thing} WHERE year = {n}",
        "join": f"SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.kind = '{thing}' AND o.quantity > {n}",
        "having": f"SELECT name FROM {thing} JOIN orders USING (id) GROUP BY name HAVING COUNT(*) >= {n}",
        "top": f"SELECT name FROM {thing} ORDER BY turnover DESC LIMIT {n}",
    }[family]


def _answer(sample: SampleRecord, stage: str, decoding: str, repeat: int, rng: random.Random) -> Result:
    gold = str(sample.columns["reference"])
    hard = 0.8 if sample.columns["family"] in ("join", "having") else 1.08
    right = rng.random() < RIGHT[stage] * hard * (1.0 if decoding == "greedy" else 0.88)
    if not right and rng.random() < 0.012:
        return _row(sample, stage, decoding, repeat, gold, None, "timeout", "no answer within 2 s")
    reached = len(LEVELS) if right else rng.choices(range(5), (1, 2, 3, 4, 5 if stage != "base" else 1))[0]
    completion = gold if right else _spoiled(gold, reached, rng)
    share = round(rng.uniform(0.2, 0.9), 3)
    reasons = {
        "parses": "near 'SELECT TOP'",
        "tables": "table 'product' does not exist",
        "runs": "Binder Error: column not found",
    }
    parts = []
    for i, (name, level) in enumerate(LEVELS.items()):
        value = 1.0 if i < reached else (share if name == "rows" and reached == 3 else 0.0)
        reason = (
            ""
            if value == 1
            else (f"{share:.0%} of the rows" if value else reasons.get(name, "") if i == reached else "")
        )
        parts.append(Component(name=name, value=value, level=level, reason=reason))
    levels = [0.0, *LEVELS.values()]
    value = levels[reached] + (share * (levels[4] - levels[3]) if reached == 3 else 0)
    return _row(sample, stage, decoding, repeat, completion, round(value, 4), None, "", tuple(parts))


def _spoiled(gold: str, reached: int, rng: random.Random) -> str:
    edits = (
        "SELECT TOP 5",
        "SELECT name FROM product",
        "select nme from products",
        gold.replace(">", "<"),
        gold.replace("name", "id"),
    )
    return edits[min(reached, 4)] if reached < 3 else rng.choice(edits[3:])


def _row(
    sample: SampleRecord,
    stage: str,
    decoding: str,
    repeat: int,
    completion: str,
    value: float | None,
    cause: str | None,
    reason: str,
    components: tuple[Component, ...] = (),
    grader: str = "query",
    fingerprint: str = "8f3a12c9",
) -> Result:
    fields = {
        "stage": stage,
        "decoding": decoding,
        "sample": sample.sample,
        "repeat": repeat,
        "grader": grader,
    }
    more = {
        "fingerprint": fingerprint,
        "completion": completion,
        "value": value,
        "cause": cause,
        "reason": reason,
    }
    return Result(**fields, **more, components=components)


def _reply(index: int, text: str, rng: random.Random) -> Result:
    sample = SampleRecord(sample=f"ticket-{index:04d}", prompt="")
    if rng.random() < 0.02:
        cause = rng.choice(("judge_unavailable", "judge_unparseable", "timeout"))
        return _row(
            sample,
            "grade",
            "given",
            0,
            text,
            None,
            cause,
            f"{cause} after 3 tries",
            grader="support_reply",
            fingerprint="77ab01de",
        )
    parts = {
        "cites": (2, float(rng.random() < 0.7)),
        "polite": (1, float(rng.random() < 0.95)),
        "complete": (2, round(rng.betavariate(4, 2), 3)),
    }
    value = sum(weight * earned for weight, earned in parts.values()) / 5
    components = tuple(
        Component(name=n, value=v, weight=w / 5, reason="" if v == 1 else "not found")
        for n, (w, v) in parts.items()
    )
    return _row(
        sample, "grade", "given", 0, text, round(value, 4), None, "", components, "support_reply", "77ab01de"
    )


def _sft_step(step: int, rng: random.Random) -> dict[str, Any]:
    return {
        "phase": "sft",
        "step": step,
        "loss": 2.4 * math.exp(-step / 4) + 0.2 + rng.gauss(0, 0.04),
        "learning_rate": 3e-4,
    }


def _rft_step(step: int, rng: random.Random) -> dict[str, Any]:
    rise = 1 / (1 + math.exp(-(step - 8) / 3))
    noisy = lambda low, high: min(1.0, max(0.0, low + (high - low) * rise + rng.gauss(0, 0.03)))  # noqa: E731
    components = {
        name: noisy(*ends)
        for name, ends in zip(
            LEVELS, ((0.8, 1), (0.6, 1), (0.5, 0.98), (0.3, 0.9), (0.22, 0.84)), strict=True
        )
    }
    return {
        "phase": "rft", "step": step, "reward": noisy(0.34, 0.88), "reward_std": 0.3, "saturated": noisy(0.3, 0.62),
        "unscored": 0.01 * (step % 5 == 0), "length": 16 + 2 * rise + rng.gauss(0, 0.5), "truncated": noisy(0.12, 0.0),
        "loss": rng.gauss(0, 0.01), "components": components,
    }  # fmt: skip
