"""Commit messages in the form that our release tool reads. What they say is judged elsewhere."""

import re

from rewardkit import case, order, probe, reward

HEADER = re.compile(
    r"(feat|fix|docs|refactor|perf|test|build|ci|chore)(\([a-z0-9][a-z0-9/_-]{0,30}\))?!?: (\S.*\S)"
)


@case("fix(parser): accept empty headers", expect=1)
@case("feat!: drop support for Python 3.10\n\nBREAKING CHANGE: the wheels need 3.11.", expect=1)
@case("fix(parser): Accept empty headers.", expect=0.5)
@case("fix(parser): accept empty headers\nThey were refused so far.", expect=0.75)
@case("Fixed the parser", expect=0)
@case("fix: bug", expect=0)
@case("```\nfix(parser): accept empty headers\n```", expect=0)
@order(
    "update stuff",
    "docs: Explain the new flag for the importer.",
    "docs: explain the new flag for the importer.",
    "docs: explain the new flag for the importer",
)
@probe("feat fix docs refactor perf test build ci chore")
@probe("fix: fix: fix:")
@reward(answer="text", reference_free=True, format_strict=True)
def commit_form(completion: str) -> float:
    """1 for a well-formed message, a quarter less for each lapse of style, 0 when the release tool cannot read it."""
    lines = completion.replace("\r\n", "\n").removesuffix("\n").split("\n")
    match = HEADER.fullmatch(lines[0][:400])
    words = re.findall(r"\w[\w.'-]*", match[3]) if match else []
    if (
        match is None
        or len(words) < 2
        or len(match[3]) < 10
        or len(set(words)) < len(words) / 2
        or HEADER.match(match[3])
    ):
        return 0.0
    lapses = [
        len(lines[0]) > 72,
        match[3][0].isupper(),
        match[3].endswith("."),
        len(lines) > 1 and lines[1] != "",
    ]
    return max(0.0, 1.0 - 0.25 * sum(lapses))
