"""Germline variant classification after ACMG/AMP: five classes, two of which hold the name of another."""

import re

from rewardkit import Unscored, case, probe, reward

CLASSES = {
    "benign": "benign",
    "likely benign": "likely benign",
    "uncertain significance": "uncertain significance",
    "variant of uncertain significance": "uncertain significance",
    "vus": "uncertain significance",
    "likely pathogenic": "likely pathogenic",
    "pathogenic": "pathogenic",
}
CLASSES |= {f"class {number}": name for number, name in enumerate(dict.fromkeys(CLASSES.values()), start=1)}


def class_of(text: str) -> str | None:
    words = re.sub(r"[\s\-_*`\"'\u2010\u2011]+", " ", text).strip(" .:;,").casefold()
    twice = re.fullmatch(r"([^()]*?) ?\(([^()]*)\)", words)  # uncertain significance (VUS)
    if twice and CLASSES.get(twice[1]) == CLASSES.get(twice[2]):
        return CLASSES.get(twice[1])
    return CLASSES.get(words)


@case("Classification: Likely pathogenic", reference="likely pathogenic", expect=1)
@case("PVS1 and PM2 apply.\n**Classification:** likely-pathogenic.", reference="likely pathogenic", expect=1)
@case("VUS", reference="uncertain significance", expect=1)
@case("Classification: likely pathogenic", reference="pathogenic", expect=0)
@case("Classification: not benign", reference="pathogenic", expect=0)
@probe("Classification: benign, likely benign or pathogenic", reference="pathogenic")
@probe("Classification: benign\nClassification: pathogenic", reference="pathogenic")
@reward(answer="label", timeout=2)
def variant_class(completion: str, reference: str) -> bool:
    """The class on the line 'Classification: ...', or the whole answer when there is no such line."""
    wanted = class_of(reference)
    if wanted is None:
        raise Unscored(f"{reference!r} is no ACMG class")
    lines = [line.strip(" \t*_`>#-") for line in completion.splitlines()]
    named = [line.split(":", 1)[1] for line in lines if re.match(r"(?i)(?:final )?classification\s*:", line)]
    whole = re.sub(
        r"^\s*(?:the )?(?:answer|classification|variant)(?: is)?:? ", "", completion, flags=re.IGNORECASE
    )
    return {class_of(text) for text in named or [whole]} == {wanted}
