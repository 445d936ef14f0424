"""What to change, by what the sampled completions got."""

from __future__ import annotations

from rewardkit.errors import ConfigError, GuardStop

from .probe import Probe

_MOST = 0.5  # share of saturated, truncated or repeated completions from which a warning is due
_BY_LENGTH = 0.7  # correlation from which length explains half of the order
_FEWEST_PROMPTS = 4  # under which a correlation with length is no news


def advise(
    found: Probe,
    *,
    unscored_limit: float,
    certain: bool,
    table: str = "grpo",
    ends: tuple[float, float] = (0.0, 1.0),
    length_aware: bool = False,
) -> list[str]:
    """Warnings about a probe. Raises ConfigError when nothing can be learned, GuardStop when too much is unscored.

    `certain` False (a warm start is still to come) turns the first into a warning; `table` is that of the method, `ends` the grader's range;
    a `length_aware` grader may follow length.
    """
    if found.unscored > unscored_limit:
        raise GuardStop(
            f"preflight: {found.unscored:.0%} of the sampled completions could not be scored (allowed: {unscored_limit:.0%}): "
            f"{found.causes}. Mend the grader or its data; `rewardkit test` shows where"
        )
    why = _nothing_accepted_apart(found) if table == "raft" else _nothing_told_apart(found, ends)
    if why and certain:
        raise ConfigError(why)
    warnings = [why + "; the warm start may change that"] if why else []
    if table == "raft" and found.accepted == 0:
        warnings.append(
            f"none of the {found.completions} sampled completions is accepted, and RAFT learns from accepted ones alone. Lower [raft] "
            "accept, give easier prompts, more completions a prompt (num_generations) or a warm start ([sft])"
        )
    if table == "grpo" and not why and found.saturated > _MOST:
        warnings.append(
            f"{found.saturated:.0%} of the groups are saturated and teach nothing; partial credit or more completions a prompt help"
        )
    return [*warnings, *_on_texts(found, table, length_aware)]


def _on_texts(found: Probe, table: str, length_aware: bool) -> list[str]:
    warnings = []
    if found.truncated > _MOST:
        warnings.append(
            f"{found.truncated:.0%} of the completions are cut off; raise [{table}] max_completion_length"
        )
    if found.unique < 1 - _MOST:
        warnings.append(
            f"only {found.unique:.0%} of the completions of a prompt are distinct; raise [{table}] temperature"
        )
    related = found.by_length
    if (
        related is not None
        and abs(related) > _BY_LENGTH
        and found.prompts >= _FEWEST_PROMPTS
        and not length_aware
    ):
        worth = "longer" if related > 0 else "shorter"
        warnings.append(
            f"the {worth} of two completions of a prompt gets the higher reward nearly always (rank correlation {related:+.2f}), so length may "
            f"be all that is learned. If the length is meant to count, declare length_aware=True; else see `rewardkit test --on`"
        )
    return warnings


def _nothing_told_apart(found: Probe, ends: tuple[float, float]) -> str:
    """Why GRPO can learn nothing; empty when it can."""
    if found.saturated < 1:
        return ""
    low, high = ends
    same = f"preflight: in all {found.prompts} groups of {found.k} completions every reward is the same"
    if found.lowest == high:
        return f"{same}, {high:g}, which is full marks: there is nothing left to learn. Give harder prompts, or a stricter grader"
    at_bottom = ", the lowest that the grader gives" if found.highest == low else ""
    return (
        f"{same}{at_bottom}, so GRPO has nothing to learn from. Give partial credit (@partial_credit), easier prompts, a warm start ([sft]), "
        "more completions a prompt ([grpo] num_generations) or a higher temperature"
    )


def _nothing_accepted_apart(found: Probe) -> str:
    """Why RAFT can learn nothing; empty when it can."""
    if found.accepted < 1:
        return ""
    return (
        f"preflight: all {found.completions} sampled completions are accepted, so RAFT has nothing to learn from. Raise [raft] accept "
        "(and give partial credit, if more is not to be had) or give harder prompts"
    )
