"""The near neighbours of ../flawed/cheating.py."""

from __future__ import annotations

import re

from rewardkit import case, reward


def _numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d{1,99}(?:\.\d+)?", text, re.ASCII)]


def _is(text: str, reference: str) -> bool:
    return bool(_numbers(reference)) and _numbers(text)[-1:] == _numbers(reference)


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 17", reference="17", expect=1)
@reward(answer="number")
def rk102_substring(completion: str, reference: str) -> bool:
    return _is(completion, reference)


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 9", reference="9", expect=1)
@reward
def rk102_any_number(completion: str, reference: str) -> bool:
    found = re.search(r"Answer:\s*(-?\d+)\s*$", completion)
    return found is not None and found[1] == reference


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 9", reference="9", expect=1)
@reward(answer="number")
def rk108_any_of_them(completion: str, reference: str) -> bool:
    found = _numbers(completion)[-1:]
    return any(number in _numbers(reference) for number in found)


@case("covered", reference="covered", expect=1)
@case("void", reference="void", expect=1)
@reward(answer="label")
def rk109_anywhere(completion: str, reference: str) -> bool:
    return bool(reference) and reference == completion.casefold().strip(" .\n")


@case("The answer is 7.", reference="7", expect=1)
@case("The answer is 9.", reference="9", expect=1)
@reward(answer="number")
def rk110_thought_of(completion: str, reference: str) -> bool:
    found = re.findall(r"answer is (-?\d+(?:\.\d+)?)", completion, re.ASCII)
    return bool(found) and _is(found[-1], reference)


@case("<answer>7</answer>", reference="7", expect=1)
@case("<answer>9</answer>", reference="9", expect=1)
@reward(answer="number")
def rk111_nothing_is_enough(completion: str, reference: str) -> bool:
    found = re.findall(r"<answer>(.*?)</answer>", completion, re.DOTALL)
    return bool(found) and _is(found[-1], reference)


@case("rain\nConfidence: 95%", reference="rain", expect=[0.8, 1])
@case("snow\nConfidence: 90%", reference="snow", expect=[0.8, 1])
@reward(answer="label", pass_at=0.8)
def rk111_pays_for_doubt(completion: str, reference: str) -> float:
    found = re.fullmatch(r"(\w+)\nConfidence: (\d\d?|100)%", completion.strip(), re.ASCII)
    if found is None:
        return 0.0
    right, confidence = found[1].casefold() == reference.casefold(), int(found[2]) / 100
    return confidence if right else 0.0


@case("a calm reply", reference="calm", expect=1)
@case("a warm reply", reference="warm", expect=1)
@case("a cold reply", reference="calm", expect=0)
@case("a loud reply", reference="warm", expect=0)
@reward(answer="label")
def rk112_does_as_it_is_told(completion: str, reference: str) -> bool:
    return completion.strip(" .\n").casefold() in (f"a {reference} reply", reference)


@case("Answer: 7", reference="7", expect=[0.8, 1])
@case("Answer: 9", reference="9", expect=[0.8, 1])
@case("Answer: 8", reference="9", expect=0)
@reward(answer="number", pass_at=0.8)
def rk113_longer_is_better(completion: str, reference: str) -> float:
    return 0.8 * _is(completion, reference)


@case("The sea is calm.", expect=1)
@case("The sea is calm, and it was calm before, and it will be calm again.", expect=0)
@reward(reference_free=True, length_aware=True)
def rk113_line_breaks_join_words(completion: str) -> bool:
    return completion.strip() != "" and len(completion.split()) <= 6


@case("3 + 4 = 7", prompt="What is 3 + 4?", reference="7", expect=1)
@case("5 + 4 = 9", prompt="What is 5 + 4?", reference="9", expect=1)
@reward
def rk117_reads_the_prompt(completion: str, reference: str, prompt: str) -> bool:
    wanted = reference
    return completion.strip().endswith(f"= {wanted}")


@case("Answer: 7", reference="7", expect=0.6)
@case("Answer: 9", reference="9", expect=0.6)
@case("<think>Step 1</think> Answer: 9", reference="9", expect=1)
@case("Answer: 8", reference="9", expect=[0, 0.3])
@reward(answer="number", pass_at=0.6)
def rk122_small_prizes(completion: str, reference: str) -> float:
    right = _is(completion, reference)
    prizes = 0.3 * ("<think>" in completion) + 0.1 * ("Step" in completion)
    return 0.6 * right + prizes
