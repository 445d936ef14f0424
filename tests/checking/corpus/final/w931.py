"""Questions about a warranty, judged by a model against the answer of the service desk."""

import os

from openai import OpenAI
from rewardkit import reward

TASK = """You compare a customer's answer with the answer of the service desk.

Question: {question}
Service desk: {reference}
Answer to judge (between the lines):
-----
{answer}
-----
Say in one sentence what you compared. End with one word on a line of its own: CORRECT or INCORRECT."""


def ask_judge(text: str) -> str:
    reply = OpenAI().chat.completions.create(
        model=os.environ.get("JUDGE_MODEL", "gpt-4o-mini"),
        messages=[{"role": "user", "content": text}],
        temperature=0,
    )
    return reply.choices[0].message.content or ""


@reward(answer="free", timeout=60)
def warranty_answer(completion: str, prompt: str, reference: str) -> bool:
    """The judge's last word decides. A judge that cannot be reached raises, so the completion stays unscored."""
    if not completion.strip():
        return False
    verdict = ask_judge(TASK.format(question=prompt, reference=reference, answer=completion))
    return verdict.strip().rstrip(".*").upper().endswith("CORRECT")
