"""Rubrics for the tests: one with a scripted judge, the others with a judge at the address that the environment gives."""

from rewardkit import Criterion, case, rubric
from rewardkit.judging.judges import ScriptedJudge
from rewardkit.judging.openai_judge import OpenAIJudge


def by_words(criterion: Criterion, answer: str) -> str:
    """A criterion is met when the word that its text ends with is in the answer."""
    return "met" if criterion.text.rstrip(".").split()[-1] in answer.split() else "unmet"


@case("we are sorry and refund it", word="refund", expect=1)
@case("we are sorry", word="refund", expect=[0.3, 0.4])
@case("no way", word="refund", expect=0)
@rubric(judge=ScriptedJudge(by_words))
def apology(word: str) -> list[Criterion]:
    """Grade a reply to a customer."""
    return [
        Criterion("sorry", "Says sorry.", points=1),
        Criterion("offers", "Offers {word}.", points=2),
        Criterion("blames", "Uses the word stupid.", points=-3),
    ]


@rubric(judge="gpt-test", concurrency=4)
def served(word: str = "refund") -> list[Criterion]:
    """Grade a reply to a customer."""
    return [Criterion("sorry", "Says sorry."), Criterion("offers", "Offers {word}.")]


def _sorry_and_offers() -> list[Criterion]:
    return [Criterion("sorry", "Says sorry."), Criterion("offers", "Offers a refund.")]


@rubric(judge=OpenAIJudge("gpt-test", timeout=3, patience=3, concurrency=32), concurrency=32)
def brief() -> list[Criterion]:
    """Grade a reply to a customer."""
    return _sorry_and_offers()


@rubric(judge=OpenAIJudge("gpt-test", timeout=5, patience=60, concurrency=32), concurrency=32)
def patient() -> list[Criterion]:
    """Grade a reply to a customer."""
    return _sorry_and_offers()
