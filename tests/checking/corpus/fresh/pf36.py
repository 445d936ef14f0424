"""Does a summary of a bug report name the cause that the engineers found? A language model decides."""

import os

from openai import OpenAI
from rewardkit import Unscored, case, reward

PROMPT = """Engineers found the cause of the bug below. Somebody else summarised the report.

Report:
{report}

Summary:
{summary}

Cause found by the engineers:
{cause}

Does the summary name the same cause? Reply with the single word YES or NO."""


def fill(template: str, **values: str) -> str:
    """A template with its slots filled; reports are full of braces, so str.format is of no use."""
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    return template


def ask_judge(text: str) -> str:
    client = OpenAI(base_url=os.environ.get("JUDGE_URL"))
    answer = client.chat.completions.create(
        model=os.environ.get("JUDGE_MODEL", "qwen2.5-32b-instruct"),
        messages=[{"role": "user", "content": text}],
        temperature=0,
        max_tokens=4,
    )
    return answer.choices[0].message.content or ""


@case(
    "",
    prompt="App stops after login on Android 12.",
    reference="the session token is read before it is written",
    expect=0,
)
@reward(timeout=60)
def names_the_cause(completion: str, prompt: str, reference: str) -> bool:
    """Full marks when the judge says YES."""
    if not completion.strip():
        return False
    verdict = (
        ask_judge(fill(PROMPT, report=prompt, summary=completion, cause=reference)).strip().strip(".").upper()
    )
    if verdict not in ("YES", "NO"):
        raise Unscored(f"the judge said {verdict!r:.40}")
    return verdict == "YES"
