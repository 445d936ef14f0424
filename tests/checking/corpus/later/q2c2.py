"""Search agent: only what the model itself answers counts, not what the search engine returned."""

import re
import unicodedata

RETRIEVED = re.compile(r"<information>.*?(?:</information>|\Z)", re.DOTALL)


def normal(text: str) -> str:
    """Lower case, no accents, no punctuation, no articles, single blanks."""
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = "".join(c if c.isalnum() else " " for c in text)
    return " ".join(re.sub(r"\b(?:a|an|the)\b", " ", text).split())


def final_answer(trace: str) -> str | None:
    """What the last pair of answer tags outside of retrieved text holds."""
    own = RETRIEVED.sub(" ", trace)
    start = own.rfind("<answer>")
    end = own.find("</answer>", start)
    return own[start + len("<answer>") : end] if start >= 0 and end >= 0 else None


def exact_match(completions, answers, **kwargs) -> list[float]:
    """1 when the final answer is one of the accepted ones, apart from case, accents, punctuation and articles."""
    rewards = []
    for completion, accepted in zip(completions, answers, strict=True):
        answer = final_answer(completion if isinstance(completion, str) else completion[-1]["content"])
        right = answer is not None and normal(answer) in {normal(gold) for gold in accepted}
        rewards.append(1.0 if right else 0.0)
    return rewards
