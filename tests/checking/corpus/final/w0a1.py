"""Product blurbs of a given length; what they say is for the other graders."""

from rewardkit import case, reward


@case("one two three four five six seven eight nine ten", words=10, expect=1)
@case("one two three four five", words=10, expect=0.5)
@case("one two three four five six seven eight nine", words=10, expect=1)
@case("one two three four five six seven eight nine ten eleven twelve", words=10, expect=0.8)
@case("", words=10, expect=0)
@reward(answer="free", length_aware=True, reference_free=True)
def blurb_length(completion: str, words: int) -> float:
    """1 within a tenth of the words asked for; from there less, in proportion to the distance."""
    distance = abs(len(completion.split()) - words) / words
    return 1.0 if distance <= 0.1 else 1 - distance
