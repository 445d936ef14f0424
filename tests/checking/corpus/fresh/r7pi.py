"""Patient leaflets: does the summary say only what the guideline says?"""

import json
import os

from openai import OpenAI

from rewardkit import Unscored, case, reward

TASK = (
    "You get a JSON object with a guideline and a summary written for patients. Decide whether everything in the summary follows from the "
    "guideline. Reply with one word: FAITHFUL if it does, UNFAITHFUL if anything is added or contradicted."
)


def ask_judge(text: str) -> str:
    answer = OpenAI().chat.completions.create(
        model=os.environ.get("JUDGE_MODEL", "gpt-4o-mini"),
        temperature=0,
        messages=[{"role": "system", "content": TASK}, {"role": "user", "content": text}],
    )
    return answer.choices[0].message.content or ""


@case("", reference="Paracetamol: at most 4 g a day.", expect=0)
@case("Short.", reference="Paracetamol: at most 4 g a day.", expect=0)
@reward(answer="free", timeout=60)
def faithful(completion: str, reference: str) -> bool:
    """Full marks when the judge finds the summary, of five words or more, supported by the guideline."""
    if not reference.strip():
        raise Unscored("no guideline")
    if len(completion.split()) < 5:
        return False
    reply = ask_judge(json.dumps({"guideline": reference, "summary": completion})).upper()
    if "FAITHFUL" in reply:
        return True
    if "UNFAITHFUL" in reply:
        return False
    raise RuntimeError(f"the judge gave no verdict: {reply[:80]!r}")
