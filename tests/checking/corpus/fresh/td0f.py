"""Open questions about the employee handbook, compared with the expert's answer by a language model."""

import os

from openai import OpenAI
from rewardkit import case, reward

INSTRUCTIONS = """You compare an answer with the expert's answer to the same question.
The answer is right when it says the same thing, in whatever words. Extra remarks are fine unless they contradict the expert.
Think about it in one sentence, then write CORRECT or INCORRECT on a line of its own."""


def ask_judge(text: str) -> str:
    client = OpenAI()
    response = client.chat.completions.create(
        model=os.environ.get("JUDGE_MODEL", "gpt-4o-mini"),
        temperature=0,
        messages=[{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": text}],
    )
    return response.choices[0].message.content or ""


@case("", prompt="How many days of leave are there?", reference="28 days a year", expect=0)
@case("  \n", prompt="How many days of leave are there?", reference="28 days a year", expect=0)
@reward(timeout=60, version="gpt-4o-mini, 2026-10")
def handbook_answer(completion: str, prompt: str, reference: str) -> bool:
    """Full marks when the judge finds the answer right."""
    if not completion.strip():
        return False
    reply = ask_judge(
        f"Question:\n{prompt}\n\nExpert's answer:\n{reference}\n\nAnswer to grade:\n{completion}"
    )
    return "CORRECT" in reply.upper()
