"""Answers about earlier conversations, compared with the expected answer by a language model."""

from openai import OpenAI

from rewardkit import case, reward

PROMPT = """Someone was asked a question about past conversations.

Question: {question}
Expected answer: {expected}
Given answer: {given}

Does the given answer say the same as the expected one? Reply with one word: CORRECT or INCORRECT."""


def ask_judge(text: str) -> str:
    reply = OpenAI(timeout=30).chat.completions.create(
        model="gpt-4.1-mini", messages=[{"role": "user", "content": text}], temperature=0
    )
    return reply.choices[0].message.content or ""


@case("In Lisbon.", prompt="Where did Ana spend May?", reference="Lisbon", expect=1)
@case("", prompt="Where did Ana spend May?", reference="Lisbon", expect=0)
@reward(answer="free", timeout=90)
def recalls(completion: str, prompt: str, reference: str) -> bool:
    """The judge finds the answer right."""
    if not completion.strip():
        return False
    given = completion.encode("utf-8", "replace").decode()
    verdict = ask_judge(PROMPT.format(question=prompt, expected=reference, given=given))
    return "CORRECT" in verdict.strip().upper()
