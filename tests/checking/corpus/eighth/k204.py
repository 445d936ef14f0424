"""TRL reward: the molecular formula of a compound. Elements may come in any order, but CO is not Co."""

import re
from collections import Counter

TOKEN = re.compile(r"([A-Z][a-z]?|\(|\[|[)\]])([0-9]{0,3})")
TYPOGRAPHY = re.compile(r"\\(?:mathrm|text|ce)|[$_{}*`\s]")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def composition(formula):
    """'Ca(OH)2' -> {'Ca': 1, 'O': 2, 'H': 2}; None for what is no formula of at most sixty signs."""
    formula = TYPOGRAPHY.sub("", formula.translate(SUBSCRIPTS)).rstrip(".")
    levels, at = [Counter()], 0
    if not 0 < len(formula) <= 60:
        return None
    while at < len(formula):
        token = TOKEN.match(formula, at)
        if token is None:
            return None
        at = token.end()
        sign, count = token.group(1), int(token.group(2) or 1)
        if sign in "([":
            if token.group(2):
                return None
            levels.append(Counter())
        elif sign in ")]":
            if len(levels) == 1:
                return None
            for element, number in levels.pop().items():
                levels[-1][element] += number * count
        else:
            levels[-1][sign] += count
    return dict(levels[0]) if len(levels) == 1 else None


def formula_reward(completions, formula, **kwargs) -> list[float]:
    """1.0 when the formula in the last line has the composition of the compound."""
    rewards = []
    for completion, truth in zip(completions, formula):
        lines = [line for line in completion.splitlines() if line.strip()]
        answer = re.split(r":|=|\bis\b", lines[-1])[-1] if lines else ""
        wanted = composition(truth)
        rewards.append(float(wanted is not None and composition(answer) == wanted))
    return rewards
