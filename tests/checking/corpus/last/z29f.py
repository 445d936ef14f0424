"""GRPO reward for the bank's intent model. Some utterances were given two intents by the annotators; either is fine."""

import re

INTENTS = {
    "card lost",
    "card blocked",
    "card arrival",
    "pin change",
    "transfer failed",
    "transfer fee",
    "balance",
    "close account",
}
HEAD = re.compile(r"\A(?:the )?intent[\s*]*(?::|=|is\b)[\s*]*")


def plain(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text).strip(" .*`\"'").lower()


def stated_intent(completion) -> str | None:
    """What the last line says, after "Intent:" or alone, when it is one of ours and no other line says something else."""
    text = completion if isinstance(completion, str) else completion[-1]["content"]
    if not isinstance(text, str):
        return None
    lines = [plain(line) for line in text.rsplit("</think>", 1)[-1].splitlines() if line.strip()]
    answers = [plain(HEAD.sub("", line)) for line in lines]
    stated = {
        answer for line, answer in zip(lines, answers, strict=True) if HEAD.match(line) or answer in INTENTS
    }
    return answers[-1] if stated <= INTENTS and len(stated) == 1 and answers[-1] in stated else None


def intent_reward(completions, accepted, **kwargs) -> list[float | None]:
    rewards: list[float | None] = []
    for completion, names in zip(completions, accepted, strict=True):
        allowed = (
            {plain(name) for name in names if isinstance(name, str)} & INTENTS
            if isinstance(names, list)
            else set()
        )
        if not allowed:
            rewards.append(None)  # an utterance without a usable annotation teaches nothing
        else:
            rewards.append(1.0 if stated_intent(completion) in allowed else 0.0)
    return rewards
