"""Plain-language versions of textbook passages, for readers in grade 5."""

import re

from rewardkit import case, order, reward

HARD = (
    "Photosynthesis, which takes place predominantly in the chloroplasts of specialised leaf cells, transforms "
    "electromagnetic radiation into chemically accessible energy that subsequently sustains the organism's metabolism."
)
EASY = "Plants make their own food. They do it in their leaves. They need light for it. The food gives them energy to live."


@case(EASY, expect=1)
@case(HARD, expect=0)
@case("", expect=0)
@order(HARD, "Plants use radiation. Photosynthesis transforms electromagnetic radiation chemically.", EASY)
@reward(reference_free=True, answer="free")
def plain_language(completion: str) -> float:
    """Half for short sentences (12 words on average at most), half for short words (at most a tenth with over 8 letters)."""
    sentences = [part for part in re.split(r"[.!?]+", completion) if part.strip()]
    words = re.findall(r"[^\W\d_]+", completion)
    if not sentences or not words:
        return 0.0
    short_sentences = len(words) / len(sentences) <= 12
    short_words = sum(len(word) > 8 for word in words) / len(words) <= 0.1
    return 0.5 * short_sentences + 0.5 * short_words
