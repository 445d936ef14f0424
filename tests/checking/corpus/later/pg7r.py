"""Feature flags as TOML: the answer is the file and nothing but the file, in a code fence or bare."""

import re
import tomllib

from rewardkit import case, probe, reward

FLAGS = {"checkout": {"one_click": True, "timeout": 30}, "search": {"fuzzy": False}}


def parse(text: str) -> dict | None:
    """The TOML of an answer; a fence has to hold all of it."""
    fenced = re.fullmatch(r"\s*```(?:toml)?[ \t]*\r?\n(.*?)```\s*", text, re.DOTALL | re.IGNORECASE)
    try:
        return tomllib.loads((fenced.group(1) if fenced else text).replace("\r\n", "\n"))
    except (ValueError, RecursionError):
        return None


def same(given: object, wanted: object) -> bool:
    """Equal with the types that the loader sees: `true` is not 1, and 30 is not 30.0."""
    if type(given) is not type(wanted):
        return False
    if isinstance(wanted, dict):
        return given.keys() == wanted.keys() and all(same(given[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        return len(given) == len(wanted) and all(map(same, given, wanted))
    return given == wanted


@case("[checkout]\none_click = true\ntimeout = 30\n[search]\nfuzzy = false", reference=FLAGS, expect=1)
@case(
    "```toml\nsearch.fuzzy = false\ncheckout = {timeout = 30, one_click = true}\n```",
    reference=FLAGS,
    expect=1,
)
@case("timeout = 30\nmode = 'on'", reference={"mode": "on", "timeout": 30}, expect=1)
@case("# the flags\ntimeout = 30  # seconds", reference={"timeout": 30}, expect=1)
@case("timeout = 1", reference={"timeout": True}, expect=0)
@case("timeout = 30\ntimeout = 40", reference={"timeout": 40}, expect=0)
@case("Sure! Here it is:\ntimeout = 30", reference={"timeout": 30}, expect=0)
@probe("", reference={"timeout": 30})
@probe("x = " + "[" * 20000, reference={"x": []})
@reward(answer="free", format_strict=True)
def feature_flags(completion: str, reference: dict) -> bool:
    """Full marks when the file loads to exactly the wanted tables, in any order and layout."""
    return same(parse(completion), reference)
