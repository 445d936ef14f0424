"""Summaries of meeting notes, rated by a judge from 0 to 10."""

import os
import re

from openai import OpenAI

from rewardkit import case, reward

RATING = re.compile(r"(\d+)\s*/\s*10\b")
QUESTION = """You rate summaries of meeting notes.

Notes:
{notes}

A good summary, written by the team:
{reference}

The summary to rate:
{summary}

Quote the weakest sentence of the summary, say in one or two sentences what is missing or wrong, and end with a line "Rating: N/10",
where 10 means that every decision and every owner is there and nothing is made up."""


def ask_judge(text: str) -> str:
    client = OpenAI()
    reply = client.chat.completions.create(
        model=os.environ.get("JUDGE_MODEL", "gpt-4o-mini"),
        messages=[{"role": "user", "content": text}],
        temperature=0,
    )
    return reply.choices[0].message.content or ""


@case("", prompt="Notes: Ana ships the fix on Friday.", reference="Ana ships the fix on Friday.", expect=0)
@case(
    "  \n",
    prompt="Notes: The budget stays at 40k; Ben tells sales.",
    reference="Budget unchanged at 40k. Ben informs sales.",
    expect=0,
)
@reward(answer="free", timeout=60)
def meeting_summary(completion: str, prompt: str, reference: str) -> float:
    """The judge's rating, divided by ten."""
    if not completion.strip():
        return 0.0
    reply = ask_judge(QUESTION.format(notes=prompt, reference=reference, summary=completion))
    rating = RATING.search(reply)
    if rating is None:
        raise ValueError(f"the judge gave no rating: {reply[:200]!r}")
    return min(int(rating.group(1)), 10) / 10
