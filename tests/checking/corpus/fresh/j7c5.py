"""Single words and short phrases, translated into the language that the prompt asks for."""

import re
import unicodedata

from rewardkit import Unscored, case, probe, reward


def plain(text: str) -> str:
    """Lower case without accents and punctuation, so that 'Cafe' does for 'café'."""
    text = unicodedata.normalize("NFKD", text.lower())
    return " ".join(re.sub(r"[^a-z0-9 ]+", "", text).split())


@case("die Brücke", reference=["die Brücke", "Brücke"], expect=1)
@case("Brucke.", reference=["die Brücke", "Brücke"], expect=1)
@case("el tenedor", reference=["el tenedor", "tenedor"], expect=1)
@case("la cuchara", reference=["el tenedor", "tenedor"], expect=0)
@case("мост", reference=["мост"], expect=1)
@case("bridge", reference=["мост"], expect=0)
@case("", reference=["мост"], expect=0)
@probe("die Brücke, der Tisch, das Haus", reference=["die Brücke", "Brücke"])
@reward(answer="text")
def translated(completion: str, reference: list[str]) -> bool:
    """One of the accepted translations and nothing else."""
    if not reference:
        raise Unscored("no accepted translation")
    if not completion.strip():
        return False
    return plain(completion) in {plain(accepted) for accepted in reference}
