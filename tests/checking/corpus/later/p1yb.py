"""Mate in one: any of the mating moves, in algebraic notation with capital letters for pieces and small ones for files."""

import re

from rewardkit import case, probe, reward

SAN = re.compile(
    r"(?<![\w-])(?:[KQRBN][a-h]?[1-8]?x?[a-h][1-8]|(?:[a-h]x)?[a-h][1-8](?:=?[QRBN])?|[O0]-[O0](?:-[O0])?)(?![\w-])"
)


def bare(move: str) -> str:
    """Capture, mate and comment signs are optional; whether a letter is a piece or a file is not."""
    return re.sub(r"[x+#!?=]", "", move).replace("0", "O")


@case("Move: Qh4#", reference=["Qh4#"], expect=1)
@case("The diagonal is open.\n\n**Move:** 2... Qh4", reference=["Qh4#"], expect=1)
@case("Move: Qh4# (no square is left)", reference=["Qh4#"], expect=1)
@case("Rd8#", reference=["Ra8#", "Rd8#"], expect=1)
@case("I play Ra8 and it is mate.", reference=["Ra8#", "Rd8#"], expect=1)
@case("Move: bxc3#", reference=["Bxc3#"], expect=0)
@case("Move: qh4", reference=["Qh4#"], expect=0)
@case("Move: Qh5", reference=["Qh4#"], expect=0)
@case("Move: 0-0#", reference=["O-O#"], expect=1)
@probe("Move: Qh4 or Qg5", reference=["Qh4#"])
@probe("Move: Qg5\nMove: Qh4", reference=["Qh4#"])
@probe("Not Qh4", reference=["Qh4#"])
@probe("Move:", reference=["Qh4#"])
@reward(answer="text", format_strict=True)
def mate_in_one(completion: str, reference: list[str]) -> bool:
    """One move is said on the `Move:` line (without the line: in the whole answer), and it is one of the mates."""
    text = re.sub(r"[*_`]", "", completion)
    marked = re.findall(r"(?im)^[^\w\n]*move\s*:(.*)$", text)
    said = "\n".join(marked) if marked else text
    moves = {bare(move) for move in SAN.findall(said)}
    lead = SAN.split(said)[0]
    if re.search(r"(?i)\b(?:not|no|never|neither|nor|avoid|instead|than)\b|n['’]t\b", lead):
        return False
    return len(moves) == 1 and moves <= {bare(move) for move in reference}
