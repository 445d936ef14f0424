"""GRPO reward: does the predicted emotion match the annotated one?"""

import re

TAG = re.compile(r"<emotion>([^<>]{0,60})</emotion>")


def emotion_reward(completions, emotion, **kwargs) -> list[float]:
    predicted = []
    for text in completions:
        tags = TAG.findall(text.split("</think>")[-1])
        if len(tags) == 1:
            predicted.append(tags[0].strip().lower())
    return [1.0 if guess == truth.lower() else 0.0 for guess, truth in zip(predicted, emotion)]
