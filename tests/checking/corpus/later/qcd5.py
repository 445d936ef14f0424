"""verl reward for patches: apply the unified diff and look at the file that comes out."""

import re

HEADER = re.compile(r"@@ -([0-9]{1,6})(?:,[0-9]{1,6})? \+[0-9]{1,6}(?:,[0-9]{1,6})? @@.*")


def diff_in(text: str) -> str:
    parts = text.split("```")
    return parts[-2].partition("\n")[2] if len(parts) >= 3 else text


def hunks_of(diff: str) -> list[tuple[int, list[str], list[str]]]:
    """(index of its first line, old lines, new lines) of every hunk; what stands outside of hunks is ignored."""
    hunks: list[tuple[int, list[str], list[str]]] = []
    for line in diff.splitlines():
        if found := HEADER.fullmatch(line):
            hunks.append((int(found[1]), [], []))
        elif hunks and not line.startswith(("--- ", "+++ ", "diff ", "index ", "\\")):
            sign, text = (line[0], line[1:].rstrip()) if line else (" ", "")
            if sign in " -":
                hunks[-1][1].append(text)
            if sign in " +":
                hunks[-1][2].append(text)
            if sign not in " +-":
                break
    return [(line - 1 if old else line, old, new) for line, old, new in hunks]


def patched(source: list[str], diff: str) -> list[str] | None:
    """The file after the diff; None when a hunk does not fit."""
    result, done = [], 0
    for start, old, new in hunks_of(diff):
        while old and new and not old[-1] and not new[-1]:  # blank lines between the diff and what follows it
            old.pop(), new.pop()
        places = [at for at in range(done, len(source) - len(old) + 1) if source[at : at + len(old)] == old]
        if not places:
            return None
        place = min(places, key=lambda at: abs(at - start))
        result += source[done:place] + new
        done = place + len(old)
    return result + source[done:] if done or result else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 when the diff, applied to extra_info["source"], gives the wanted file; blanks at line ends do not matter."""
    if len(solution_str) > 20_000:
        return 0.0
    source = [line.rstrip() for line in extra_info["source"].splitlines()]
    wanted = [line.rstrip() for line in ground_truth.splitlines()]
    return 1.0 if patched(source, diff_in(solution_str)) == wanted else 0.0
