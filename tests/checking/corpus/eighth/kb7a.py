"""verl reward for laboratory arithmetic: masses, concentrations, energies with their units."""

import re

NUMBER = re.compile(r"[-+]?[0-9]{1,12}(?:\.[0-9]{1,12})?(?:[eE][-+]?[0-9]{1,2})?")


def quantity(text):
    """The first number of a text such as '0.25 mol/L', or None."""
    found = NUMBER.search(text.replace("−", "-").replace(",", ""))
    return float(found.group()) if found else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 when the quantity after the last 'Answer:' is within 1 % of the truth."""
    _, marker, tail = solution_str.rpartition("Answer:")
    if not marker:
        return 0.0
    answer = quantity(tail)
    truth = quantity(ground_truth)
    if answer is None or truth is None:
        return 0.0
    return 1.0 if abs(answer - truth) <= 0.01 * abs(truth) else 0.0
