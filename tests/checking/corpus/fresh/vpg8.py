"""Item names for the loot tables: short, from the right family, and not the same thing eight times."""

import re
import unicodedata

from rewardkit import Unscored, case, reward

FAMILIES = {
    "blade": ("sword", "blade", "sabre", "dagger", "edge"),
    "bow": ("bow", "arc", "string", "quiver"),
    "shield": ("shield", "ward", "bulwark", "aegis"),
    "staff": ("staff", "rod", "wand", "branch"),
}


def fits(name: str, family: str) -> bool:
    words = re.findall(r"[a-z]+", name.lower())
    return 1 <= len(words) <= 4 and any(word.endswith(FAMILIES[family]) for word in words)


@case("Ashen Blade", reference="blade", expect=1)
@case("Moonbow", reference="bow", expect=1)
@case("Ashen Blade", reference="bow", expect=0)
@case("A very long and rather boring description of a sword", reference="blade", expect=0)
@reward(group=True, answer="text", length_aware=True)
def item_names(completions: list[str], reference: str) -> list[float]:
    """1 for a fitting name, shared among all that came up with the same one."""
    if reference not in FAMILIES:
        raise Unscored(f"no family {reference!r}")
    names = sorted(unicodedata.normalize("NFKC", text).strip().lower() for text in completions)
    scores, start = [], 0
    while start < len(names):
        same = names.count(names[start])
        scores += [float(fits(names[start], reference)) / same] * same
        start += same
    return scores
