"""verl reward for thermochemistry: an energy in a box with its unit; the sign and the unit count, 1 % is allowed."""

import re
from decimal import Decimal

BOX = re.compile(r"\\boxed\s*\{([^{}]*)\}")
WRAPPED = re.compile(r"\\(?:text|mathrm|mathsf|mathbf)\s*\{([^{}]*)\}")
ENERGY = re.compile(
    r"([-+]?)([0-9]{1,12}(?:\.[0-9]{1,12})?)(?:(?:(?:x|\*)10\^|e)([-+]?[0-9]))?(kJ|J|kcal|cal)(/mol|mol-1|mol\^-1)?"
)
JOULES = {"J": Decimal(1), "kJ": Decimal(1000), "cal": Decimal("4.184"), "kcal": Decimal(4184)}


def joules(text):
    """('-92.4 kJ/mol') -> (-92400, True), the joules and whether they are per mole; None for anything else."""
    text = (
        re.split("=|≈", text)[-1]
        .replace("−", "-")
        .replace("\\times", "x")
        .replace("×", "x")
        .replace("\\cdot", "")
    )
    found = ENERGY.fullmatch(re.sub(r"\\[,;: ]|[\s~$,·]", "", text))
    if found is None:
        return None
    sign, number, power, unit, molar = found.groups()
    value = Decimal(sign + number) * JOULES[unit] * Decimal(10) ** int(power or 0)
    return value, molar is not None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 when every box of the solution holds the energy, 0.0 when none does or they differ."""
    text = WRAPPED.sub(r"\1", re.sub(r"\^\{([-+]?[0-9])\}", r"^\1", solution_str))
    boxes = BOX.findall(text)
    truth = joules(ground_truth)
    if not boxes or truth is None:
        return 0.0
    for box in boxes:
        energy = joules(box)
        if energy is None or energy[1] != truth[1] or abs(energy[0] - truth[0]) > abs(truth[0]) / 100:
            return 0.0
    return 1.0
