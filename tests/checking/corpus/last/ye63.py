"""Reward for word problems of grade 5: a natural number after "Answer:"."""


def count_reward(completions, solution, **kwargs) -> list[float]:
    rewards = []
    for completion, truth in zip(completions, solution, strict=True):
        if completion.count("Answer:") != 1:
            rewards.append(0.0)
            continue
        tail = completion.split("Answer:")[1].replace(",", "")
        words = [word.strip(".!*()[]=$") for word in tail.split()]
        numbers = [int(word) for word in words if word.isdigit()]
        rewards.append(1.0 if numbers == [int(truth)] else 0.0)
    return rewards
