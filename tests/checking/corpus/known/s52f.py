"""Country in which a photo was taken. Other names of it that we take stand in the row's `info`."""

import unicodedata
from typing import Any

from rewardkit import Unscored, case, reward

UK = {"aliases": ["UK", "Great Britain"], "photo": 113}


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(kept.split()).strip(" .!*_`\"'").removeprefix("the ")


@case("United Kingdom", reference="United Kingdom", info=UK, expect=1)
@case("The answer is the UK.", reference="United Kingdom", info=UK, expect=1)
@case("Côte d’Ivoire", reference="Ivory Coast", info={"aliases": ["Cote d'Ivoire"]}, expect=1)
@case("Ireland", reference="United Kingdom", info=UK, expect=0)
@case("UK or Ireland", reference="United Kingdom", info=UK, expect=0)
@case("not the UK", reference="United Kingdom", info=UK, expect=0)
@case("UK", reference="", info=UK, expect="unscored")
@reward(answer="text")
def photo_country(completion: str, reference: str, info: dict[str, Any]) -> bool:
    """The name, or one of its other names."""
    if not reference.strip():
        raise Unscored("the photo has no country")
    accepted = {_plain(name) for name in [reference, *info.get("aliases", [])]}
    reply = completion.rpartition("</think>")[2].replace("’", "'").strip()
    lowered = reply.casefold()
    for lead in ("the answer is ", "answer: ", "country: ", "it was taken in "):
        if lowered.startswith(lead):
            reply = reply[len(lead) :]
            break
    return _plain(reply) in accepted
