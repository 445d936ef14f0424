"""Essays are rated from 0 to 10 by a language model that has the teacher's notes."""

import re

from openai import OpenAI
from rewardkit import Unscored, case, reward

MODEL = "gpt-4o"
PROMPT = """You are an experienced teacher. Grade the essay below by the notes, from 0 (nothing there) to 10 (all points made, clearly written).

Topic: {topic}

Notes:
{notes}

Essay:
<essay>
{essay}
</essay>

First quote the sentence of the essay that states its thesis. Then comment on it in two sentences. Then write the grade as "Score: N"."""
SCORE = re.compile(r"score:\s*(\d+)", re.IGNORECASE)


def ask_judge(text: str) -> str:
    reply = OpenAI(max_retries=3).chat.completions.create(
        model=MODEL, temperature=0, seed=7, messages=[{"role": "user", "content": text}]
    )
    return reply.choices[0].message.content or ""


@case(
    "",
    prompt="Should towns ban cars?",
    reference="names air quality; names access for the disabled",
    expect=0,
)
@reward(timeout=90, pass_at=0.8, version=MODEL)
def essay_grade(completion: str, prompt: str, reference: str) -> float:
    """The judge's grade, from 0 to 1."""
    if len(completion.split()) < 20:
        return 0.0
    reply = ask_judge(PROMPT.format(topic=prompt, notes=reference, essay=completion))
    score = SCORE.search(reply)
    if score is None:
        raise Unscored("the judge gave no score")
    return min(int(score.group(1)), 10) / 10
