"""Multiple choice on school geography, for GRPO: a line `Answer: X`."""

import re

LINE = re.compile(
    r"^[ *_#>-]*(?:the )?(?:final |correct )?answer[ *_]{0,4}:?[ *]{0,4}(?:is )?[ (*]{0,4}([a-e])[)*.]{0,4}[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
ANY = re.compile(r"^[ *_#>-]*(?:the )?(?:final |correct )?answer[ *_]{0,4}:", re.IGNORECASE | re.MULTILINE)
ALONE = re.compile(r"[(*]{0,3}([a-e])[)*.]{0,4}", re.IGNORECASE)


def text_of(completion: str | list) -> str:
    return completion if isinstance(completion, str) else completion[-1]["content"]


def chosen(text: str) -> str | None:
    """The letter of the one answer line, or of a text that is only a letter."""
    alone = ALONE.fullmatch(text.strip())
    if alone:
        return alone[1].upper()
    lines = LINE.findall(text)
    return lines[0].upper() if len(lines) == 1 and len(ANY.findall(text)) <= 1 else None


def geography(completions: list, answer: list[str], **kwargs: object) -> list[float]:
    """1 for the right letter, 0 otherwise; several answer lines are no answer."""
    return [
        float(chosen(text_of(completion)) == right)
        for completion, right in zip(completions, answer, strict=True)
    ]
