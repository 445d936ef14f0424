"""Format reward for GRPO: reasoning and answer in their tags, each tag on a line of its own."""


def text_of(completion) -> str:
    return completion if isinstance(completion, str) else completion[-1]["content"]


def tag_format(completions, **kwargs) -> list[float]:
    """A quarter for each of the four tags that is there exactly once."""
    rewards = []
    for completion in completions:
        text = text_of(completion)
        score = 0.0
        if text.count("<think>\n") == 1:
            score += 0.25
        if text.count("\n</think>\n") == 1:
            score += 0.25
        if text.count("\n<answer>\n") == 1:
            score += 0.25
        if text.count("\n</answer>") == 1:
            score += 0.25
        rewards.append(score)
    return rewards
