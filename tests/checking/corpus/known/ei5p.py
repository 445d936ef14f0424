"""Taxi fares. The prompt fixes the form: the reply ends with a line such as 'Answer: 12.50', two decimals, no currency."""

import re

from rewardkit import Unscored, case, probe, reward

AMOUNT = r"-?[0-9]{1,9}\.[0-9]{2}"


@case("Base fare 3.50 and 6 km at 1.50.\nAnswer: 12.50", reference="12.50", expect=1)
@case("Answer: 12.50\n", reference="12.50", expect=1)
@case("Answer: 12.5", reference="12.50", expect=0)
@case("Answer: 21.50", reference="12.50", expect=0)
@case("I do not know.", reference="12.50", expect=0)
@case("Answer: 12.50", reference="twelve", expect="unscored")
@probe("Answer: 11.50\nAnswer: 12.50", reference="12.50")
@probe("<think>\nAnswer: 12.50", reference="12.50")
@reward(answer="number", format_strict=True)
def taxi_fare(completion: str, reference: str) -> float:
    """1 for the right fare in the form that was asked for."""
    if not re.fullmatch(AMOUNT, reference):
        raise Unscored(f"the reference {reference!r} is no amount with two decimals")
    reply = completion.rpartition("</think>")[2].rstrip()
    if "<think>" in reply or reply.count("Answer:") != 1:
        return 0.0
    line = reply.rpartition("\n")[2]
    shape = re.fullmatch(rf"Answer: ({AMOUNT})", line)
    return 1.0 if shape and shape[1] == reference else 0.0
