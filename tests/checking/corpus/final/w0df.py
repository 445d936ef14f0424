"""Knights and knaves, for GRPO: the part after `Conclusion:` says of each islander what he is."""

import re

STATEMENT = re.compile(
    r"(?:and |so |therefore |- |\* )*(\w{1,20}) ?(?:is(?: also)?(?: an?| the)?|:|=|,) ?(knight|knave)"
)


def text_of(completion: str | list) -> str:
    return completion if isinstance(completion, str) else completion[-1]["content"]


def roles(text: str) -> dict[str, str] | None:
    """Name and role of each statement; None where something else is said, or two things of one islander."""
    parts = re.split(r"conclusion[*_]{0,3}:", text.lower())
    if len(parts) != 2:
        return None
    found: dict[str, str] = {}
    for piece in re.split(r"[.;\n]|,(?! kna| kni)|\band\b", parts[1].replace("*", "")):
        piece = " ".join(piece.split())
        if not piece or piece.isdigit():
            continue
        statement = STATEMENT.fullmatch(piece)
        if statement is None or found.setdefault(statement[1], statement[2]) != statement[2]:
            return None
    return found


def knights(completions: list, solution: list[dict], **kwargs: object) -> list[float]:
    """1 when everybody, and nobody else, is named with the right role after the one `Conclusion:`."""
    return [
        float(roles(text_of(completion)) == {name.lower(): role for name, role in right.items()})
        for completion, right in zip(completions, solution, strict=True)
    ]
