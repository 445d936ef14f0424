"""A glossary for a translator: one line 'English = German' for each term of the list (TRL)."""

import re

ARTICLE = re.compile(r"^(?:the|an?|der|die|das)\s+", re.IGNORECASE)


def plain(text: str) -> str:
    """A term without bullets, quotation marks, article and trailing punctuation; ü and ue are one."""
    text = " ".join(re.sub(r"[*_`\"'„“”]", "", text).casefold().split()).strip(" .;,")
    text = ARTICLE.sub("", re.sub(r"^(?:[-•]|[0-9]{1,2}[.)])\s*", "", text))
    return text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")


def glossary(completions: list[str], terms: list[list[dict]], **kwargs) -> list[float | None]:
    """The share of the terms whose line gives an accepted translation; a term with two different lines counts as wrong."""
    rewards = []
    for completion, wanted in zip(completions, terms, strict=True):
        given: dict[str, set[str]] = {}
        for line in completion.rpartition("</think>")[2].partition("<think>")[0].splitlines():
            source, sign, target = line.partition("=")
            if sign:
                given.setdefault(plain(source), set()).add(plain(target))
        right = 0
        for term in wanted:
            targets = given.get(plain(term["term"]), set())
            right += len(targets) == 1 and targets <= {plain(accepted) for accepted in term["accepted"]}
        rewards.append(right / len(wanted) if wanted else None)
    return rewards
