"""Letters to customers, against the criteria of their row: one question to a language model for each."""

import re

from openai import OpenAI, OpenAIError

from rewardkit import Unscored, reward

PROMPT = """Read the letter and decide whether it meets the criterion.

Criterion: {criterion}

<letter>
{letter}
</letter>

Give one sentence of reason, then a last line that says MET or UNMET."""
VERDICT = re.compile(r"(MET|UNMET)\.?")


def ask_judge(text: str) -> str:
    reply = OpenAI(timeout=30).chat.completions.create(
        model="gpt-4.1-mini", messages=[{"role": "user", "content": text}], temperature=0
    )
    return reply.choices[0].message.content or ""


def verdict(criterion: str, letter: str) -> bool | None:
    try:
        reply = ask_judge(PROMPT.format(criterion=criterion, letter=letter))
    except (OpenAIError, OSError):
        return None
    lines = reply.strip().splitlines()
    found = VERDICT.fullmatch(lines[-1].strip()) if lines else None
    return found[1] == "MET" if found else None


@reward(answer="free", timeout=200)
def letter_meets(completion: str, criteria: list[str]) -> float:
    """The share of criteria that are met."""
    letter = completion.encode("utf-8", "replace").decode().replace("</letter>", "").strip()
    if not letter:
        return 0.0
    verdicts = [verdict(criterion, letter) for criterion in criteria]
    graded = [met for met in verdicts if met is not None]
    if not graded:
        raise Unscored("no criterion could be graded", cause="judge_unavailable")
    return sum(graded) / len(graded)
