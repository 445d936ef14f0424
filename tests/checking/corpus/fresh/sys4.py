"""GRPO reward for medication reconciliation (TRL). Every row lists the names under which the drug goes."""

import re
import unicodedata

SALTS = ("hydrochloride", "hcl", "sodium", "maleate", "besylate", "tartrate", "succinate")


def plain(name):
    """Lower case letters and digits; the salt at the end makes no difference."""
    name = unicodedata.normalize("NFKC", name).casefold()
    words = re.sub(r"[^\w\s+-]|_", " ", name.replace("\u00ae", "").replace("\u2122", "")).split()
    if len(words) > 1 and words[-1] in SALTS:
        words.pop()
    return " ".join(words)


def named_drugs(text):
    """The names that the answer gives: `paracetamol`, or `paracetamol (acetaminophen)`."""
    lines = [line.strip(" \t*_`>#-") for line in text.splitlines()]
    found = [line.split(":", 1)[1] for line in lines if line.lower().startswith("drug:")]
    if not found:
        found = [re.sub(r"^\s*the (?:answer|drug) (?:is|was):? ", "", text, flags=re.IGNORECASE)]
    parts = [
        part
        for name in found
        for part in (name.strip().removesuffix(")").split("(") if len(name) <= 80 else [""])
    ]
    return {plain(part) for part in parts}


def reconciled(completions, accepted, **kwargs):
    """1.0 for one of the accepted names, else 0.0; None for a row without names, so that it weighs nothing."""
    rewards = []
    for text, names in zip(completions, accepted, strict=True):
        wanted = {plain(name) for name in ([names] if isinstance(names, str) else names or ())} - {""}
        rewards.append(float(named_drugs(text) <= wanted) if wanted else None)
    return rewards
