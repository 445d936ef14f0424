"""Tags for a blog post: three to six of them, lower case, words joined by hyphens, separated by commas."""

import re

from rewardkit import case, reward

TAGS = re.compile(r"(?:[a-z0-9]+(?:-?[a-z0-9]+)*\s*,?\s*)+")


@case("gardening, balcony-plants, tomatoes", expect=1)
@case("gardening, balcony-plants, tomatoes, urban-farming, compost", expect=1)
@case("gardening", expect=0)
@case("Gardening, Balcony Plants, Tomatoes", expect=0)
@case("#gardening, #tomatoes, #compost", expect=0)
@case("gardening, gardening, gardening", expect=0)
@case("gardening\ntomatoes\ncompost", expect=0)
@case("", expect=0)
@reward(answer="list", reference_free=True, format_strict=True)
def post_tags(completion: str) -> bool:
    """The line is a list of tags as the blog engine takes them."""
    line = completion.strip()
    if TAGS.fullmatch(line) is None:
        return False
    tags = [tag.strip() for tag in line.split(",")]
    if any(not tag or " " in tag or "\n" in tag for tag in tags):
        return False
    return 3 <= len(tags) <= 6 and len(set(tags)) == len(tags)
