"""Competition mathematics: the box of the completion against the box of the worked solution."""

import re

BOX = re.compile(r"\\boxed\{([^}]{0,200})\}")


def boxed(text: str) -> str | None:
    found = BOX.findall(text)
    if not found:
        return None
    return re.sub(r"\s|\\[,!;]|\$", "", found[-1]).replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac")


def box_reward(completions, solution, **kwargs) -> list[float | None]:
    """1.0 for the same box; rows whose solution has none are skipped."""
    rewards: list[float | None] = []
    for completion, worked in zip(completions, solution, strict=True):
        expected = boxed(worked)
        if expected is None:
            rewards.append(None)
            continue
        content = completion[0]["content"] if isinstance(completion, list) else completion
        rewards.append(1.0 if boxed(content) == expected else 0.0)
    return rewards
