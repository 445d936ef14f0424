"""Word problems about money, for GRPO: the result after `####`, as in GSM8K."""

import re
from decimal import Decimal

AMOUNT = re.compile(
    r"(-?) ?[$€£]? ?(-?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,400})(?:\.[0-9]{1,100})?)\s*(?:dollars|euros|pounds)?\.?"
)


def text_of(completion: str | list) -> str:
    return completion if isinstance(completion, str) else completion[-1]["content"]


def result(text: str) -> Decimal | None:
    """The amount after the only `####`; None where there is none, or more than one."""
    parts = text.split("####")
    found = AMOUNT.fullmatch(parts[1].replace("*", "").strip()) if len(parts) == 2 else None
    if found is None or (found[1] and found[2]):
        return None
    return Decimal(found[1] + found[2] + found[3].replace(",", ""))


def money(completions: list, answer: list[str], **kwargs: object) -> list[float]:
    """1 for the amount, by value (12.5 is 12.50), 0 for any other; each completion with the answer of its own prompt."""
    return [
        float(result(text_of(completion)) == Decimal(right))
        for completion, right in zip(completions, answer, strict=True)
    ]
