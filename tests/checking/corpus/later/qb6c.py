"""Named entities as BIO tags, one for each token."""

import re
from collections.abc import Iterator

from rewardkit import Step, case, order, partial_credit, probe

TAG = re.compile(r"O|[BI]-[A-Z]{1,12}")
ANNA = {"tokens": ["Anna", "Berg", "visited", "Rome"], "reference": ["B-PER", "I-PER", "O", "B-LOC"]}
QUIET = {"tokens": ["It", "rained"], "reference": ["O", "O"]}


def spans(tags: list[str]) -> set[tuple[int, int, str]]:
    """(start, end, type) of every entity; an I- that continues nothing belongs to none."""
    found, start = set(), None
    for place, tag in enumerate([*tags, "O"]):
        if start is not None and tag != f"I-{tags[start][2:]}":
            found.add((start, place, tags[start][2:]))
            start = None
        if tag.startswith("B-"):
            start = place
    return found


def f1(got: set, wanted: set) -> float:
    if not got and not wanted:
        return 1.0
    return 2 * len(got & wanted) / (len(got) + len(wanted))


@case("B-PER I-PER O B-LOC", **ANNA, expect=1)
@case('["B-PER", "I-PER", "O", "B-LOC"]', **ANNA, expect=1)
@case("B-PER O O B-LOC", **ANNA, expect=[0.3, 0.7])
@case("O O O O", **ANNA, expect="aligned")
@case("B-PER I-PER O", **ANNA, expect=0)
@case("O O", **QUIET, expect=1)
@order("no entities", "O O O O", "O O O B-LOC", "B-PER I-PER O B-LOC", **ANNA)
@probe("B-PER B-PER B-PER B-PER", ceiling=0.1, **ANNA)
@partial_credit({"aligned": 0.1, "spans": 0.8, "exact": 1.0}, format_strict=True)
def bio_tags(completion: str, reference: list[str], tokens: list[str]) -> Iterator[Step]:
    """One legal tag for each token; then the F1 of the entities; everything only for the very tags of the reference."""
    tags = re.findall(r"[^\s,\[\]\"']+", completion)
    yield (
        "aligned",
        len(tags) == len(tokens) and all(TAG.fullmatch(tag) for tag in tags),
        "not one tag for each token",
    )
    yield "spans", f1(spans(tags), spans(reference)), "some entities differ"
    yield "exact", tags == reference
