"""Rankings for the tests: one with a scripted judge, one that asks a model, and a reward to combine them with."""

from rewardkit import order, ranking, reward
from rewardkit.judging.judges import ScriptedJudge


def by_kindness(a: str, b: str) -> str:
    """The one that says that it is kind."""
    kind = ["kind" in text.split() for text in (a, b)]
    return "tie" if kind[0] == kind[1] else "A" if kind[0] else "B"


@order("go away now", "that is kind", word="kind")
@ranking(judge=ScriptedJudge(better=by_kindness))
def kinder(word: str) -> str:
    """Compare two answers."""
    return "The better answer says {word}."


@ranking(judge="gpt-test", concurrency=4)
def served() -> str:
    """Compare two answers."""
    return "The better answer is longer."


@reward(isolation="inline")
def polite(completion: str) -> bool:
    """Any answer is."""
    return True
