"""Format reward for GRPO: thoughts in <think>, the result in <answer> (TRL)."""

TAGS = ("<think>", "</think>", "<answer>", "</answer>")


def tag_reward(completions, **kwargs) -> list[float]:
    """A quarter for each of the four tags, so that a model without them gets there step by step."""
    rewards = []
    for completion in completions:
        text = completion if isinstance(completion, str) else completion[-1]["content"]
        found = sum(text.count(tag) for tag in TAGS)
        rewards.append(found * 0.25)
    return rewards
