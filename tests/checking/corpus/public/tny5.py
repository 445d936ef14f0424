"""Reasoning traces: one think block, then one answer block; both say something, nothing else is there."""

TAGS = ("<think>", "</think>", "<answer>", "</answer>")


def well_formed(text: str) -> bool:
    text = text.strip()
    if any(text.count(tag) != 1 for tag in TAGS):
        return False
    before, _, rest = text.partition("<think>")
    thoughts, _, rest = rest.partition("</think>")
    between, _, rest = rest.partition("<answer>")
    answer, closed, after = rest.partition("</answer>")
    return bool(closed and not (before or between.strip() or after) and thoughts.strip() and answer.strip())


def form_reward(completions, **kwargs) -> list[float]:
    """1.0 for the asked form."""
    return [1.0 if well_formed(completion[-1]["content"]) else 0.0 for completion in completions]
