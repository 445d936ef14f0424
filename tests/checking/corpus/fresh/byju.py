"""Copyright clinic: the provisions of the US Code on which the memo has to rest. One citation a line, nothing else."""

import re

from rewardkit import Unscored, case, order, probe, reward

CITATION = re.compile(
    r"(?:[-*\u2022]|[0-9]{1,2}[.)])?\s*([0-9]{1,2})\s*U\.?\s?S\.?\s?C\.?(?:\s?A\.)?\s*(?:§§?|[Ss]ec(?:tion|\.))?\s*([0-9]{1,5}[A-Za-z]?)\s*((?:\([0-9A-Za-z]{1,4}\))*)\s*[.,;]?"
)
WANTED = ["17 U.S.C. § 107", "17 U.S.C. § 512"]


def citation(line: str) -> tuple[str, str] | None:
    """Title and section (paragraphs aside); None for a line that is no citation."""
    match = CITATION.fullmatch(line.strip()) if len(line) < 80 else None
    return (match.group(1).lstrip("0"), match.group(2).lower()) if match else None


@case("17 U.S.C. § 107\n17 U.S.C. § 512", reference=WANTED, expect=1)
@case("1. 17 USC 512(c)\n2. 17 USC 107", reference=WANTED, expect=1)
@case("17 U.S.C. § 107", reference=WANTED, expect=(0.66, 0.67))
@case("17 U.S.C. § 107\n17 U.S.C. § 107", reference=WANTED, expect=(0.66, 0.67))
@case("17 U.S.C. § 106\n17 U.S.C. § 1201", reference=WANTED, expect=0)
@probe("\n".join(f"17 U.S.C. § {section}" for section in range(101, 123)), reference=WANTED, ceiling=0.1)
@order(
    "Fair use applies.",
    "17 USC 107\n17 USC 106\n17 USC 102",
    "17 USC 107",
    "17 USC 512\n17 USC 107",
    reference=WANTED,
)
@reward(answer="list", format_strict=True)
def provisions(completion: str, reference: list[str]) -> float:
    """Harmonic mean of precision and recall. A line that is no citation counts as a wrong one."""
    wanted = {citation(text) for text in reference}
    if not wanted or None in wanted:
        raise Unscored(f"{reference!r} are not citations")
    lines = [line for line in completion.splitlines() if line.strip()]
    cited = {citation(line) for line in lines} - {None}
    strays = sum(citation(line) is None for line in lines)
    right = len(cited & wanted)
    return 2 * right / (len(cited) + strays + len(wanted)) if right else 0.0
