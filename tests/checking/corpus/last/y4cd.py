"""Priority of a support ticket. Our agents abbreviate ("urg", "norm"), so the model may as well."""

from rewardkit import Unscored, case, reward

PRIORITIES = ("urgent", "high", "normal", "low")


@case("urgent", reference="urgent", expect=1)
@case("Urg.", reference="urgent", expect=1)
@case("Priority: norm", reference="normal", expect=1)
@case("**High**", reference="high", expect=1)
@case("low", reference="high", expect=0)
@case("high or urgent", reference="high", expect=0)
@case("not urgent", reference="urgent", expect=0)
@reward(answer="label")
def priority(completion: str, reference: str) -> bool:
    """The right one of the four priorities."""
    if reference not in PRIORITIES:
        raise Unscored(f"unknown priority {reference!r}")
    answer = completion.strip().lower()
    answer = answer.removeprefix("priority:").strip(" \t\r\n.*_`\"'")
    return reference.startswith(answer)
