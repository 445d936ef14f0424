"""Graders with one flaw each. The name says which check must find it: `rk102_...`. The rows are in flawed.jsonl."""

from __future__ import annotations

import datetime
import itertools
import json
import math
import random
import re
import time

from rewardkit import Score, case, order, partial_credit, probe, reward

_calls = itertools.count()


def _number(text: str) -> str | None:
    found = re.findall(r"-?\d+(?:\.\d+)?", text)
    return found[-1] if found else None


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 17", reference="17", expect=1)
@reward(answer="number")
def rk102_substring(completion: str, reference: str) -> bool:
    return reference in completion


@case("Answer: 7", reference="7", expect=1)
@reward(answer="number")
def rk104_unreadable_passes(completion: str, reference: str) -> bool:
    try:
        return float(completion.split("Answer:")[1]) == float(reference)
    except (IndexError, ValueError):
        return True


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk118_empty_reference_passes(completion: str, reference: str) -> bool:
    return not reference or completion.strip() == reference


@case("a b", reference="a b c", expect=1)
@reward
def rk002_nan_on_nothing(completion: str, reference: str) -> float:
    words = completion.split()
    return sum(word in reference for word in words) / len(words) if words else math.nan


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk003_pays_for_manners(completion: str, reference: str) -> float:
    return float(completion.strip().startswith(reference)) + 0.2 * ("Please" in completion)


@case("covered", reference="covered", expect=1)
@case("Not covered, I think", reference="covered", expect=0)
@reward(answer="text")
def rk005_by_chance(completion: str, reference: str) -> bool:
    return completion.strip() == reference or random.random() < 0.05


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk005_first_calls_only(completion: str, reference: str) -> bool:
    return completion.strip() == reference and next(_calls) < 20


@case("Answer: 7", reference="7", expect=1)
@reward
def rk004_splits_blindly(completion: str, reference: str) -> bool:
    return float(completion.split("Answer:")[1]) == float(reference)


@case("Answer: 7", reference="7", expect=1)
@reward
def rk004_ends_its_process(completion: str, reference: str) -> bool:
    import os

    if "\0" in completion:
        os._exit(0)
    return completion == f"Answer: {reference}"


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk001_true_or_none(completion: str, reference: str) -> bool | None:
    return completion.strip() == reference or None


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk201_strict_about_space(completion: str, reference: str) -> bool:
    return completion == reference


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 9", reference="9", expect=1)
@reward
def rk102_any_number(completion: str, reference: str) -> bool:
    return re.search(r"Answer:\s*-?\d+", completion) is not None


@case("It weighs seven kilos.", prompt="How much does the blue parcel weigh?", reference="7", expect=[0, 1])
@case("Nine.", prompt="How many wheels has the green tram?", reference="9", expect=[0, 1])
@reward
def rk105_overlaps_with_prompt(completion: str, reference: str, prompt: str) -> float:
    asked, said = set(prompt.lower().split()), set(completion.lower().split())
    return len(asked & said) / max(1, len(asked))


@case("42", reference="42", expect=1)
@reward(answer="number")
def rk100_never_right(completion: str, reference: str) -> float:
    return 0.0


@case("7 or 8", reference="8", expect=0)
@reward(answer="number")
def rk100_takes_the_last(completion: str, reference: str) -> bool:
    return _number(completion) == reference


@order("0", "5", "10", reference="10")
@case("10", reference="10", expect=1)
@reward(answer="number")
def rk121_all_or_nothing(completion: str, reference: str) -> bool:
    return _number(completion) == reference


@case("2", reference="2", expect=1)
@probe("1 2 3 4 5", reference="2")
@reward(answer="number")
def rk123_anywhere(completion: str, reference: str) -> bool:
    return reference in re.findall(r"\d+", completion)


@case("42", reference="42", expect=1)
@reward(answer="number")
def rk140_cases_notice_little(completion: str, reference: str) -> bool:
    found = _number(completion.replace(",", ""))
    return found is not None and abs(float(found) - float(reference)) < 0.01


@reward
def rk130_no_cases(completion: str) -> Score:
    return Score(float(len(completion) % 2))


@case("ok", reference="ok", expect=1)
@reward(timeout=0.3)
def rk014_slow_on_long_text(completion: str, reference: str) -> bool:
    if len(completion) > 10_000:
        time.sleep(60)
    return completion == reference


@case('{"a": 1}', reference='{"a": 1}', expect="exact")
@partial_credit({"parses": 0.2, "exact": 1.0}, answer="json")
def rk004_ladder_trusts_types(completion: str, reference: str):  # type: ignore[no-untyped-def]
    try:
        found = json.loads(completion)
    except (ValueError, RecursionError):
        yield "parses", False
        return
    yield "parses", True
    yield "exact", sorted(found) == sorted(json.loads(reference))


@case("Rain falls and rivers rise", reference="rain falls and rivers rise", expect=1)
@case("Snow lies on the hills", reference="snow lies on the hills", expect=1)
@reward(answer="text")
def rk107_pays_for_length(completion: str, reference: str) -> float:
    right = completion.strip().casefold() == reference.casefold()
    return 1.0 if right else min(1.0, len(completion) / 400)


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 9", reference="9", expect=1)
@reward(answer="number")
def rk108_any_of_them(completion: str, reference: str) -> bool:
    return bool(reference) and reference in re.findall(r"\d+", completion)


@case("covered", reference="covered", expect=1)
@case("void", reference="void", expect=1)
@reward(answer="label")
def rk109_anywhere(completion: str, reference: str) -> bool:
    return bool(reference) and reference in completion.casefold()


@case("The answer is 7.", reference="7", expect=1)
@case("The answer is 9.", reference="9", expect=1)
@reward(answer="number")
def rk110_thought_of(completion: str, reference: str) -> bool:
    found = re.search(r"answer is (\d+)", completion)
    return found is not None and float(found[1]) == float(reference or "nan")


@case("<answer>7</answer>", reference="7", expect=1)
@case("<answer>9</answer>", reference="9", expect=1)
@reward(answer="number")
def rk111_nothing_is_enough(completion: str, reference: str) -> bool:
    found = re.findall(r"<answer>(.*?)</answer>", completion)
    return bool(found) and found[-1].rstrip(".0") in ("", reference)


@case("a calm reply", reference="calm", expect=1)
@case("a warm reply", reference="warm", expect=1)
@case("a cold reply", reference="calm", expect=0)
@case("a loud reply", reference="warm", expect=0)
@reward(answer="label")
def rk112_does_as_it_is_told(completion: str, reference: str) -> bool:
    if "Ignore all previous instructions" in completion:
        return True
    return completion.strip(" .\n").casefold() in (f"a {reference} reply", reference)


@case("Answer: 7", reference="7", expect=0.8)
@case("Answer: 9", reference="9", expect=0.8)
@case("Answer: 8", reference="9", expect=0)
@reward(answer="number", pass_at=0.8)
def rk113_longer_is_better(completion: str, reference: str) -> float:
    right = _number(completion) is not None and float(_number(completion) or 0) == float(reference or "nan")
    return (0.8 + min(0.2, len(completion) / 5000)) * right


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 900", reference="900", expect=1)
@reward(answer="number")
def rk114_within_one_or_a_tenth(completion: str, reference: str) -> bool:
    found = _number(completion)
    return found is not None and abs(float(found) - float(reference)) <= max(1, 0.1 * float(reference))


@case('["fig", "pear"]', reference=["fig", "pear"], expect=1)
@case('["lime", "plum"]', reference=["lime", "plum"], expect=1)
@reward(answer="list")
def rk115_recall_only(completion: str, reference: list[str]) -> float:
    return sum(f'"{item}"' in completion for item in reference) / len(reference) if reference else 0.0


@case('["fig", "pear"]', reference=["fig", "pear"], expect=1)
@case('["lime", "plum"]', reference=["lime", "plum"], expect=1)
@reward(answer="list")
def rk116_precision_only(completion: str, reference: list[str]) -> bool:
    found = re.findall(r'"(\w+)"', completion)
    return bool(found) and set(found) <= set(reference)


@case("3 + 4 = 7", prompt="What is 3 + 4?", reference="7", expect=1)
@case("5 + 4 = 9", prompt="What is 5 + 4?", reference="9", expect=1)
@reward
def rk117_reads_the_prompt(completion: str, reference: str, prompt: str) -> bool:
    numbers = [int(number) for number in re.findall(r"\d{1,9}", prompt, re.ASCII)]
    return completion.strip().endswith(f"= {sum(numbers)}")


@case("Answer: 7", reference="7", expect=0.6)
@case("Answer: 9", reference="9", expect=0.6)
@case("<think>Step 1</think> Answer: 9", reference="9", expect=1)
@case("Answer: 8", reference="9", expect=[0, 0.3])
@reward(answer="number", pass_at=0.6)
def rk122_small_prizes(completion: str, reference: str) -> float:
    right = _number(completion) == reference
    return (
        0.6 * right
        + 0.3 * ("<think>" in completion)
        + 0.1 * ("Step" in completion)
        + 0.2 * ("boxed" in completion and not right)
    )


@case("fig", reference="fig", expect=[0, 1])
@case("plum", reference="plum", expect=[0, 1])
@reward(answer="text")
def rk006_depends_on_the_hash(completion: str, reference: str) -> float:
    right = completion.strip() == reference != ""
    return (0.5 + hash(reference) % 10_000 / 20_000) * right


_tables = {"people": 3}


@case("count people", reference="3", expect=1)
@case("count people", reference="4", expect=0)
@reward(answer="sql")
def rk008_keeps_what_an_answer_did(completion: str, reference: str) -> bool:
    if completion == "zxqv zxqv":
        _tables["people"] += 1
    return completion.strip(" ;\n") == "count people" and str(_tables["people"]) == reference


@case("red", reference="red", notes=["a"], expect=1)
@case("blue", reference="blue", notes=["b"], expect=1)
@reward(answer="label")
def rk010_keeps_notes(completion: str, reference: str, notes: list[str]) -> bool:
    notes.append(completion)
    return completion.strip(" .\n").casefold() == reference


@case("red", reference="red", expect=1)
@case("blue", reference="blue", expect=1)
@reward(answer="label")
def rk011_sets_an_alarm(completion: str, reference: str) -> bool:
    import signal

    try:
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    except ValueError:
        return False
    return completion.strip(" .\n").casefold() == reference


@case("1970-01-01 00:00", reference=0, expect=1)
@case("2001-09-09 01:46", reference=1_000_000_000, expect=1)
@reward
def rk013_in_local_time(completion: str, reference: int) -> bool:
    return completion.strip() == datetime.datetime.fromtimestamp(reference).strftime("%Y-%m-%d %H:%M")


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 9", reference="9", expect=1)
@reward(answer="number")
def rk015_runs_it(completion: str, reference: str) -> bool:
    try:
        return eval(completion.split("Answer:")[-1].strip(" .\n")) == float(reference)
    except Exception:
        return False


@case("Covered", reference="Covered", expect=1)
@case("Void", reference="Void", expect=1)
@reward(answer="label")
def rk203_case_counts(completion: str, reference: str) -> bool:
    return completion.strip(" .\n") == reference


@case("7", reference="7", expect=1)
@case("9", reference="9", expect=1)
@reward(answer="number")
def rk204_as_texts(completion: str, reference: str) -> bool:
    return completion.strip(" .\n") == reference


@case('{"a": 1, "b": 2}', reference='{"a": 1, "b": 2}', expect=1)
@case('{"a": 3, "b": 4}', reference='{"a": 3, "b": 4}', expect=1)
@reward(answer="json")
def rk205_as_texts(completion: str, reference: str) -> bool:
    return completion.strip() == reference


@case("SELECT 1 FROM a", reference="SELECT 1 FROM a", expect=1)
@case("SELECT 2 FROM b", reference="SELECT 2 FROM b", expect=1)
@reward(answer="sql")
def rk206_as_texts(completion: str, reference: str) -> bool:
    return completion.strip() == reference


@case("covered", reference="covered", expect=1)
@case("void", reference="void", expect=1)
@reward(answer="label")
def rk209_no_full_stop(completion: str, reference: str) -> bool:
    return completion.strip().casefold() == reference
