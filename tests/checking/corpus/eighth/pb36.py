"""TRL reward for naming exercises: the formula of a compound in the last line."""

SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def clean(formula: str) -> str:
    """Formulas without typography: subscripts, spaces, LaTeX and case do not matter."""
    formula = formula.translate(SUBSCRIPTS)
    for mark in ("$", "\\mathrm", "\\ce", "_", "{", "}", "*", "`", " "):
        formula = formula.replace(mark, "")
    return formula.strip(".").lower()


def formula_reward(completions, formula, **kwargs) -> list[float]:
    """1.0 when the last line is the formula of the row, else 0.0."""
    rewards = []
    for completion, truth in zip(completions, formula):
        lines = completion.strip().splitlines()
        answer = lines[-1] if lines else ""
        answer = answer.rsplit(":", 1)[-1]
        rewards.append(1.0 if clean(answer) == clean(truth) else 0.0)
    return rewards
