"""True or false with marks off for guessing: 1 for right, 0 for 'unsure', -1 for wrong."""

from rewardkit import Unscored, case, order, reward

SAYS = {
    "true": True,
    "yes": True,
    "correct": True,
    "false": False,
    "no": False,
    "not true": False,
    "incorrect": False,
}
UNSURE = ("unsure", "not sure", "i am not sure", "i'm not sure")


@case("True", prompt="Spiders have eight legs.", reference=True, expect=1)
@case("**false**.", prompt="Bats are birds.", reference=False, expect=1)
@case("Not true.", prompt="Bats are birds.", reference=False, expect=1)
@case("unsure", prompt="Bats are birds.", reference=False, expect=0)
@case("true", prompt="Bats are birds.", reference=False, expect=-1)
@case("true or false", prompt="Spiders have eight legs.", reference=True, expect=-1)
@case("", prompt="Spiders have eight legs.", reference=True, expect=-1)
@case("true", prompt="This is fun.", reference="a matter of taste", expect="unscored")
@order("false", "not sure", "true", prompt="Spiders have eight legs.", reference=True)
@reward(answer="label", range=(-1, 1))
def true_or_false(completion: str, reference: bool) -> int:
    """Anything but a plain reply counts as wrong."""
    if not isinstance(reference, bool):
        raise Unscored(f"{reference!r} is neither true nor false")
    reply = completion.rpartition("</think>")[2].casefold().replace("’", "'").strip()
    for lead in ("the answer is", "answer:", "the statement is", "it is"):
        reply = reply.removeprefix(lead)
    reply = " ".join(reply.strip(" \t\r\n.!*_`\"':").split())
    if reply in UNSURE:
        return 0
    return 1 if SAYS.get(reply) is reference else -1
