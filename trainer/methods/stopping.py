"""Why a training stops before its end, in sentences that say what to do: the same for every method."""

from __future__ import annotations

from rewardkit.errors import GuardStop
from rewardkit.guard import BudgetSpent, Guard, Window
from rewardkit.runs import Checked
from rewardkit.runs.wording import checks_told
from rewardkit.scores import Score

from ..settings.config import RunFile


def check_window(window: Window[Score], run: RunFile, place: str) -> None:
    """GuardStop when more of the window's completions are unscored than [guard] allows, BudgetSpent when the judge's budget did not last."""
    allowed = Guard(run.config.guard.unscored_limit, window.size).allowed
    if window.budget_spent:
        raise BudgetSpent(
            f"stopped at {place}: {window.example:.200}. The same command with a larger [judge] budget in "
            f"{run.toml.path.name} goes on from the last checkpoint"
        )
    if window.unscored > allowed:
        raise GuardStop(
            f"stopped at {place}: {window.unscored} of the last {len(window.scores)} completions could not be scored "
            f"(allowed: {allowed}): {window.most_common()}. The last: {window.example:.200}. Mend the cause and run the same command "
            f"again; it goes on from the last checkpoint. [guard] unscored_limit in {run.toml.path.name} sets the limit."
        )


def stopped_by_checks(found: Checked, run: RunFile) -> GuardStop:
    """What [guard] stop_on_checks ends a training with."""
    return GuardStop(
        f"stopped at step {found.step}, as [guard] stop_on_checks in {run.toml.path.name} says: {checks_told(found)}. "
        "checks.jsonl has the evidence. The same command goes on from this checkpoint"
    )
