"""Answers with evidence: a first line 'Answer: ...', then verbatim quotes with the number of their source."""

import re

from rewardkit import case, reward

QUOTE = re.compile(r'"([^"]*)"\s*\[(\d{1,3})\]')
SOURCES = [
    "The bridge was opened in 1932 after six years of work. Its span is 503 metres.",
    "Tolls were collected by hand until 2009.",
]


def squash(text: str) -> str:
    return " ".join(text.casefold().split())


def answer_of(completion: str) -> str:
    first = completion.strip().partition("\n")[0]
    return squash(first.removeprefix("Answer:")).rstrip(".") if first.startswith("Answer:") else ""


def supported(completion: str, sources: list[str]) -> bool:
    """Whether there is a quote, and every quote stands in the source that it names."""
    quotes = QUOTE.findall(completion)
    return bool(quotes) and all(
        1 <= int(number) <= len(sources) and squash(quote) in squash(sources[int(number) - 1])
        for quote, number in quotes
    )


@case('Answer: 1932\n"The bridge was opened in 1932" [1]', reference="1932", sources=SOURCES, expect=1)
@case('Answer: 1932\n"The bridge was opened in 1932" [2]', reference="1932", sources=SOURCES, expect=0.4)
@case('Answer: 1932\n"It opened in 1932" [1]', reference="1932", sources=SOURCES, expect=0.4)
@case("Answer: 1932", reference="1932", sources=SOURCES, expect=0.4)
@case('Answer: 2009\n"until 2009" [2]', reference="1932", sources=SOURCES, expect=0)
@case("1932 [1]", reference="1932", sources=SOURCES, expect=0)
@reward(partial_cap=0.4)
def answer_with_evidence(completion: str, reference: str, sources: list[str]) -> float:
    """0.4 for the right answer, 1.0 when its quotes are genuine as well."""
    if answer_of(completion) != squash(reference):
        return 0.0
    return 1.0 if supported(completion, sources) else 0.4
