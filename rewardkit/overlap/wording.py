"""An overlap in plain sentences, for a terminal or a report."""

from __future__ import annotations

from collections.abc import Mapping

from ..runs.wording import percent
from .findings import GRADES, Hit, Kind, Overlap, Place, clean_ids
from .limits import MOST, NEAR, SOME

TITLES: Mapping[Kind, str] = {
    "exact": "the same prompt",
    "near": f"nearly the same prompt (Jaccard index {NEAR:g} or more)",
    "ngrams": f"{percent(MOST)} or more of the prompt's 13-grams in one training prompt (of 8 to 12 words: the whole of it)",
    "prompt_and_reference": "a like prompt with the same reference, in one row",
    "some_ngrams": f"{percent(SOME)} or more of the prompt's 13-grams, over all training prompts or with other numbers",
    "other_numbers": "nearly the same prompt with other numbers",
    "reference": "the same long reference",
    "query": "the same query but for literals",
    "database": "the same database",
    "reference_in_prompt": "the reference stands in its own prompt",
}


def told(overlap: Overlap) -> list[str]:
    """What was found in sentences: how many rows are contaminated, each kind with its first example, and what was left out."""
    by_kind = {kind: overlap.of_kind(kind) for kind in GRADES}
    kinds = [_kind_told(kind, hits) for kind, hits in by_kind.items() if hits]
    return [_verdict(overlap), *kinds, *_notes(overlap)]


def _verdict(overlap: Overlap) -> str:
    rows, clean = len(overlap.ids), clean_ids(overlap)
    contaminated = sum(ident not in clean for ident in overlap.ids)
    against = f"against {_count(overlap.train_rows, 'training row')}"
    if contaminated:
        return (
            f"{contaminated:,} of {_count(rows, 'evaluation row')} ({percent(contaminated / rows)}) {'is' if contaminated == 1 else 'are'} contaminated: "
            f"training has the same, or nearly ({against})."
        )
    warned = " What follows are warnings." if overlap.hits else ""
    return f"None of {_count(rows, 'evaluation row')} is contaminated ({against}).{warned}"


def _kind_told(kind: Kind, hits: list[Hit]) -> str:
    best = max(hits, key=lambda hit: hit.share)
    example = _named(best.evaluation)
    if best.training is not None:
        example += f" and {_named(best.training)}"
    share = f", {best.share:.2f}" if best.share < 1 else ""
    return f"{_count(len(hits), 'row')}: {TITLES[kind]}; for example {example}{share}."


def _notes(overlap: Overlap) -> list[str]:
    notes = []
    rows = len(overlap.ids)
    if rows and len(overlap.of_kind("database")) == rows:
        notes.append(
            "Training has every database of the evaluation: the split is by question, and its figures say nothing about databases that are new."
        )
    if overlap.shared >= 0.01:
        notes.append(
            f"{percent(overlap.shared)} of the evaluation's n-grams stand in many of its prompts (instructions, schemas, templates) and "
            "were left out."
        )
    if overlap.empty:
        notes.append(
            f"{_count(overlap.empty, 'evaluation row')} without a prompt could not be compared by it."
        )
    return notes


def _named(place: Place) -> str:
    return place.where or f"row {place.id!r}"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
