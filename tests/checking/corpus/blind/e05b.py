"""Format reward for GRPO: one thought, then one result, each in its tags, and nothing around them (TRL)."""

ORDER = ("<reasoning>", "</reasoning>", "<result>", "</result>")


def between(text: str, opening: str, closing: str) -> str:
    return text.partition(opening)[2].partition(closing)[0]


def well_formed(completions, **kwargs) -> list[float]:
    """1 when the four tags stand once each, in order, with something inside both pairs and nothing outside; else 0."""
    rewards = []
    for completion in completions:
        text = (completion if isinstance(completion, str) else completion[-1]["content"]).strip()
        places = [text.find(tag) for tag in ORDER]
        once = all(text.count(tag) == 1 for tag in ORDER)
        tidy = once and places == sorted(places) and text.startswith(ORDER[0]) and text.endswith(ORDER[3])
        gap = text[places[1] + len(ORDER[1]) : places[2]].strip() if tidy else "-"
        full = tidy and between(text, *ORDER[:2]).strip() and between(text, *ORDER[2:]).strip()
        rewards.append(1.0 if full and not gap else 0.0)
    return rewards
