"""Contract review: which type of clause is it?"""

from rewardkit import Unscored, case, reward

TYPES = (
    "Governing Law",
    "Limitation of Liability",
    "Confidentiality",
    "Termination for Convenience",
    "Assignment",
    "Force Majeure",
)


@case("Governing Law", reference="Governing Law", expect=1)
@case("Force Majeure\n", reference="Force Majeure", expect=1)
@case("Assignment", reference="Governing Law", expect=0)
@case("Governing Law, Assignment", reference="Governing Law", expect=0)
@case("Not Governing Law", reference="Governing Law", expect=0)
@case("", reference="Governing Law", expect=0)
@case("Assignment", reference="Audit", expect="unscored")
@reward(answer="label")
def clause_type(completion: str, reference: str) -> bool:
    """The clause type that the lawyer chose."""
    if reference not in TYPES:
        raise Unscored(f"unknown clause type {reference!r}")
    return completion.strip() == reference
