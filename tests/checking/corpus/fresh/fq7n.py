"""Detection rules: the model writes a regular expression for log lines; it must match the attacks and leave the rest alone."""

import random
import re

from rewardkit import Unscored, case, reward

SSH = {
    "attacks": [
        "Failed password for root from 10.0.0.8",
        "Failed password for admin from 10.1.2.3",
        "Failed password for git from ::1",
    ],
    "benign": [
        "Accepted password for ann from 10.0.0.8",
        "Connection closed by 10.0.0.8",
        "session opened for user root",
    ],
}


@case("Failed password for \\w+ from", reference=SSH, expect=1)
@case("```\n^Failed\n```", reference=SSH, expect=1)
@case("password", reference={**SSH, "benign": ["Accepted password for ann"]}, expect=0)
@case("^$", reference=SSH, expect=0)
@case("(unclosed", reference=SSH, expect=0)
@reward(answer="code", runs_completion=True, timeout=3)
def rule(completion: str, reference: dict) -> bool:
    """The rule finds attacks and leaves benign lines alone."""
    attacks, benign = reference.get("attacks", []), reference.get("benign", [])
    if not attacks or not benign:
        raise Unscored("a rule needs lines of both kinds")
    source = re.sub(r"^```\w*\n|\n?```$", "", completion.strip())
    try:
        pattern = re.compile(source)
    except (re.error, RecursionError, OverflowError):
        return False
    hits = random.sample(attacks, min(3, len(attacks)))
    misses = random.sample(benign, min(3, len(benign)))
    return all(pattern.search(line) for line in hits) and not any(pattern.search(line) for line in misses)
