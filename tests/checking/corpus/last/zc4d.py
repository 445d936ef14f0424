"""verl reward for the countdown game: reach the target with each number used exactly once."""

import re
from fractions import Fraction

SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "[": "(", "]": ")"})
TOKEN = re.compile(r"\s*([0-9]{1,6}|[-+*/()])")


def tokens_of(text: str) -> list[str]:
    tokens, place = [], 0
    while place < len(text):
        if (match := TOKEN.match(text, place)) is None:
            raise ValueError("something else than numbers, signs and brackets")
        tokens.append(match[1])
        place = match.end()
    return tokens


def total(tokens: list[str], depth: int = 0) -> Fraction:
    found = product(tokens, depth)
    while tokens and tokens[0] in "+-":
        found = found + product(tokens, depth) if tokens.pop(0) == "+" else found - product(tokens, depth)
    return found


def product(tokens: list[str], depth: int) -> Fraction:
    found = factor(tokens, depth)
    while tokens and tokens[0] in "*/":
        found = found * factor(tokens, depth) if tokens.pop(0) == "*" else found / factor(tokens, depth)
    return found


def factor(tokens: list[str], depth: int) -> Fraction:
    if depth > 40 or not tokens:
        raise ValueError("too deep, or it ends early")
    token = tokens.pop(0)
    if token == "-":
        return -factor(tokens, depth + 1)
    if token != "(":
        return Fraction(int(token))
    found = total(tokens, depth + 1)
    if not tokens or tokens.pop(0) != ")":
        raise ValueError("a bracket stays open")
    return found


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    target, numbers = int(ground_truth["target"]), sorted(int(number) for number in ground_truth["numbers"])
    answers = re.findall(r"<answer>([^<>]*)</answer>", solution_str.rsplit("</think>", 1)[-1])
    if len(answers) != 1 or len(answers[0]) > 200:
        return 0.0
    text = re.sub(
        rf"\s*=\s*{target}\s*\.?\s*\Z",
        "",
        answers[0].replace("\\times", "*").replace("\\div", "/").translate(SIGNS).strip(" \t\r\n$`*."),
    )
    try:
        tokens = tokens_of(text.strip())
        used = sorted(int(token) for token in tokens if token.isdecimal())
        reached = total(tokens)
    except (ValueError, ZeroDivisionError):
        return 0.0
    return 1.0 if not tokens and reached == target and used == numbers else 0.0
