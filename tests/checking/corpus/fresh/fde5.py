"""Retrieval: the model names up to five articles of the help centre that answer the question, best first."""

import re

ARTICLE = re.compile(r"\bHC-\d{3}\b")
K = 5


def recall_at_k_reward(completions, relevant, **kwargs):
    """Recall among the first five articles named. Naming more than five does not help."""
    rewards = []
    for text, wanted in zip(completions, relevant):
        named = ARTICLE.findall(text)[:K]
        hits = sum(article in wanted for article in named)
        rewards.append(min(1.0, hits / len(wanted)) if wanted else 0.0)
    return rewards
