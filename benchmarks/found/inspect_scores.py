"""inspect_ai 0.3.285: scorers that call no model, awaited with the state that a task would have.

pip install inspect_ai==0.3.285
"""

from __future__ import annotations

from inspect_ai.model import ChatMessageAssistant, ChatMessageUser, ModelName, ModelOutput
from inspect_ai.scorer import Scorer, Target, answer, exact, f1, includes, match, pattern
from inspect_ai.scorer import math as math_scorer
from inspect_ai.solver import TaskState

from rewardkit import reward

_SCORERS = {
    "match": match(),
    "match_any": match("any"),
    "match_numeric": match(numeric=True),
    "match_numeric_any": match("any", numeric=True),
    "includes": includes(),
    "answer_letter": answer("letter"),
    "answer_word": answer("word"),
    "answer_line": answer("line"),
    "pattern": pattern(r"The answer is (.+?)\s*\Z"),
    "exact": exact(),
    "f1": f1(),
    "math": math_scorer(),
}


async def _score(name: str, completion: str, target: str) -> float:
    state = TaskState(
        model=ModelName("mockllm/model"),
        sample_id=1,
        epoch=1,
        input="question",
        messages=[ChatMessageUser(content="question"), ChatMessageAssistant(content=completion)],
        target=Target(target),
        output=ModelOutput.from_content("mockllm/model", completion),
    )
    scorer: Scorer = _SCORERS[name]
    score = await scorer(state, Target(target))
    assert score is not None
    return score.as_float() if not isinstance(score.value, str) else float(score.value == "C")


@reward(answer="text")
async def match_end(completion: str, reference: str) -> float:
    """`match()`: the completion ends with the target."""
    return await _score("match", completion, reference)


@reward(answer="text")
async def match_any(completion: str, reference: str) -> float:
    """`match("any")`: the target stands anywhere."""
    return await _score("match_any", completion, reference)


@reward(answer="number")
async def match_numeric(completion: str, ground_truth: str) -> float:
    """`match(numeric=True)`: the last number is the target."""
    return await _score("match_numeric", completion, ground_truth)


@reward(answer="number")
async def match_numeric_any(completion: str, ground_truth: str) -> float:
    """`match("any", numeric=True)`: one of the numbers is the target."""
    return await _score("match_numeric_any", completion, ground_truth)


@reward(answer="text")
async def includes_text(completion: str, reference: str) -> float:
    """`includes()`: the target stands anywhere."""
    return await _score("includes", completion, reference)


@reward(answer="label")
async def answer_letter(completion: str, reference: str) -> float:
    """`answer("letter")`: the letter after `ANSWER:`."""
    return await _score("answer_letter", completion, reference)


@reward(answer="number")
async def answer_word(completion: str, ground_truth: str) -> float:
    """`answer("word")`: the word after `ANSWER:`."""
    return await _score("answer_word", completion, ground_truth)


@reward(answer="number")
async def answer_line(completion: str, ground_truth: str) -> float:
    """`answer("line")`: the rest of the line after `ANSWER:`."""
    return await _score("answer_line", completion, ground_truth)


@reward(answer="text")
async def pattern_text(completion: str, reference: str) -> float:
    """`pattern(...)`: what the first group of a regular expression finds."""
    return await _score("pattern", completion, reference)


@reward(answer="text")
async def exact_text(completion: str, reference: str) -> float:
    """`exact()`: the same words."""
    return await _score("exact", completion, reference)


@reward(answer="text")
async def f1_words(completion: str, reference: str) -> float:
    """`f1()`: the words in common."""
    return await _score("f1", completion, reference)


@reward(timeout=30)
async def math_latex(completion: str, solution: str) -> float:
    """`math()`: the same mathematical value."""
    return await _score("math", completion, solution)


@reward(answer="number", timeout=30)
async def math_numbers(completion: str, ground_truth: str) -> float:
    """`math()` for answers that are numbers."""
    return await _score("math", completion, ground_truth)
