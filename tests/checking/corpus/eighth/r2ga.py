"""Physics: a quantity with its unit; any unit of the same dimension will do, within half a per cent."""

import math
import re

UNITS = {
    **{name: ("length", 1.0) for name in ("m", "metre", "metres", "meter", "meters")},
    **{name: ("length", 1000.0) for name in ("km", "kilometre", "kilometres", "kilometer", "kilometers")},
    **{name: ("length", 0.01) for name in ("cm", "centimetre", "centimetres", "centimeter", "centimeters")},
    **{name: ("length", 0.001) for name in ("mm", "millimetre", "millimetres", "millimeter", "millimeters")},
    **{name: ("mass", 1.0) for name in ("kg", "kilogram", "kilograms")},
    **{name: ("mass", 0.001) for name in ("g", "gram", "grams")},
    **{name: ("time", 1.0) for name in ("s", "sec", "second", "seconds")},
    **{name: ("time", 60.0) for name in ("min", "minute", "minutes")},
    **{name: ("time", 3600.0) for name in ("h", "hour", "hours")},
    "m/s": ("speed", 1.0),
    "km/h": ("speed", 1 / 3.6),
}
QUANTITY = re.compile(
    r"([-−]?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,20})(?:\.[0-9]{1,20})?(?:e[-+]?[0-9]{1,2})?)\s*([A-Za-z]+(?:/[A-Za-z]+)?)"
)


def quantity(text: str) -> tuple[str, float] | None:
    """Dimension and size in base units of a text that is one quantity; None for anything else."""
    match = QUANTITY.fullmatch(text.strip(" \t\n.*$`"))
    if match is None or match.group(3) not in UNITS:
        return None
    dimension, factor = UNITS[match.group(3)]
    size = float(match.group(2).replace(",", "")) * factor
    return dimension, -size if match.group(1) else size


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1 for the right quantity, 0 for any other and for a number without its unit."""
    stated = re.split(r"answer\s*(?:is\b|:)", solution_str, flags=re.IGNORECASE)[-1]
    stated = re.sub(r"^\W*(?:about|approximately|approx\.|roughly|≈|~)\s*", "", stated, flags=re.IGNORECASE)
    given, expected = quantity(stated), quantity(ground_truth)
    if given is None or expected is None or given[0] != expected[0]:
        return 0.0
    return 1.0 if math.isclose(given[1], expected[1], rel_tol=5e-3) else 0.0
