"""Part of speech of the marked word."""

from rewardkit import case, reward

SHORT_FORMS = {"adj": "adjective", "adv": "adverb", "n": "noun", "v": "verb"}


@case("noun", prompt="The *dog* sleeps.", reference="noun", expect=1)
@case("Adj.", prompt="A *cold* morning.", reference="adjective", expect=1)
@case("verb", prompt="They *argue* a lot.", reference="verb", expect=1)
@reward(answer="label")
def part_of_speech(completion: str, reference: str) -> float | None:
    """Full marks for the right part of speech, short forms allowed."""
    given = completion.strip().strip(".").lower()
    if SHORT_FORMS.get(given, given) == reference:
        return 1.0
