"""Clinical coding: the one ICD-10 code of the main diagnosis. The right category with a wrong subcode is worth a little."""

import re
from collections.abc import Iterator

from rewardkit import Step, Unscored, case, order, partial_credit, probe

CODE = re.compile(r"\b([A-Z][0-9][0-9A-Z])(?:\.?([0-9A-Z]{1,4}))?\b", re.IGNORECASE)


def codes_in(text: str) -> set[tuple[str, str]]:
    """The codes of a text as (category, subcode): 'e11.9' and 'E119' -> ('E11', '9')."""
    return {(category.upper(), subcode.upper()) for category, subcode in CODE.findall(text)}


@case("Main diagnosis: E11.9", reference="E11.9", expect=1)
@case("e119", reference="E11.9", expect=1)
@case("E11.65", reference="E11.9", expect="category")
@case("E11", reference="E11.9", expect="category")
@case("I10", reference="E11.9", expect=0)
@case("E11.9 or E11.65", reference="E11.9", expect=0)
@case("Diabetes.", reference="E11.9", expect=0)
@order("J45.0", "E11.65", "E11.9", reference="E11.9")
@probe("E10 E11 E12 E13 E14", reference="E11.9")
@partial_credit({"category": 0.2, "code": 1.0}, answer="label", partial_cap=0.2)
def main_diagnosis(completion: str, reference: str) -> Iterator[Step]:
    """One code that has the right category; that is the right code."""
    truth = codes_in(reference)
    if len(truth) != 1:
        raise Unscored(f"{reference!r} is not one code")
    given = codes_in(completion)
    yield (
        "category",
        len(given) == 1 and {category for category, _ in given} == {category for category, _ in truth},
    )
    yield "code", given == truth, "right category, other subcode"
