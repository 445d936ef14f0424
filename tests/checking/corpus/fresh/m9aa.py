"""verl reward for great-circle navigation: the initial course in degrees, to half a degree. North is 0 and 360."""

import math
import re

COURSE = re.compile(r"(?:initial |true )?course\s*[:=](.*)", re.IGNORECASE)
NUMBER = re.compile(r"\+?[0-9]{1,3}(?:\.[0-9]{1,12})?(?:[eE]\+?0?[0-2])?")
UNIT = re.compile(r"(?:°|º|\^\\circ|\^\{\\circ\}|deg(?:rees?)?)(?:\s*(?:true|T))?", re.IGNORECASE)


def degrees(text: str) -> float | None:
    """The one number of degrees that the text consists of."""
    if len(text) > 200:
        return None
    bare = UNIT.sub("", re.sub(r"\\boxed\{(.*)\}", r"\1", text)).strip().strip(" \t*_`$.").strip()
    if not NUMBER.fullmatch(bare):
        return None
    value = float(bare)
    return value if value <= 360 else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 within half a degree around the compass rose, else 0.0."""
    expected = float(ground_truth)
    if not (math.isfinite(expected) and 0 <= expected <= 360):
        raise ValueError(f"{ground_truth!r} is no course")
    lines = [line.strip(" \t*_`$>#-") for line in solution_str.splitlines()]
    claims = [match.group(1) for line in lines if (match := COURSE.match(line))]
    if not claims:
        claims = [re.sub(r"^\s*the (?:answer|course) is:?\s", "", solution_str, flags=re.IGNORECASE)]
    courses = [degrees(claim) for claim in claims]
    if None in courses or max(courses) - min(courses) > 1e-9:
        return 0.0
    off = abs(courses[0] - expected) % 360
    return 1.0 if min(off, 360 - off) <= 0.5 + 1e-9 else 0.0
