"""Quote the one sentence of a letter that answers the question, word for word. A true quote of another sentence earns a little."""

import re

from rewardkit import Unscored, case, order, probe, reward

LETTER = "Quote the sentence that says when we meet.\n\nThank you for your call. We meet on Friday at nine. Bring the keys."


def _plain(text: str) -> str:
    """Lower case, straight quotes, single spaces, no quotation marks around it."""
    text = text.replace("’", "'").replace("“", '"').replace("”", '"')
    return " ".join(text.casefold().split()).strip("\"'`*> ").rstrip(".!?")


def _sentences(text: str) -> set[str]:
    return {_plain(part) for part in re.split(r"(?<=[.!?])\s+", text)} - {""}


@case("We meet on Friday at nine.", prompt=LETTER, reference="We meet on Friday at nine.", expect=1)
@case("> “We meet on Friday at nine”", prompt=LETTER, reference="We meet on Friday at nine.", expect=1)
@case("Bring the keys.", prompt=LETTER, reference="We meet on Friday at nine.", expect=0.1)
@case("We meet on Friday.", prompt=LETTER, reference="We meet on Friday at nine.", expect=0)
@case("Bring the keys.", prompt=LETTER, reference="", expect="unscored")
@order(
    "On Friday.",
    "Bring the keys.",
    "We meet on Friday at nine.",
    prompt=LETTER,
    reference="We meet on Friday at nine.",
)
@probe(LETTER, prompt=LETTER, reference="We meet on Friday at nine.")
@reward(answer="text", partial_cap=0.1)
def quoted_sentence(completion: str, prompt: str, reference: str) -> float:
    """1 for the sentence, 0.1 for another sentence of the letter."""
    right = _plain(reference)
    if not right:
        raise Unscored("no sentence on record")
    quote = _plain(completion.rpartition("</think>")[2])
    letter = prompt.partition("\n\n")[2]
    return 1.0 if quote == right else 0.1 * (quote in _sentences(letter))
