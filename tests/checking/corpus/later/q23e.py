"""Answers with evidence: the answer has to be right and quotes have to come from the documents."""

import re

from rewardkit import case, order, probe, reward

QUOTE = re.compile(r'<quote doc="([0-9]{1,3})">([^<]*)</quote>')
ANSWER = re.compile(r"<answer>([^<]*)</answer>")


def squash(text: str) -> str:
    return " ".join(text.lower().split()).strip(" .")


def is_quoted(number: int, text: str, documents: list[str]) -> bool:
    """Whether that document says so, word for word."""
    return 1 <= number <= len(documents) and squash(text) in squash(documents[number - 1])


DOCS = ["The lighthouse of Varna was built in 1863 by a French company.", "Varna lies on the Black Sea."]
GOOD = '<quote doc="1">was built in 1863</quote><answer>1863</answer>'


@case(GOOD, reference="1863", documents=DOCS, expect=1)
@case(
    '<quote doc="2">was built in 1863</quote><answer>1863</answer>',
    reference="1863",
    documents=DOCS,
    expect=0.4,
)
@case("<answer>1863</answer>", reference="1863", documents=DOCS, expect=0.4)
@case(
    '<quote doc="1">was built in 1863</quote><answer>1836</answer>',
    reference="1863",
    documents=DOCS,
    expect=0,
)
@order(
    '<quote doc="1">it opened in 1863</quote><answer>1863</answer>', GOOD, reference="1863", documents=DOCS
)
@probe('<quote doc="1">was built in 1863</quote>', reference="1863", documents=DOCS)
@reward(answer="text", partial_cap=0.4)
def grounded_answer(completion: str, reference: str, documents: list[str]) -> float:
    """0.4 for the right answer; the rest is the share of the quotes that the named document bears out."""
    answers = ANSWER.findall(completion)
    if len(answers) != 1 or squash(answers[0]) != squash(reference):
        return 0.0
    quotes = QUOTE.findall(completion)
    if not quotes:
        return 0.4
    held = sum(is_quoted(int(number), text, documents) for number, text in quotes)
    return 0.4 + 0.6 * held / len(quotes)
