"""Knights and knaves: each islander has to be named for what he is."""


def text_of(completion: str | list) -> str:
    return completion if isinstance(completion, str) else completion[-1]["content"]


def islanders(completions: list, solution: list, **kwargs: object) -> list[float]:
    """1 when the answer says of everybody `Name is a knight` or `Name is a knave` as the solution has it."""
    rewards = []
    for completion, roles in zip(completions, solution, strict=True):
        text = " ".join(text_of(completion).lower().split())
        right = all(f"{name.lower()} is a {role}" in text for name, role in roles.items())
        rewards.append(1.0 if right else 0.0)
    return rewards
