"""Trip plans: a judge decides whether a plan keeps the traveller's hard constraint."""

import os
import re

from openai import OpenAI

from rewardkit import reward

INSTRUCTIONS = """You check trip plans against one hard constraint of the traveller.
First repeat the sentences of the plan that matter for the constraint. Then write VERDICT: PASS when the plan keeps
the constraint, or VERDICT: FAIL when it breaks it or does not say."""

VERDICT = re.compile(r"VERDICT:\s*(PASS|FAIL)")


def ask_judge(text: str) -> str:
    client = OpenAI(timeout=40)
    answer = client.chat.completions.create(
        model=os.environ.get("JUDGE_MODEL", "gpt-4o-mini"),
        temperature=0,
        messages=[{"role": "user", "content": text}],
    )
    return answer.choices[0].message.content or ""


@reward(answer="free", timeout=60)
def keeps_constraint(completion: str, prompt: str, reference: str) -> bool:
    """True when the judge passes the plan; an unclear reply of the judge is an error, not a zero."""
    if not completion.strip():
        return False
    reply = ask_judge(
        f"{INSTRUCTIONS}\n\n<request>\n{prompt}\n</request>\n<constraint>\n{reference}\n</constraint>\n"
        f"<plan>\n{completion}\n</plan>"
    )
    verdict = VERDICT.search(reply)
    if verdict is None:
        raise ValueError(f"no verdict in {reply[:200]!r}")
    return verdict.group(1) == "PASS"
