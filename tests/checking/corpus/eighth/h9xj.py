"""The model writes a regular expression for a description; hidden texts say whether it fits."""

import re

from rewardkit import case, order, probe, reward

HEX = {
    "accept": ["#fff", "#A0b1C2", "#000000", "#12e", "#ABCDEF"],
    "reject": ["fff", "#ggg", "#12", "#1234", "#1234567", "# fff", "##fff", ""],
}


def share_matched(pattern: re.Pattern, texts: list[str]) -> float:
    return sum(pattern.fullmatch(text) is not None for text in texts) / len(texts)


@case("#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})", **HEX, expect=1)
@case("```regex\n^#([0-9a-fA-F]{3}){1,2}$\n```", **HEX, expect=1)
@case("#[0-9a-fA-F]+", **HEX, expect=[0.3, 0.8])
@case("#(", **HEX, expect=0)
@order(".*", "#.*", "#[0-9a-f]{3,6}", "#[0-9A-Fa-f]{3,6}", "#([0-9a-fA-F]{3}){1,2}", **HEX)
@probe("|", **HEX)
@reward(runs_completion=True, timeout=2)
def colour_pattern(completion: str, accept: list[str], reject: list[str]) -> float:
    """Share of the texts to match that it matches, less the share of the others that it matches too."""
    fenced = re.findall(r"```[a-z]*\s*\n(.*?)\n?```", completion, re.DOTALL)
    source = (fenced[-1] if fenced else completion).strip().strip("`")
    try:
        pattern = re.compile(source)
    except (re.error, RecursionError, OverflowError, ValueError):
        return 0.0
    return max(0.0, share_matched(pattern, accept) - share_matched(pattern, reject))
