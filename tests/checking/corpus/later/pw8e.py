"""Opening trainer: the next move of the main line, in algebraic notation."""

import re

from rewardkit import case, probe, reward


def bare(move: str) -> str:
    """A move without capture, check and comment signs, as players often leave them out."""
    return re.sub(r"[x+#!?.\s*`]", "", move).lower()


@case("Move: Nf3", reference="Nf3", expect=1)
@case("White develops.\nMove: nf3", reference="Nf3", expect=1)
@case("Move: Bb5+", reference="Bb5", expect=1)
@case("Move: Bc4", reference="Bb5", expect=0)
@case("Move: O-O", reference="O-O", expect=1)
@probe("Move:", reference="Nf3")
@reward(answer="text")
def next_move(completion: str, reference: str) -> bool:
    """The move on the last `Move:` line is the one of the line."""
    moves = re.findall(r"(?im)^[^\w\n]*move\s*:(.*)$", completion)
    return bool(moves) and bare(moves[-1]) == bare(reference)
