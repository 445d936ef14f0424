"""State of a machine as its log says: running, idle, stopped or faulty. A second is ample for one reply."""

import re

from rewardkit import Unscored, case, reward

STATES = frozenset({"running", "idle", "stopped", "faulty"})


@case("running", reference="running", expect=1)
@case("State: Idle.", reference="idle", expect=1)
@case("The machine is `stopped`.", reference="stopped", expect=1)
@case("idle", reference="running", expect=0)
@case("not running", reference="running", expect=0)
@case("running, idle, stopped, faulty", reference="idle", expect=0)
@case("running" + " very fast" * 5_000, reference="running", expect=0)
@case("running", reference="asleep", expect="unscored")
@reward(answer="label", timeout=1)
def machine_state(completion: str, reference: str) -> bool:
    """The reply is the state, alone or in the shortest of sentences."""
    if reference not in STATES:
        raise Unscored(f"{reference!r} is no state of a machine")
    reply = completion.rpartition("</think>")[2].casefold().strip()
    if len(reply) > 200:
        return False
    reply = re.sub(r"[^\w\s]", " ", reply)
    words = [word for word in reply.split() if word not in ("the", "machine", "is", "state", "answer", "it")]
    return words == [reference]
