"""What graders printed where something went wrong: kept in faults.jsonl, beside the results, and shown by an example for each cause."""

from __future__ import annotations

from collections.abc import Sequence

from rewardkit.runs import RunFolder
from rewardkit.runs.reading import iter_faults

from .answers import Scored


def keep(scored: Sequence[Scored], folder: RunFolder) -> None:
    """Write faults and results of one batch; the faults first, so that no result is ever there without its own."""
    folder.append_faults(each.fault for each in scored if each.fault is not None)
    folder.append_results(each.result for each in scored)


def outputs_of(folder: RunFolder) -> dict[str, dict[str, str]]:
    """By grader and cause, what was printed on the latest completion of that cause."""
    outputs: dict[str, dict[str, str]] = {}
    for fault in iter_faults(folder.path):
        outputs.setdefault(fault.grader, {})[fault.cause] = fault.output
    return outputs
