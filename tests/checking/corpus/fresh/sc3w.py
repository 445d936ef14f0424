"""Will this claim go to court? The model gives a probability, which is scored by the quadratic rule: honest numbers pay best."""

import re

from rewardkit import Unscored, case, order, probe, reward

PROBABILITY = re.compile(
    r"(?:([01]|[01]?\.[0-9]{1,12}|[01]\.)|([0-9]{1,3}(?:\.[0-9]{1,10})?)\s?(?:%|percent|per cent))"
)


def probability(text: str) -> float | None:
    """0.8, .8, 80% or 80 percent as the whole text."""
    match = PROBABILITY.fullmatch(text.strip().strip(" \t*_`").removesuffix(".").strip())
    if match is None:
        return None
    value = float(match[1]) if match[1] else float(match[2]) / 100
    return value if value <= 1 else None


@case("Probability: 1", reference=1, expect=1)
@case("Probability: 0.9", reference=1, expect=0.96)
@case("Both sides want to settle.\n**Probability:** 10%", reference=0, expect=0.96)
@case("Probability: 0.5", reference=1, expect=0)
@case("Probability: 1.0", reference=0, expect=-3)
@case("Quite likely.", reference=1, expect=-3)
@probe("Probability: 0\nProbability: 1", reference=1, ceiling=-3)
@order("Probability: 0.2", "Probability: 50 %", "Probability: 0.8", "Probability: 100%", reference=1)
@reward(answer="number", range=(-3.0, 1.0), timeout=2)
def litigation(completion: str, reference: int) -> float:
    """1 - 4 (p - outcome)²: 1 for certain and right, 0 for 'no idea', -3 for certain and wrong or for no probability at all."""
    if str(reference) not in ("0", "1"):
        raise Unscored(f"outcome {reference!r} is neither 0 nor 1")
    lines = [line.strip(" \t*_`>#-") for line in completion.splitlines()]
    named = [line.split(":", 1)[1] for line in lines if re.match(r"(?i)(?:the )?probability\s*:", line)]
    whole = re.sub(r"^\s*(?:the )?(?:answer|probability)(?: is)?:? ", "", completion, flags=re.IGNORECASE)
    given = {probability(text) for text in named or [whole]}
    if len(given) != 1 or None in given:
        return -3.0
    return 1.0 - 4.0 * (given.pop() - int(reference)) ** 2
