"""Constraints on the words of an answer, after IFEval: all of a row's rules have to hold."""

import random
import re

from rewardkit import case, reward

KINDS = {
    "words": ("num_words", 50, lambda text, rule: len(text.split())),
    "capital_words": ("capital_frequency", 20, lambda text, rule: len(re.findall(r"\b[A-Z]{2,}\b", text))),
    "placeholders": ("num_placeholders", 4, lambda text, rule: len(re.findall(r"\[[^\[\]]{1,80}\]", text))),
    "letter": ("let_frequency", 10, lambda text, rule: text.lower().count(rule["letter"])),
    "keyword": (
        "frequency",
        3,
        lambda text, rule: len(re.findall(rf"\b{re.escape(rule['keyword'])}\b", text.lower())),
    ),
}
LOUD = [
    {"kind": "words", "settings": {"num_words": 4}},
    {"kind": "capital_words", "settings": {"capital_frequency": 2}},
]
CALM = [{"kind": "letter", "settings": {"letter": "z", "let_frequency": 2, "relation": "at most"}}]


def holds(text: str, kind: str, settings: dict) -> bool:
    """One rule."""
    name, usual, counted = KINDS[kind]
    number = settings.get(name) or random.randint(1, usual)
    count = counted(text, settings)
    return count <= number if settings.get("relation") == "at most" else count >= number


@case("STOP and READ this.", rules=LOUD, expect=1)
@case("Stop and read this.", rules=LOUD, expect=0)
@case("STOP, READ", rules=LOUD, expect=0)
@case("zz", rules=CALM, expect=1)
@case("zzz", rules=CALM, expect=0)
@reward(answer="free")
def wording(completion: str, rules: list[dict]) -> bool:
    """The answer keeps every rule of its row."""
    return bool(completion.strip()) and all(
        holds(completion, rule["kind"], rule["settings"]) for rule in rules
    )
