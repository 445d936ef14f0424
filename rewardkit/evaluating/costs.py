"""What an evaluation would ask, and what it would cost at most, before anything is asked: of its models and of judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..judging.estimates import estimate
from ..judging.named import hosts_of, judged_of
from ..judging.spending import CHARACTERS_A_TOKEN, Price
from ..samples import Sample
from .answers import Answer, batches
from .jobs import Job
from .models import prompt_of
from .stages import Stage

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What one stage asks of its model. `tokens_in` is about four characters a token, `most_tokens` what the completions can have at most.

    `most_dollars` is for both; None where the model is no endpoint, or has no price.
    """

    stage: str
    model: str
    host: str | None
    completions: int
    calls: int
    tokens_in: int
    most_tokens: int
    most_dollars: float | None

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return {
            "stage": self.stage,
            "model": self.model,
            "host": self.host,
            "completions": self.completions,
            "calls": self.calls,
            "tokens_in": self.tokens_in,
            "most_tokens": self.most_tokens,
            "most_dollars": self.most_dollars,
        }


def asked_of(job: Job, stage: Stage, price: Price | None = None) -> Asked:
    """What a stage asks; `price` is that of endpoints."""
    plan = job.plan
    completions = len(job.samples) * plan.repeats
    characters = sum(_length(sample, plan.system) for sample in job.samples)
    tokens_in = -(-characters * plan.repeats // CHARACTERS_A_TOKEN)
    most_tokens = completions * plan.sampling.max_tokens
    paid = stage.spec.url is not None and price is not None
    return Asked(
        stage.name,
        stage.spec.shown,
        stage.spec.host,
        completions,
        completions if stage.spec.url else 0,
        tokens_in,
        most_tokens,
        dollars(tokens_in, most_tokens, price) if paid else None,
    )


def dollars(tokens_in: int, tokens_out: int, price: Price | None) -> float | None:
    """What so many tokens cost; None without a price."""
    if price is None:
        return None
    return round((tokens_in * price[0] + tokens_out * price[1]) / _MILLION, 4)


def settings_of(job: Job) -> dict[str, Any]:
    """How completions are drawn and scored, the same for all stages."""
    sampling = job.plan.sampling
    return {
        "decoding": sampling.decoding,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "stop": list(sampling.stop),
        "seed": job.plan.seed,
        "prompts": len(job.samples),
        "k": job.plan.repeats,
        "scored_by": [grader.name for grader in job.graders],
    }


def totals_of(asked: Sequence[Asked]) -> dict[str, Any]:
    """The sums over all stages."""
    priced = [each.most_dollars for each in asked if each.most_dollars is not None]
    return {
        "completions": sum(each.completions for each in asked),
        "calls": sum(each.calls for each in asked),
        "most_tokens": sum(each.most_tokens for each in asked),
        "most_dollars": round(sum(priced), 4) if priced else None,
    }


def judges_asked(job: Job) -> Mapping[str, Any]:
    """What judges would be asked at most, for completions of the greatest length; nothing where no grader asks one."""
    judged = list(judged_of(job.graders))
    if not judged:
        return {}
    longest = "word " * (job.plan.sampling.max_tokens * CHARACTERS_A_TOKEN // 5)
    k, models = job.plan.repeats, len(job.stages)
    spent = []
    for needs_others, members, times in (
        (False, 1, k),
        (True, 2, k * (k - 1) // 2),
    ):  # each, or each pair
        answers = [Answer(sample, n, f"{longest}{n}") for sample in job.samples for n in range(members)]
        these = [grader for grader in judged if grader.needs_others is needs_others]
        spent.append((models * times, estimate(these, batches(answers, 256))))
    paid = [None if each.dollars is None else times * each.dollars for times, each in spent]
    return {
        "judge_hosts": list(hosts_of(judged)),
        "judge_requests": sum(times * each.requests for times, each in spent),
        "judge_tokens_in": sum(times * each.tokens_in for times, each in spent),
        "judge_tokens_out": sum(times * each.tokens_out for times, each in spent),
        "judge_dollars": None if None in paid else round(sum(filter(None, paid)), 2),
    }


def _length(sample: Sample, system: str) -> int:
    """Characters of a prompt as the model is shown it."""
    prompt = prompt_of(sample, system=system)
    return len(prompt) if isinstance(prompt, str) else sum(len(str(m["content"])) for m in prompt)
