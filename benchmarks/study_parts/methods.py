"""The methods that are compared, each as tables of a RUN.toml, and the settings that are tried for each on validation questions.

Whatever generates completions to learn from generates `BUDGET` of them: RFT in steps of 96, RAFT in rounds.

    base            the model as it is
    sft-HAND        fine-tuned on n answers in that hand: own (as the model itself writes), expert (somebody else's), answer (the bare answer)
    sft-majority    fine-tuned on the answer that the model itself gives most often: neither label nor grader
    raft            rounds of sampling, keeping what the grader accepts, and fine-tuning on it
    rft-exact       GRPO, reward 1 for right answers alone;  rft-partial: GRPO with partial credit
    sft-HAND+rft    a warm start on n answers, then rft-partial
    control-KIND    rft-partial with another reward: random, or by the references of other prompts
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from .tasks import CHOOSING_SEEDS

BUDGET = 2304
"""Completions that each training generates and grades; twice as many from a base that is hardly ever right, where a success has to be met first."""
FEW = 12
"""The number of labels that the study is about."""
PER_STEP = 96
GROUP = 8
SMALL_STEPS = {"num_generations": 4, "per_device_train_batch_size": 24}
"""Four times as many steps for as many completions, in most of which a base that is hardly ever right meets no success."""

Tables = Mapping[str, Mapping[str, Any]]

SCALING: dict[str, dict[str, Any]] = {
    "ours": {"loss_type": "dr_grpo", "scale_rewards": "none"},
    "trl": {"loss_type": "dapo", "scale_rewards": "group"},  # TRL's defaults, spelt out
}


@dataclass(frozen=True, slots=True)
class Method:
    """`gold`: the hand of the answers that are imitated; `reward`: "partial", "exact", "form" or "steep", the task's grader of that name; `tables`: what else RUN.toml says."""

    name: str
    gold: str | None = None
    reward: str | None = None
    raft: bool = False
    control: str | None = None
    tables: Tables | None = None
    settings_of: str = ""
    """The method whose chosen settings it takes: a control differs in nothing but its reward."""

    @property
    def chooses(self) -> str:
        return self.settings_of or self.name

    @property
    def uses_grader(self) -> bool:
        """Whether anything but the labels' texts decides what is learnt."""
        return self.reward is not None and self.control is None


_ALL = (
    Method("base"),
    *(Method(f"sft-{hand}", gold=hand) for hand in ("own", "expert", "answer", "majority")),
    Method("raft", reward="exact", raft=True),
    Method("rft-exact", reward="exact"),
    Method("rft-partial", reward="partial"),
    *(Method(f"sft-{hand}+rft", gold=hand, reward="partial") for hand in ("own", "expert", "answer")),
    Method("control-random", reward="partial", control="random", settings_of="rft-partial"),
    Method("control-shuffled", reward="partial", control="shuffled-reference", settings_of="rft-partial"),
    # Other ways, for where a target is missed.
    Method("rft-large-groups", reward="partial", tables={"grpo": {"num_generations": 32}}, settings_of="rft-partial"),
    Method("rft-difficulty", reward="partial", tables={"curriculum": {"sampling": "difficulty"}}, settings_of="rft-partial"),
    Method("rft-reused", reward="partial", tables={"grpo": {"num_iterations": 4}}, settings_of="rft-partial"),
    Method("rft-anneal", reward="partial", tables={"curriculum": {"shaping": "anneal"}}, settings_of="rft-partial"),
    Method("rft-mixed", reward="partial", tables={"mixed": {"on": "accepted", "weight": 0.2}}, settings_of="rft-partial"),
    *(Method(f"rft-{reward}-small-steps", reward=reward, tables={"grpo": SMALL_STEPS}) for reward in ("exact", "partial")),
    Method("rft-form", reward="form"),
    Method("rft-steep", reward="steep"),
    Method("rft-form-small-steps", reward="form", tables={"grpo": SMALL_STEPS}),
    Method("raft-replay", reward="exact", raft=True, tables={"raft": {"replay": True}}, settings_of="raft"),
)  # fmt: skip
METHODS = {method.name: method for method in _ALL}


def budget_of(base: str) -> int:
    """How many completions each training from that base generates."""
    return 2 * BUDGET if base == "low" else BUDGET


def choosing_seeds(method: Method) -> tuple[int, ...]:
    """The trainings by which settings are chosen: two where no grader takes part, which is cheap and favours the rivals of RFT."""
    return (CHOOSING_SEEDS,) if method.reward else (CHOOSING_SEEDS, CHOOSING_SEEDS + 1)


def candidates(method: Method, n: int = FEW, *, quick: bool = False) -> list[dict[str, dict[str, Any]]]:
    """The settings that are tried for `n` labels, as tables of RUN.toml; the first of equals is taken. `quick` leaves the first."""
    found = list(_candidates(method))
    if n > FEW and method.gold and not method.reward:
        found += [{"sft": _sft(3e-4, epochs)} for epochs in (1, 2, 3)]  # as many steps as few labels take
    return found[:1] if quick else found


def _candidates(method: Method) -> list[dict[str, dict[str, Any]]]:
    if method.raft:
        rounds = product((4, 8, 16), (3e-4, 1e-3))
        return [{"raft": {"rounds": count}, "raft.sft": _sft(rate, 3)} for count, rate in rounds]
    if method.gold and method.reward:
        return [{"sft": _sft(3e-4, epochs), "grpo": {"learning_rate": rate}} for epochs, rate in product((3, 10), (3e-4, 6e-4))]  # fmt: skip
    if method.gold:
        points = ((3e-4, 12), (3e-4, 6), (3e-4, 30), (1e-4, 36), (1e-3, 4), (1e-3, 10))
        return [{"sft": _sft(rate, epochs)} for rate, epochs in points]
    if method.reward:
        return [{"grpo": {"learning_rate": rate}} for rate in (3e-4, 6e-4, 1.2e-3)]
    return []


def tables_of(method: Method, scaling: str, point: Tables, n: int, tokens: int, *, budget: int = BUDGET) -> dict[str, dict[str, Any]]:  # fmt: skip
    """The tables of RUN.toml that decide what is trained; `n` training prompts, completions of at most `tokens` tokens."""
    per_step = min(PER_STEP, budget)
    grpo: dict[str, Any] = {
        "learning_rate": 5e-4,
        "num_generations": GROUP,
        "per_device_train_batch_size": per_step,
        "max_completion_length": tokens,
        "save_strategy": "no",
        **SCALING[scaling],
    }
    tables: dict[str, dict[str, Any]] = {"grpo": grpo}
    for extra in (method.tables or {}, point):
        for table, keys in extra.items():
            tables[table] = {**tables.get(table, {}), **keys}
    used = tables["grpo"].get("num_iterations", 1)  # as many generations, each used so often
    tables["grpo"]["max_steps"] = used * budget // tables["grpo"]["per_device_train_batch_size"]
    if method.raft:
        prompts, rounds = min(n, 12), int(tables["raft"]["rounds"])
        tables["raft"] |= {
            "prompts": prompts,
            "num_generations": budget // (prompts * rounds),
            "max_completion_length": tokens,
            "most": 4,
        }
        del tables["grpo"]
    return tables


def _sft(rate: float, epochs: int) -> dict[str, Any]:
    return {"learning_rate": rate, "num_train_epochs": epochs}
