"""What a tool said of a grader."""

from __future__ import annotations

from dataclasses import dataclass, field

from rewardkit.checking import GraderReport

from .corpus import Specimen

OURS = "rewardkit test"


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a tool found something (None: it could not run), what, and after how many seconds. `line` names the tool and its settings."""

    specimen: Specimen
    found: bool | None
    what: tuple[str, ...]
    seconds: float
    report: GraderReport | None = field(default=None, repr=False)
    line: str = OURS

    @property
    def right(self) -> bool:
        """Whether that is the truth."""
        return self.found == self.specimen.flawed
