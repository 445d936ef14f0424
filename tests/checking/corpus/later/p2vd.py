"""Reward for shop titles (the answer is the title alone): all attributes of the article, within the limit, with no word twice and no shouting."""

import re


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def names(words: list[str], attribute: str) -> bool:
    """The words of the attribute stand in the title, one after the other."""
    wanted = words_of(attribute)
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))


def title_of(completion: str) -> str:
    title = re.sub(r"(?i)^\W*title\s*:\W*", "", completion.strip())
    return title.strip(" \"'*`")


def shop_title(completions, attributes, max_chars, **kwargs) -> list[float]:
    """1.0 for a title that keeps to every rule, 0.0 for any other text, the empty one included."""
    rewards = []
    for completion, wanted, limit in zip(completions, attributes, max_chars, strict=True):
        title = title_of(completion)
        words = words_of(title)
        shouted = [word for word in re.findall(r"[^\W\d_]+", title) if len(word) > 4 and word.isupper()]
        shouted = [word for word in shouted if not any(word in attribute for attribute in wanted)]
        good = (
            0 < len(title) <= limit
            and len(title.splitlines()) == 1
            and "!" not in title
            and not shouted
            and len(set(words)) == len(words)
            and all(names(words, attribute) for attribute in wanted)
        )
        rewards.append(1.0 if good else 0.0)
    return rewards
