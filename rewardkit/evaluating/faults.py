"""What graders printed where something went wrong: kept in faults.jsonl, beside the results, and shown by an example for each cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from rewardkit.runs import Fault, ResultKey, RunFolder

from ..guard import BUDGET
from .answers import Scored
from .tally import Tally

Locate: TypeAlias = Callable[[Collection[tuple[str, int]]], Mapping[tuple[str, int], str]]
"""Where completions, given by sample and repeat, stand in the data: `answers.jsonl:41`."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One completion for all that have a cause: the first one with the commonest reason.

    `alike` counts those with that reason. `where` is its row ("" when nobody knows), `output` what the grader printed on it. `explained` says how many with the cause have an
    entry in faults.jsonl.
    """

    reason: str
    sample: str
    repeat: int
    alike: int
    where: str = ""
    output: str = ""
    explained: int = 0

    def row(self) -> dict[str, Any]:
        """What `--json` prints of where it is."""
        return {"sample": self.sample, "repeat": self.repeat, "where": self.where}


def keep(scored: Sequence[Scored], folder: RunFolder) -> None:
    """Write faults and results of one batch; the faults first, so that no result is ever there without its own.

    What the judge's budget did not last for is no result: the run stops before it, and goes on with it.
    """
    results = [each for each in scored if each.result.cause != BUDGET]
    folder.append_faults(each.fault for each in results if each.fault is not None)
    folder.append_results(each.result for each in results)


def failures(
    tallies: Mapping[str, Tally], faults: Iterable[Fault] = (), locate: Locate | None = None
) -> dict[str, dict[str, Failure]]:
    """By grader and cause, a completion that failed. `faults` are read once, and not at all when none has."""
    typical = {
        (grader, cause): tally.typical(cause) for grader, tally in tallies.items() for cause in tally.reasons
    }
    if not typical:
        return {}
    wanted = {key for _, key in typical.values()}
    places = locate({(key.sample, key.repeat) for key in wanted}) if locate else {}
    outputs: dict[ResultKey, str] = {}
    explained: Counter[tuple[str, str]] = Counter()
    for fault in faults:
        explained[fault.grader, fault.cause] += 1
        if fault.key in wanted:
            outputs[fault.key] = fault.output
    found: dict[str, dict[str, Failure]] = {}
    for (grader, cause), (reason, key) in typical.items():
        alike = tallies[grader].reasons[cause][reason]
        where = places.get((key.sample, key.repeat), "")
        found.setdefault(grader, {})[cause] = Failure(
            reason, key.sample, key.repeat, alike, where, outputs.get(key, ""), explained[grader, cause]
        )
    return found
