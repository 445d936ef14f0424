"""Short-answer trivia for verl: the last line of the response is 'Answer: <surname>'."""

PREFIX = "answer: "


def clean(line: str) -> str:
    """The surname alone, in lower case."""
    return line.strip().lower().lstrip(PREFIX).rstrip(" .*")


def last_line(text: str) -> str | None:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    line = last_line(solution_str)
    if line is None or not ground_truth:
        return 0.0
    return 1.0 if clean(line) == clean(ground_truth) else 0.0
