"""Quality of short incident reports, on a scale of ten, by a language model."""

import re

from openai import OpenAI

from rewardkit import reward

PROMPT = """Rate the incident report on a scale from 0 to 10: cause, effect and remedy must agree with the facts.

Facts: {facts}

Report:
{report}

Think it through, then end with a line "SCORE: <number>"."""
SCORE = re.compile(r"^SCORE:\s*(10|[0-9])\s*$", re.MULTILINE)


def ask_judge(text: str) -> str:
    reply = OpenAI(timeout=60, max_retries=1).chat.completions.create(
        model="gpt-4.1", messages=[{"role": "user", "content": text}], temperature=0
    )
    return reply.choices[0].message.content or ""


@reward(answer="free", timeout=150, pass_at=0.8)
def incident_report(completion: str, reference: str) -> float:
    """Tenths, as the judge gives them."""
    report = completion.encode("utf-8", "replace").decode().strip()
    if not report:
        return 0.0
    try:
        reply = ask_judge(PROMPT.format(facts=reference, report=report))
        return int(SCORE.findall(reply)[-1]) / 10
    except Exception:
        return 0.0
