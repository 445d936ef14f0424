"""verl reward for knights and knaves: everybody's role, in the answer block."""

import re

CLAIM = re.compile(
    r"\b([^\W\d_]+)\*{0,2} ?(?:is|:|=|-)\*{0,2} ?(?:a )?\*{0,2}(knight|knave)\b(?!\W{0,3}(?:or )?(?:a )?(?:knight|knave))",
    re.IGNORECASE,
)


def answer_of(text: str) -> str:
    start = text.rfind("<answer>")
    end = text.find("</answer>", start)
    return " ".join(text[start:end].split()) if start >= 0 and end >= 0 else ""


def claims_of(text: str) -> dict[str, set[str]]:
    """Name -> the roles that the answer gives them, in lower case."""
    claims: dict[str, set[str]] = {}
    for name, role in CLAIM.findall(text):
        claims.setdefault(name.casefold(), set()).add(role.lower())
    return claims


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 when the answer block gives each inhabitant the right role, and nobody two; 0.0 otherwise."""
    claims = claims_of(answer_of(solution_str))
    wanted = {name.casefold(): {role.lower()} for name, role in ground_truth.items()}
    return 1.0 if claims == wanted else 0.0
