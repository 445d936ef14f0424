"""TRL reward for booking exercises: which account is debited, which credited, with what amount?"""

import json


def booking(completions, debit, credit, amount, **kwargs):
    """0.4 for each account, 0.2 for the amount. The answer is a JSON object with the keys debit, credit and amount."""
    rewards = []
    for text, debited, credited, booked in zip(completions, debit, credit, amount, strict=True):
        text = text.strip().removeprefix("```json").removesuffix("```")
        try:
            entry = json.loads(text)
        except json.JSONDecodeError:
            rewards.append(0.0)
            continue
        score = 0.4 * (entry["debit"].strip().lower() == debited.lower())
        score += 0.4 * (entry["credit"].strip().lower() == credited.lower())
        score += 0.2 * (abs(float(entry["amount"]) - booked) < 0.005)
        rewards.append(round(score, 2))
    return rewards
