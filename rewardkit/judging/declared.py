"""What a rubric's author declared, for those who ask about the rubric itself and not about an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from .bars import MinKappa
from .criteria import Criterion
from .judges import Judge

if TYPE_CHECKING:
    from ..grader import Grader


@dataclass(frozen=True, slots=True)
class Declared:
    """What `@rubric` leaves on its function.

    judges: makes the judges; GraderError when none is named. criteria: those for a row, by its columns. min_kappa: the bar, if there is
    one. labels: the file whose settled labels are cases, as seen from the rubric's; empty without.
    """

    judges: Callable[[], tuple[Judge, ...]]
    criteria: Callable[[Mapping[str, Any]], tuple[Criterion, ...]]
    min_kappa: MinKappa | None
    labels: str


def declared_of(rubric: Grader) -> Declared:
    """What the author of this rubric declared; it must be one (`kind == "rubric"`)."""
    return cast(Declared, rubric.function.declared)  # type: ignore[union-attr]
