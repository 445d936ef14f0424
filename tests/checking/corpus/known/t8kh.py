"""Titles for the shop: one line of three to eight words, the first with a capital, that names the product as the catalogue does."""

import re

from rewardkit import Unscored, case, order, probe, reward


@case("Boil Faster with the Solar Kettle", reference="Solar Kettle", expect=1)
@case('"Meet the Solar Kettle: Tea from Sunlight"', reference="Solar Kettle", expect=1)
@case("Solar Kettles for All of Us", reference="Solar Kettle", expect=0)
@case("A Kettle Full of Sunshine", reference="Solar Kettle", expect=0)
@case("Solar Kettle", reference="Solar Kettle", expect=0)
@order(
    "The Solar Kettle boils your water with nothing but the light of the sun",
    "The Solar Kettle Boils Water with Sunlight",
    reference="Solar Kettle",
)
@probe("Solar Kettle " * 20, reference="Solar Kettle")
@probe("The Solar Kettle is here\nThe Solar Kettle is here", reference="Solar Kettle")
@reward(answer="free", length_aware=True)
def product_title(completion: str, reference: str) -> bool:
    """Length, one line, and the product's name as whole words, once."""
    if not reference.strip():
        raise Unscored("the row names no product")
    title = completion.rpartition("</think>")[2].strip().strip("\"'“”*# ")
    if (
        not title[:1].isupper()
        or len(title) > 120
        or len(title.splitlines()) != 1
        or not 3 <= len(title.split()) <= 8
    ):
        return False
    return len(re.findall(rf"(?<!\w){re.escape(reference)}(?!\w)", title, re.IGNORECASE)) == 1
