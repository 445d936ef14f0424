"""TRL reward for multiple-choice quizzes in chat form: the model ends with 'Answer: <letter>'."""

import re

ALONE = re.compile(r"\W*([A-D])(?:[).:]\s(?!.*\b[A-D]\b(?!\s+[a-z]))[^\n]*|\W*)", re.IGNORECASE)
STATED = re.compile(
    r"\b(?:answer|option|choice)\b(?:\s+is)?(?:\s+option)?[\s:*_(\[=]{0,8}([A-D])\b(?!['’])(?!\s+(?!because|since|as\b)[a-z])(?=(.{0,12}))",
    re.IGNORECASE,
)
ANOTHER = re.compile(r"[\s)*_]*(?:or|and|/|,|&)[\s(*_]*[A-D]\b(?!\s+[a-z])", re.IGNORECASE)


def letter_of(reply):
    """The one letter that a reply commits to; '' when there is none or more than one."""
    alone = ALONE.fullmatch(reply)
    if alone:
        return alone.group(1).upper()
    stated = STATED.findall(reply)
    letters = {letter.upper() for letter, _ in stated}
    if stated:
        return (
            letters.pop() if len(letters) == 1 and not any(ANOTHER.match(rest) for _, rest in stated) else ""
        )
    letters = set(re.findall(r"(?<![\w.])[A-D](?!\.?\w)", reply))
    return letters.pop() if len(letters) == 1 and not re.search(r"\bnot\b|n['’]t\b", reply) else ""


def quiz_reward(prompts, completions, key, **kwargs) -> list[float]:
    return [
        float(letter_of(completion[0]["content"]) == letter) for completion, letter in zip(completions, key)
    ]
