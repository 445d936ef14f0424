"""When a training cannot come to anything any more: its numbers have broken down, its randomness is gone, its answers run to the limit.

    broken      the loss or the norm of the gradient is not finite; the step is not taken
    collapsed   for `patience` steps: entropy below `min_entropy`, every group saturated, the reward clearly below the pass mark of the grader
    runaway     for `patience` steps: most completions cut off, `max_length_growth` times as long as at the start, and the reward no better than
                at the start, or fallen by a tenth of its range from its best

A model that has learnt its task has no entropy either, with full reward; a model that learns to think writes longer answers, with a rising
reward: neither is stopped. The two verdicts on several steps are functions of the logged steps alone, so that a resumed training stops where
one that was not interrupted does, and one that is started again all the same goes on for `patience` steps before it is stopped again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any, TypeAlias

from transformers import TrainerCallback

from rewardkit.errors import GuardStop
from rewardkit.grader import Grader

from ..settings.tables import Guard

Log: TypeAlias = Mapping[str, Any]
"""What TRL logs of a step, under TRL's names."""

SATURATED = 0.99  # of the groups
MARGIN = 0.1
"""Share of the grader's range by which a reward is clearly below another."""

_START = 5  # steps that say how a training began
_MOST_CUT = 0.5
_UNBOUNDED = 1e6  # a range of a grader that declares none


@dataclass(frozen=True, slots=True)
class Limits:
    """What the health of a training is held against; 0 turns a limit off. `mark` and `width` are the grader's pass mark and range."""

    min_entropy: float
    max_length_growth: float
    patience: int
    mark: float = 1.0
    width: float = 1.0

    @classmethod
    def of(cls, guard: Guard, grader: Grader) -> Limits:
        """Those of a run."""
        low, high = grader.options.range
        bounded = high - low < _UNBOUNDED
        return cls(
            guard.min_entropy
            if bounded
            else 0.0,  # nobody knows what is far below the mark of a boundless reward
            guard.max_length_growth,
            guard.patience,
            grader.options.solved_at,
            high - low if bounded else math.inf,
        )


def sickness(steps: Sequence[Log], limits: Limits) -> str | None:
    """What is wrong at the last of these steps, in a sentence; None when nothing is, or nothing has been for `patience` steps."""
    for signs, told in ((_is_collapsed, _collapsed), (_is_runaway, _runaway)):
        ill = signs(steps, limits)
        if not ill(steps[-1]):
            continue
        count = _streak(steps, ill)
        if count % limits.patience == 0:
            found = told(steps, limits, count)
            if found:
                return found
    return None


def _is_collapsed(steps: Sequence[Log], limits: Limits) -> Callable[[Log], bool]:
    bar = limits.mark - MARGIN * limits.width

    def ill(step: Log) -> bool:
        return (
            limits.min_entropy > 0
            and _number(step, "entropy", math.inf) < limits.min_entropy
            and _number(step, "frac_reward_zero_std", 0.0) >= SATURATED
            and _number(step, "reward", math.inf) < bar
        )

    return ill


def _collapsed(steps: Sequence[Log], limits: Limits, count: int) -> str:
    last = steps[-1]
    return (
        f"the model's answers have collapsed: for {count} steps its entropy was below {limits.min_entropy:g} (now {last['entropy']:.2g}) and all "
        f"completions of each prompt got the same reward (mean {last['reward']:.2f}, pass mark {limits.mark:g}), so there is nothing left to learn "
        "from. Start again with a lower learning_rate, a higher temperature or beta > 0"
    )


def _is_runaway(steps: Sequence[Log], limits: Limits) -> Callable[[Log], bool]:
    start = mean(_number(step, _LENGTH, 0.0) for step in steps[:_START])

    def ill(step: Log) -> bool:
        return (
            limits.max_length_growth > 0
            and _number(step, "completions/clipped_ratio", 0.0) > _MOST_CUT
            and _number(step, _LENGTH, 0.0) > limits.max_length_growth * start > 0
        )

    return ill


def _runaway(steps: Sequence[Log], limits: Limits, count: int) -> str:
    """Empty where the reward justifies the length."""
    now = _mean_reward(steps[-limits.patience :])
    start = _mean_reward(steps[:_START])
    best = max(
        _mean_reward(steps[at : at + limits.patience]) for at in range(len(steps) - limits.patience + 1)
    )
    fallen = now < best - MARGIN * limits.width
    if now > start and not fallen:
        return ""
    length, cut = steps[-1][_LENGTH], steps[-1]["completions/clipped_ratio"]
    begun = mean(_number(step, _LENGTH, 0.0) for step in steps[:_START])
    since = f"at its best it was {best:.2f}" if fallen else f"at the start it was {start:.2f}"
    return (
        f"the answers run to the token limit: for {count} steps most of them were cut off (now {cut:.0%}), {length:,.0f} tokens long where "
        f"the first had {begun:,.0f}, and the reward is {now:.2f}, {since}. Start again with a lower learning_rate, "
        "mask_truncated_completions = true, or a reward that does not pay for answers that are cut off"
    )


_LENGTH = "completions/mean_length"


def _streak(steps: Sequence[Log], ill: Callable[[Log], bool]) -> int:
    """How many steps in a row, up to the last, were ill."""
    count = 0
    for step in reversed(steps):
        if not ill(step):
            break
        count += 1
    return count


def _mean_reward(steps: Sequence[Log]) -> float:
    """nan where nothing was scored."""
    known = [value for step in steps if math.isfinite(value := _number(step, "reward", math.nan))]
    return mean(known) if known else math.nan


def _number(step: Log, name: str, missing: float) -> float:
    value = step.get(name)
    return float(value) if isinstance(value, int | float) else missing


class HealthCallback(TrainerCallback):  # type: ignore[misc]  # transformers has no types
    """Stops a training that is ill. `limits` None looks only at whether its numbers are finite, as for SFT.

    Every process sees the same numbers, which TRL gathers and DDP averages, so all stop at the same step.
    """

    def __init__(self, phase: str, limits: Limits | None) -> None:
        self._phase = phase
        self._limits = limits
        self._steps: list[Log] = []
        self._skipped = 0
        self.stopped: str | None = None

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """A resumed training knows the steps before its checkpoint."""
        self._steps = [log for log in state.log_history if "loss" in log]

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """Raise GuardStop before a step with a gradient that is not finite is taken: the weights are still those of the step before."""
        from torch.nn.utils import get_total_norm

        gradients = [weights.grad for weights in model.parameters() if weights.grad is not None]
        if bool(get_total_norm(gradients).isfinite()):
            self._skipped = 0
            return
        self._skipped += 1
        scaled = bool(args.fp16)  # its loss scaler leaves such steps out, and tries a smaller scale
        if not scaled or self._skipped >= _SCALES:
            raise GuardStop(broken(self._phase, state.global_step + 1, "the gradient is not finite"))

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any
    ) -> None:
        """Look at the step that was logged; what is stopped for several steps is saved, to be gone on from if somebody thinks otherwise."""
        if not logs or "loss" not in logs:
            return
        if not math.isfinite(_number(logs, "loss", 0.0)):
            raise GuardStop(broken(self._phase, state.global_step, "the loss is not finite"))
        self._steps.append(dict(logs))
        ends = state.global_step >= state.max_steps or control.should_training_stop
        if self._limits is None or ends:
            return
        found = sickness(self._steps, self._limits)
        if found is not None:
            self.stopped = f"stopped at step {state.global_step} of {self._phase}: {found}. {_GO_ON}"
            control.should_training_stop = True
            control.should_save = True


_GO_ON = (
    "If that is as it should be: the step was saved and the same command goes on; [guard] patience, or min_entropy = 0 and "
    "max_length_growth = 0, say when to stop again"
)
_SCALES = 20  # halvings of the loss scale after which fp16 has no excuse left


def broken(phase: str, step: int, what: str) -> str:
    """The sentence about a training whose numbers have broken down."""
    return (
        f"stopped at step {step} of {phase}: {what}. The last checkpoint is from before, but the same settings come to the same point: start "
        'again, under another name, with a lower learning_rate, with warmup_steps, or, on a GPU, with [load] dtype = "float32" and bf16 in '
        "place of fp16"
    )
