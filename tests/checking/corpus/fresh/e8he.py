"""From the name to the molecular formula. Capitals matter: CO is a gas, Co a metal."""

import re
import unicodedata
from collections import Counter

from rewardkit import Unscored, case, probe, reward

ELEMENTS = frozenset(
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag "
    "Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Th U".split()
)
TOKEN = re.compile(r"([A-Z][a-z]?|[(\[]|[)\]])([1-9][0-9]{0,2})?")


def composition(text: str) -> Counter[str] | None:
    """How many atoms of which element; None when the text is no formula. A dot adds water of crystallisation."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"\\(?:mathrm|text|ce|boxed)\b|[\s_{}$*`\"']", "", text).rstrip(".;,")
    total: Counter[str] = Counter()
    for part in re.split(r"[\u00b7\u2022\u22c5.]|\\cdot", text if len(text) <= 200 else ""):
        head = re.match(r"[1-9][0-9]?(?=[A-Z])", part) if total else None
        body, factor = (part[head.end() :], int(head.group())) if head else (part, 1)
        stack, position = [Counter()], 0
        while match := TOKEN.match(body, position):
            symbol, times, position = match.group(1), int(match.group(2) or 1), match.end()
            if symbol in "([":
                stack.append(Counter())
            elif symbol in ")]":
                if len(stack) == 1:
                    return None
                for element, count in stack.pop().items():
                    stack[-1][element] += count * times
            elif symbol in ELEMENTS:
                stack[-1][symbol] += times
            else:
                return None
        if not body or position != len(body) or len(stack) != 1:
            return None
        for element, count in stack[0].items():
            total[element] += count * factor
    return total


@case("Formula: Fe2(SO4)3", reference="Fe2(SO4)3", expect=1)
@case("Formula: Fe₂S₃O₁₂", reference="Fe2(SO4)3", expect=1)
@case("Iron(III) is Fe3+.\n**Formula:** $\\mathrm{Fe_2(SO_4)_3}$", reference="Fe2(SO4)3", expect=1)
@case("Formula: COCl2", reference="CoCl2", expect=0)
@probe("Formula: Fe2(SO4)3\nFormula: FeSO4", reference="Fe2(SO4)3")
@probe("Formula: not Fe2(SO4)3", reference="Fe2(SO4)3")
@reward(answer="text", timeout=2)
def molecular_formula(completion: str, reference: str) -> bool:
    """The same atoms as the key, on the line 'Formula: ...' or as the whole answer."""
    wanted = composition(reference)
    if not wanted:
        raise Unscored(f"{reference!r} is no formula")
    lines = [line.strip(" \t*`>#-") for line in completion.splitlines()]
    named = [line.split(":", 1)[1] for line in lines if re.match(r"(?i)formula\s*:", line)]
    given = [
        composition(text)
        for text in named
        or [re.sub(r"^\s*(?:the )?(?:answer|formula)(?: is)?:? ", "", completion, flags=re.IGNORECASE)]
    ]
    return all(atoms == wanted for atoms in given)
