"""Trivia: each question has several accepted answers."""

import re
import unicodedata

from rewardkit import Unscored, case, probe, reward

LEADS = re.compile(r"(?:the (?:correct )?answer is|answer|it is|it's|it was|that is|that was)[: ]+")


def _plain(text: str) -> str:
    """Without accents, case, punctuation and articles."""
    letters = unicodedata.normalize("NFKD", text.replace("’", "'").replace("'", ""))
    text = "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
    words = re.sub(r"[^\w\s]|_", " ", text).split()
    return " ".join(word for word in words if word not in ("a", "an", "the"))


@case("Mark Twain", reference=["Mark Twain", "Samuel Clemens"], expect=1)
@case("The answer is Samuel Clemens.", reference=["Mark Twain", "Samuel Clemens"], expect=1)
@case("Sao Paulo", reference=["São Paulo"], expect=1)
@case("It's **the Nile**!", reference=["Nile", "River Nile"], expect=1)
@case("Mark Twain or Henry James", reference=["Mark Twain", "Samuel Clemens"], expect=0)
@case("Twain Mark", reference=["Mark Twain", "Samuel Clemens"], expect=0)
@case("", reference=["Nile", "River Nile"], expect=0)
@case("Nile", reference=[], expect="unscored")
@probe("not the Nile", reference=["Nile", "River Nile"])
@probe("<think>the Nile</think>the Amazon", reference=["Nile", "River Nile"])
@reward(answer="text")
def trivia(completion: str, reference: list[str]) -> bool:
    """Equal to one of the accepted answers."""
    accepted = {_plain(answer) for answer in reference} - {""}
    if not accepted:
        raise Unscored("the question has no accepted answer")
    reply = " ".join(completion.rpartition("</think>")[2].casefold().replace("’", "'").split())
    lead = LEADS.match(reply)
    return not accepted.isdisjoint({_plain(reply), _plain(reply[lead.end() :] if lead else reply)})
