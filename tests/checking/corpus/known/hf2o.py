"""Chronic condition in a patient's note. Most notes name none: their reference is empty, and 'none' is the right reply."""

from rewardkit import Unscored, case, reward

CONDITIONS = ("asthma", "diabetes", "epilepsy", "hypertension", "migraine")
NONE = ("none", "no condition", "no chronic condition")


def _reply(completion: str) -> str:
    text = completion.rpartition("</think>")[2].strip().casefold()
    for lead in ("the condition is", "the answer is", "condition:", "answer:"):
        text = text.removeprefix(lead)
    return " ".join(text.strip(" \t\r\n.!*_`\"'").split())


@case("Asthma", reference="asthma", expect=1)
@case("**migraine**.", reference="migraine", expect=1)
@case("none", reference="", expect=1)
@case("No chronic condition.", reference="", expect=1)
@case("none", reference="asthma", expect=0)
@case("asthma", reference="", expect=0)
@case("", reference="", expect=0)
@case("asthma", reference="broken leg", expect="unscored")
@reward(answer="label")
def chronic_condition(completion: str, reference: str) -> bool:
    """One condition of our list, or none."""
    reply = _reply(completion)
    if reference == "":
        return reply in NONE
    if reference not in CONDITIONS:
        raise Unscored(f"{reference!r} is no condition of the list")
    return reply == reference
