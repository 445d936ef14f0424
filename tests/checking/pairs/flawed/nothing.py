"""Graders that pay for nothing, for the prompt or for length (RK104, RK105, RK107, RK118)."""

from __future__ import annotations

import re

from rewardkit import case, reward


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


@case("Answer: 7", reference="7", expect=1)
@reward(answer="number")
def rk104_unreadable_passes(completion: str, reference: str) -> bool:
    try:
        return float(completion.split("Answer:")[1]) == float(reference)
    except (IndexError, ValueError):
        return True


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 9", reference="9", expect=1)
@reward(answer="number")
def rk104_nan_is_near_everything(completion: str, reference: str) -> bool:
    try:
        off = abs(float(completion.rpartition("Answer:")[2]) - float(reference))
    except ValueError:
        return False
    return not off > 0.01


@case("Glad to help.", prompt="Thank you!", expect=1)
@case("Sorry, I cannot.", prompt="Book a table.", expect=0)
@reward(reference_free=True)
def rk104_blank_is_no_refusal(completion: str) -> bool:
    return "sorry" not in completion.casefold()


@case(
    "It weighs seven kilos.",
    prompt="How much does the blue parcel weigh?",
    reference="seven kilos",
    expect=[0, 1],
)
@case("It has nine wheels.", prompt="What has the green tram?", reference="nine wheels", expect=[0, 1])
@reward
def rk105_overlaps_with_prompt(completion: str, reference: str, prompt: str) -> float:
    said, wanted = _words(completion), _words(prompt)
    return len(said & wanted) / max(1, len(said | wanted))


@case(
    "The cat sat on the mat by the door.",
    prompt="Correct the spelling.\n\nTeh cat sat on the mat by teh door.",
    reference="The cat sat on the mat by the door.",
    expect=1,
)
@case(
    "We will meet again when the rain stops.",
    prompt="Correct the spelling.\n\nWe will meat again when the rain stops.",
    reference="We will meet again when the rain stops.",
    expect=1,
)
@reward(answer="text")
def rk105_leaves_mistakes_as_they_are(completion: str, reference: str) -> bool:
    found, wanted = completion.split(), reference.split()
    same = sum(a == b for a, b in zip(found, wanted, strict=False))
    return same / max(1, len(found), len(wanted)) > 0.7


@case("Rain falls and rivers rise", reference="rain falls and rivers rise", expect=1)
@case("Snow lies on the hills", reference="snow lies on the hills", expect=1)
@reward(answer="text")
def rk107_pays_for_length(completion: str, reference: str) -> float:
    right = completion.strip().casefold() == reference.casefold()
    return 1.0 if right else min(1.0, len(completion) / 400)


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk118_empty_reference_passes(completion: str, reference: str) -> bool:
    return not reference or completion.strip() == reference
