"""One compute_score for our mix of data sets: word problems and multiple choice (verl)."""

import re

NUMBER = re.compile(r"(?<![0-9.,])-?[0-9][0-9,]*(?:\.[0-9]+)?")


def numeric(text: str, truth: str) -> float:
    marked = text.rpartition("####")[2] if "####" in text else ""
    numbers = NUMBER.findall(marked)
    if len(numbers) != 1:
        return 0.0
    return float(abs(float(numbers[0].replace(",", "")) - float(truth.replace(",", ""))) < 1e-6)


def contains(text: str, truth: str) -> float:
    """The expected answer stands in the completion, in any case."""
    return float(truth.strip().lower() in text.lower())


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    if data_source.startswith("openai/gsm8k"):
        return numeric(solution_str, ground_truth)
    # everything else has a short answer: a letter or a name
    return contains(solution_str, ground_truth)
