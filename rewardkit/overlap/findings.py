"""What was found: for each evaluation row the kinds of overlap, each with the training row that shows it best."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    "exact",
    "near",
    "ngrams",
    "prompt_and_reference",
    "some_ngrams",
    "other_numbers",
    "reference",
    "query",
    "database",
    "reference_in_prompt",
]
Grade: TypeAlias = Literal["contaminated", "warning"]

GRADES: Mapping[Kind, Grade] = MappingProxyType(
    {
        "exact": "contaminated",
        "near": "contaminated",
        "ngrams": "contaminated",
        "prompt_and_reference": "contaminated",
        "some_ngrams": "warning",
        "other_numbers": "warning",
        "reference": "warning",
        "query": "warning",
        "database": "warning",
        "reference_in_prompt": "warning",
    }
)
"""Every kind, in the order of reports, and whether it makes a row count as trained on."""

CONTAMINATED: Set[Kind] = frozenset(kind for kind, grade in GRADES.items() if grade == "contaminated")


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a file: its id, `file:line` (empty for rows made in Python) and the beginning of what it asks."""

    id: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One kind of overlap of one evaluation row.

    `training` is the row that shows it best, None for `reference_in_prompt`. `share`, over 0 up to 1, is the Jaccard index for `near` and
    `other_numbers`, the share of the prompt's n-grams for `ngrams` and `some_ngrams`, else 1.
    """

    kind: Kind
    evaluation: Place
    training: Place | None
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two files have in common.

    `ids` are those of all evaluation rows, `hits` are sorted by kind, then by row. `empty` counts evaluation rows that ask nothing and were
    compared by reference, database and query only; `shared` is the share of the evaluation's n-grams that was left out as text of the task.
    """

    train_rows: int
    ids: tuple[str, ...]
    hits: tuple[Hit, ...]
    empty: int = 0
    shared: float = 0.0

    def of_kind(self, kind: Kind) -> list[Hit]:
        """The hits of one kind, in the order of the rows."""
        return [hit for hit in self.hits if hit.kind == kind]

    def kinds(self) -> dict[str, tuple[Kind, ...]]:
        """Each evaluation id that overlaps, with its kinds in the order of GRADES."""
        found: defaultdict[str, list[Kind]] = defaultdict(list)
        for hit in self.hits:
            found[hit.evaluation.id].append(hit.kind)
        return {ident: tuple(found[ident]) for ident in dict.fromkeys(self.ids) if ident in found}


def clean_ids(overlap: Overlap, *, kinds: Set[Kind] = CONTAMINATED) -> set[str]:
    """Ids of the evaluation rows that none of `kinds` was found in: what figures "without the overlap" are made of."""
    return set(overlap.ids) - {hit.evaluation.id for hit in overlap.hits if hit.kind in kinds}
