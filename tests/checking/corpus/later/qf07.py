"""Format reward: one block of thinking, then one block with the answer, and nothing around them."""

TAGS = ("<think>", "</think>", "<answer>", "</answer>")


def text_of(completion) -> str:
    return completion if isinstance(completion, str) else completion[-1]["content"]


def well_formed(text: str) -> bool:
    """`<think>...</think> <answer>...</answer>`: each tag once, in this order, no block empty, only blanks outside."""
    if any(text.count(tag) != 1 for tag in TAGS):
        return False
    before, rest = text.split("<think>")
    thoughts, closed, rest = rest.partition("</think>")
    between, opened, rest = rest.partition("<answer>")
    answer, ended, after = rest.partition("</answer>")
    if not (closed and opened and ended) or before.strip() or between.strip() or after.strip():
        return False
    return bool(thoughts.strip()) and bool(answer.strip())


def format_reward(completions, **kwargs) -> list[float]:
    """1 for the asked format, 0 otherwise; what the answer says is the business of another reward."""
    return [1.0 if well_formed(text_of(completion)) else 0.0 for completion in completions]
