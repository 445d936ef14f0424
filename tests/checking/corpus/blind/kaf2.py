"""School essays, graded by a model against the teacher's criteria."""

import os
import re

from openai import OpenAI

from rewardkit import case, reward

INSTRUCTIONS = """You are an experienced teacher. Grade the essay below on the question "{prompt}".
Criteria: {reference}
Think about strengths and weaknesses first, then end with a line "Score: n", n from 0 to 10.

{essay}
"""


def ask_judge(text: str) -> str:
    client = OpenAI()
    reply = client.chat.completions.create(
        model=os.environ.get("JUDGE_MODEL", "gpt-4o-mini"),
        messages=[{"role": "user", "content": text}],
        temperature=0,
    )
    return reply.choices[0].message.content or ""


def score_in(reply: str) -> float:
    match = re.search(r"score:\s*([0-9]{1,2})\b", reply, flags=re.IGNORECASE)
    return min(int(match[1]), 10) / 10 if match else 0.0


@case("", prompt="Should school start later?", reference="a clear thesis, two arguments", expect=0)
@case("  \n", prompt="Should school start later?", reference="a clear thesis, two arguments", expect=0)
@reward(answer="free", timeout=60, version="judge-2026-09", pass_at=0.8)
def essay(completion: str, prompt: str, reference: str) -> float:
    """The judge's score out of ten; an empty essay gets nothing."""
    if not completion.strip():
        return 0.0
    reply = ask_judge(INSTRUCTIONS.format(prompt=prompt, reference=reference, essay=completion))
    return score_in(reply)
