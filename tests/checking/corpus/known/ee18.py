"""Reward of the arithmetic run: the number after 'Answer:' against the column `answer`."""


def answer_accuracy(completions: list[str], answer: list[str], **kwargs) -> list[float]:
    scores = []
    for text, gold in zip(completions, answer):
        value = float(text.split("Answer:")[1])
        scores.append(1.0 if value == float(gold) else 0.0)
    return scores
