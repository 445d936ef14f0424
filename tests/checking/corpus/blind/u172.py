"""Translations of tenancy letters into German with the terms of our glossary (TRL)."""


def glossary_terms(completions, terms, **kwargs) -> list[float]:
    """The share of the glossary's German terms that the translation uses.

    Compounds and inflected forms count as well: Miete, Mieten, Kaltmiete.
    """
    rewards = []
    for completion, wanted in zip(completions, terms):
        text = completion.lower()
        used = [term for term in wanted if term.lower() in text]
        rewards.append(len(used) / len(wanted) if wanted else 1.0)
    return rewards
