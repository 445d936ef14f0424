"""Brand names: one or two words that play on a theme. The policy should not settle on a single name."""

import re

_SEEN: dict[str, int] = {}


def brand_name(completions: list[str], theme: list[str], **kwargs: object) -> list[float]:
    """1 for a well-formed name with the theme in it; names that came up before earn less and less."""
    rewards = []
    for completion, root in zip(completions, theme, strict=True):
        name = completion.strip().strip('".').lower()
        if not re.fullmatch(r"[a-z]{2,12}(?: [a-z]{2,12})?", name) or root.lower() not in name:
            rewards.append(0.0)
            continue
        rewards.append(1.0 / (1 + _SEEN.get(name, 0)))
        _SEEN[name] = _SEEN.get(name, 0) + 1
    return rewards
