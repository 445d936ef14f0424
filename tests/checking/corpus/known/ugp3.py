"""Genre of a book by its blurb. Case, spacing, markup and a full stop are no part of the answer."""

import unicodedata

from rewardkit import Unscored, case, reward


def _label(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold().replace("-", " ")
    text = text.removeprefix("```").removesuffix("```").strip(" \t\r\n*_`\"'.!“”")
    for lead in ("the genre is", "the answer is", "genre:", "answer:"):
        text = text.removeprefix(lead)
    return " ".join(text.strip(" \t\r\n*_`\"'.!“”").split())


@case("crime", reference="crime", expect=1)
@case("  Science-Fiction.\r\n", reference="science fiction", expect=1)
@case("Genre: **Romance**", reference="romance", expect=1)
@case("fiction", reference="science fiction", expect=0)
@case("not crime", reference="crime", expect=0)
@case("crime, romance", reference="crime", expect=0)
@case("crime", reference=" ", expect="unscored")
@reward(answer="label")
def book_genre(completion: str, reference: str) -> bool:
    """The same genre, written in any usual way."""
    genre = _label(reference)
    if not genre:
        raise Unscored("the book has no genre")
    return _label(completion.rpartition("</think>")[2].strip()) == genre
