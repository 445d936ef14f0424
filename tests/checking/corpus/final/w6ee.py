"""Regex writing: the pattern has to match some strings in full and leave others alone."""

import json
import subprocess
import sys

from rewardkit import case, probe, reward

DRIVER = """
import json, re, sys
task = json.load(sys.stdin)
pattern = re.compile(task["pattern"])
json.dump([pattern.fullmatch(text) is not None for text in task["texts"]], sys.stdout)
"""
TIMES = {"match": ["09:30", "23:59", "00:00"], "avoid": ["24:00", "9:30", "12:60", "12:30:00"]}


def matches(pattern: str, texts: list[str]) -> list[bool] | None:
    """Which texts match, found out in a process that can be stopped; None for a broken or endless pattern."""
    task = json.dumps({"pattern": pattern, "texts": texts}).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", DRIVER],
            input=task,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=3,
        )
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None


def pattern_of(completion: str) -> str:
    """The pattern without the fence or the backticks around it."""
    lines = [line.strip() for line in completion.strip().splitlines()]
    if len(lines) == 3 and lines[0].startswith("```") and lines[2] == "```":
        return lines[1]
    if len(lines) == 1 and lines[0].startswith("`") and lines[0].endswith("`"):
        return lines[0].strip("`")
    return completion.strip()


@case(r"([01]\d|2[0-3]):[0-5]\d", reference=TIMES, expect=1)
@case(r"`^(?:[01][0-9]|2[0-3]):[0-5][0-9]$`", reference=TIMES, expect=1)
@case(r"\d\d:\d\d", reference=TIMES, expect=0)
@case("(((", reference=TIMES, expect=0)
@case("", reference=TIMES, expect=0)
@probe(".*", reference=TIMES)
@probe(r"([0-9:]+)+x", reference={"match": ["1" * 40], "avoid": []})
@reward(answer="code", runs_completion=True, timeout=15)
def pattern(completion: str, reference: dict) -> bool:
    """Every string is treated as it should be; the strings are not those of the prompt."""
    expected = [True] * len(reference["match"]) + [False] * len(reference["avoid"])
    return matches(pattern_of(completion), [*reference["match"], *reference["avoid"]]) == expected
