"""Program output prediction: what does this program print?"""


def text_of(completion) -> str:
    return completion if isinstance(completion, str) else completion[-1]["content"]


def printed(text: str) -> str:
    """What the last fenced block holds; without one the whole reply, less a heading `Output:`."""
    parts = text.split("```")
    if len(parts) >= 3:
        first, _, rest = parts[-2 if len(parts) % 2 else -3].partition("\n")
        return rest if first.strip().isalpha() and rest else f"{first}\n{rest}"
    head, colon, rest = text.partition(":")
    return rest.lstrip(" ") if colon and head.strip().lower() == "output" else text


def lines(text: str) -> list[str]:
    """The lines, blanks at their ends and blank lines around the whole left out."""
    found = [line.rstrip() for line in text.splitlines()]
    filled = [place for place, line in enumerate(found) if line]
    return found[filled[0] : filled[-1] + 1] if filled else []


def predicts_output(completions, reference, **kwargs) -> list[float]:
    """1 when the predicted output is, line by line, what the program prints."""
    rewards = []
    for completion, output in zip(completions, reference, strict=True):
        guess = lines(printed(text_of(completion)))
        rewards.append(1.0 if guess == lines(output) else 0.0)
    return rewards
