"""The prompts of a small run one by one: under ten, a mean says little and its interval nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .dots import FEWEST
from .figures import Cell, Table
from .records import Result, SampleRecord
from .wording import shortened, stage_label


class Items:
    """The scores of one grader and decoding, by prompt and stage; a run with more than nine prompts keeps none of them."""

    def __init__(self, grader: str, decoding: str) -> None:
        self._about = (grader, decoding)
        self._values: dict[str, dict[str, list[float | None]]] = {}
        self._many = False

    def add(self, result: Result) -> None:
        """Count a result, where it is one of those that this is about."""
        if self._many or (result.grader, result.decoding) != self._about:
            return
        self._values.setdefault(result.sample, {}).setdefault(result.stage, []).append(result.value)
        if len(self._values) >= FEWEST:
            self._many = True
            self._values = {}

    @property
    def samples(self) -> set[str]:
        """The ids of the prompts that are listed."""
        return set(self._values)

    def table(self, stages: Sequence[str], samples: Mapping[str, SampleRecord]) -> Table | None:
        """A line per prompt with its mean score at each stage; None where there are ten or more, or none."""
        lines = [
            (_label(name, samples.get(name)), [_cell(by_stage.get(stage, [])) for stage in stages])
            for name, by_stage in self._values.items()
        ]
        return Table([stage_label(stage) for stage in stages], lines) if lines else None


def _label(name: str, sample: SampleRecord | None) -> str:
    return name if sample is None else f"{name}: {shortened(' '.join(sample.prompt.split()), 90)}"


def _cell(values: Sequence[float | None]) -> Cell:
    scored = [value for value in values if value is not None]
    if not scored:
        return Cell("unscored" if values else "\N{EN DASH}")
    mean = sum(scored) / len(scored)
    missing = len(values) - len(scored)
    return Cell(
        f"{mean:.2f}", f"{missing} of {len(values)} unscored" if missing else "", min(1.0, max(0.0, mean))
    )
