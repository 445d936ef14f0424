"""What is written of a pair: a label with its reason, or why there is none."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from .candidates import Labelled, OtherKind
from .groups import FEW
from .labels import Tally
from .questions import Question
from .verdicts import Verdicts, key

Label = Literal["equal", "different", "undecidable", "invalid", "unread"]


class Record(BaseModel):
    """One line. `type` is the edit of a mutant or rewrite, the number of the other question, or how a variant came to be."""

    model_config = ConfigDict(frozen=True)

    database: str
    question: int
    kind: OtherKind
    type: str
    gold: str
    other: str
    label: Label
    differing: int
    instances: int
    reason: str
    first: str  # the seed of the first instance that differs
    key: str


def record(question: Question, gold: str, labelled: Labelled, verdicts: Verdicts) -> Record:
    """The line of a pair: where a person has decided, that counts."""
    other, tally = labelled.other, labelled.tally
    name = key(question.database, gold, other.sql)
    label, reason = _label(labelled)
    if name in verdicts:
        label, why = verdicts[name]
        reason = f"read: {why}"
    return Record(
        database=question.database,
        question=question.index,
        kind=other.kind,
        type=other.type,
        gold=gold,
        other=other.sql,
        label=label,
        differing=tally.differing,
        instances=tally.usable,
        reason=reason,
        first=tally.first,
        key=name,
    )


def _label(labelled: Labelled) -> tuple[Label, str]:
    tally, loose, kind = labelled.tally, labelled.loose, labelled.other.kind
    if labelled.error:
        return "invalid", labelled.error
    if kind == "rewrite":
        return ("unread", "a rewrite that differs") if tally.differing else ("equal", "all instances agree")
    if tally.differing > FEW:
        return "different", _how(tally)
    if loose is not None and loose.differing:
        return "undecidable", "differs only where an undeclared key, reference or order of dates breaks"
    if tally.differing:
        return "unread", f"few instances differ: {_how(tally)}"
    return ("equal", "all instances agree") if kind == "variant" else ("unread", "all instances agree")


def _how(tally: Tally) -> str:
    """What differs on the instances that do."""
    if tally.order == tally.differing:
        return "only the order differs"
    if tally.failed == tally.differing:
        return "the other query fails"
    return (
        f"the rows differ on {tally.rows}, only the order on {tally.order}"
        if tally.order
        else "the rows differ"
    )
