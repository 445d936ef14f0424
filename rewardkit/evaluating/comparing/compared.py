"""What a comparison found: the base, and for each other side its figures, regressions and notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .figures import Figures
from .regressions import Regression
from .sides import Side


@dataclass(frozen=True, slots=True)
class Against:
    """One other side against the base: the primary figures first, the worst regressions of the primary grader, and notes in words.

    `only_base`, `only_other` and `changed` count prompts that were left out: on one side only, or with another prompt or reference under the same id.
    `unscored` and `characters` (mean length of a completion) are (base, other). `slices` has the primary figures of each part of the data, named `COLUMN = VALUE`, corrected for
    their number among themselves.
    """

    other: Side
    figures: tuple[Figures, ...]
    regressions: tuple[Regression, ...]
    only_base: int
    only_other: int
    changed: int
    unscored: tuple[int, int]
    characters: tuple[float, float]
    notes: tuple[str, ...]
    slices: tuple[tuple[str, Figures], ...] = ()

    @property
    def primary(self) -> Figures:
        """The figures that the verdict is about."""
        return self.figures[0]

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return {
            "other": self.other.label,
            "verdict": self.primary.verdict,
            "figures": [each.as_json() for each in self.figures],
            "prompts_only_base": self.only_base,
            "prompts_only_other": self.only_other,
            "prompts_changed": self.changed,
            "unscored": list(self.unscored),
            "characters": list(self.characters),
            "slices": [{"slice": part, **each.as_json()} for part, each in self.slices],
            "regressions": [each.as_json() for each in self.regressions],
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True, repr=False)
class Compared:
    """The base and what was compared with it, in the order given."""

    base: Side
    decoding: str
    pairs: tuple[Against, ...]

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "base": self.base.label,
            "decoding": self.decoding,
            "comparisons": [pair.as_json() for pair in self.pairs],
        }

    def __repr__(self) -> str:
        from .wording import headline

        return f"<Compared: {' '.join(headline(self, pair) for pair in self.pairs)}>"

    def _repr_html_(self) -> str:
        """The verdicts and figures as a small fragment, for notebooks."""
        from .notebook import comparison_html

        return comparison_html(self)
