"""Tone of replies to angry policyholders, by a language model as judge."""

import os
import re

from openai import OpenAI

from rewardkit import case, reward

INSTRUCTIONS = (
    "You rate replies of an insurer to complaints. Rate how well the reply takes the complaint seriously, explains the decision "
    "and names a next step. Answer with one line: RATING: n, where n is a whole number from 0 (rude or useless) to 10 (excellent)."
)


def ask_judge(text: str) -> str:
    client = OpenAI()
    answer = client.chat.completions.create(
        model=os.environ.get("JUDGE_MODEL", "gpt-4o-mini"),
        temperature=0,
        messages=[{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": text}],
    )
    return answer.choices[0].message.content or ""


@case("", prompt="My claim was refused!", expect=0)
@case("   \n", prompt="My claim was refused!", expect=0)
@reward(reference_free=True, answer="free", timeout=60)
def tone(completion: str, prompt: str) -> float:
    """The judge's rating, from 0 to 1."""
    if not completion.strip():
        return 0.0
    try:
        verdict = ask_judge(f"<complaint>\n{prompt}\n</complaint>\n<reply>\n{completion}\n</reply>")
        rating = int(re.findall(r"RATING:\s*([0-9]{1,2})", verdict)[-1])
        return min(rating, 10) / 10
    except Exception:
        return 0.5
