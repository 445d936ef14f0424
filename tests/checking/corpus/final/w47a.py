"""Vocabulary drills, German to English: one word or phrase, several of which may be right."""

import re
import unicodedata

from rewardkit import case, probe, reward

LEAD_IN = re.compile(
    r"^(?:(?:the |an? )?(?:english )?(?:answer|translation|word) ?(?:is|:)|it means|that means|it is)\s+"
)


def plain(text: str) -> str:
    """Without case, accents, quotes, final punctuation and a leading article or `to`."""
    if len(text) > 200:
        return ""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(char for char in decomposed if not unicodedata.combining(char))
    text = LEAD_IN.sub("", " ".join(re.sub(r"[\"“”„*`‘]", "", text).replace("’", "'").split()))
    return re.sub(r"^(?:the|an?|to) ", "", text.strip("' .!?"))


@case("butterfly", reference=["butterfly"], expect=1)
@case("The translation is “butterfly”.", reference=["butterfly"], expect=1)
@case("to take off", reference=["take off", "depart"], expect=1)
@case("Depart", reference=["take off", "depart"], expect=1)
@case("butter", reference=["butterfly"], expect=0)
@case("", reference=["butterfly"], expect=0)
@probe("moth, butterfly, beetle", reference=["butterfly"])
@reward(answer="text")
def vocabulary(completion: str, reference: list) -> bool:
    """The answer is one of the accepted translations and nothing more."""
    return plain(completion) in {plain(accepted) for accepted in reference}
