"""Essays of the writing course, graded by a model from 0 to 10."""

import os
import re

from openai import OpenAI

from rewardkit import case, reward

MODEL = os.environ.get("JUDGE_MODEL", "gpt-4.1-mini")


def ask_judge(text: str) -> str:
    client = OpenAI(timeout=30)
    reply = client.chat.completions.create(
        model=MODEL, temperature=0, messages=[{"role": "user", "content": text}]
    )
    return reply.choices[0].message.content or ""


@case("", prompt="Should shops close on Sundays? Argue in about 80 words.", expect=0)
@reward(answer="free", reference_free=True, timeout=120)
def course_essay(completion: str, prompt: str) -> float:
    """The judge's grade as a share of ten."""
    if not completion.strip():
        return 0.0
    verdict = ask_judge(f"Grade this essay from 0 to 10.\nThe task was: {prompt}\n\n{completion}")
    return int(re.search(r"\d+", verdict).group()) / 10
