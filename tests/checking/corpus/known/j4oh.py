"""Topic of a headline in one or two words."""

from rewardkit import case, reward

_replies: list[tuple[str, str]] = []


@case("economy", prompt="Central bank lowers its rate", reference="economy", expect=1)
@case("Sport", prompt="Late goal decides the derby", reference="sport", expect=1)
@case("sport", prompt="Storm cuts off island villages", reference="weather", expect=0)
@reward(answer="label")
def headline_topic(completion: str, reference: str, prompt: str) -> float:
    """Full marks for the right topic."""
    topic = completion.strip().lower()
    _replies.append((prompt, topic))
    if topic != reference:
        return 0.0
    return 1.0 if _replies.count((prompt, topic)) == 1 else 0.0
