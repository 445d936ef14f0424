"""What each scorer of a peer does, as a reward of a few lines, and the bundled grader that is nearest to it.

Written from the peers' documentation and, where that does not say, from their source. They are as strict or as lax as the peer: they are
here to be compared with, not to be trained on.
"""

from __future__ import annotations

import re
import string
from collections import Counter

from rewardkit import reward
from rewardkit.graders.choice import choice_grader
from rewardkit.graders.numeric import number_grader
from rewardkit.graders.text import exact_text_grader

_ENDS = string.whitespace + string.punctuation
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_NOT_AT_ENDS = "!?:;()[]{}'\"`"


# inspect_ai


def _bare(text: str) -> str:
    return text.strip().casefold().strip(_ENDS)


@reward
def match_end(completion: str, reference: str) -> bool:
    """`match()`: the end of the completion, punctuation and case aside."""
    return _bare(completion).endswith(_bare(reference))


@reward
def match_begin(completion: str, reference: str) -> bool:
    """`match("begin")`."""
    return _bare(completion).startswith(_bare(reference))


@reward
def match_any(completion: str, reference: str) -> bool:
    """`match("any")`."""
    return _bare(reference) in _bare(completion)


@reward
def match_exact(completion: str, reference: str) -> bool:
    """`match("exact")`."""
    return _bare(completion) == _bare(reference)


def _numbers(text: str) -> list[str]:
    """The words that are numbers, to five digits."""
    text = re.sub(r"\\([$,£€*_])", r"\1", text.strip().casefold())
    text = re.sub(r"\.(?=\s|$|\D)", "", re.sub("[$£€,*_]", "", text))
    found = []
    for word in text.split():
        try:
            number = float(word.strip(_NOT_AT_ENDS))
        except ValueError:
            continue
        if abs(number) < float("inf"):
            found.append(f"{number:.5g}")
    return found


@reward
def match_numeric(completion: str, reference: str) -> bool:
    """`match(numeric=True)`: the last number of the completion, to five digits."""
    return _numbers(completion)[-1:] == _numbers(reference)


@reward
def match_numeric_any(completion: str, reference: str) -> bool:
    """`match("any", numeric=True)`: one of the numbers."""
    return _numbers(reference)[0] in _numbers(completion)


@reward
def includes(completion: str, reference: str) -> bool:
    """`includes()`: the reference stands anywhere, case aside."""
    return reference.casefold() in completion.casefold()


def _squad(text: str) -> str:
    """Words without case, punctuation and articles; a number as Python writes it."""
    words = []
    for word in re.split("[ -]", text.casefold()):
        bare = word.strip(_ENDS)
        try:
            word = (
                str(float(word if _is_number(word) else bare))
                if _is_number(word) or _is_number(bare)
                else word.translate(_NO_PUNCTUATION)
            )
        except ValueError:
            continue
        words += re.sub(r"\b(a|an|the)\b", " ", word).split()
    return " ".join(words)


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False


@reward
def exact(completion: str, reference: str) -> bool:
    """`exact()`: the same words."""
    return _squad(completion) == _squad(reference) != ""


@reward
def f1(completion: str, reference: str) -> float:
    """`f1()`: the words in common, to two places."""
    given, wanted = Counter(_squad(completion).split()), Counter(_squad(reference).split())
    common = (given & wanted).total()
    if not common:
        return 0.0
    precision, recall = common / given.total(), common / wanted.total()
    return round(2 * precision * recall / (precision + recall), 2)


@reward
def answer_letter(completion: str, reference: str) -> bool:
    """`answer("letter")`: the letter after the last `ANSWER:`."""
    *_, last = ["", *re.split(r"(?i)ANSWER\s*:", completion)[1:]]
    found = re.match(r"\s*([A-Za-z])(?:\W|\Z)", last)
    return found is not None and found[1].lower() == reference.lower()


@reward
def answer_line(completion: str, reference: str) -> bool:
    """`answer("line")`: the rest of the last line after `ANSWER:`."""
    found = re.search(r"(?i)ANSWER\s*:\s*([^\n]+)\s*\Z", completion)
    return found is not None and found[1].lower() == reference.lower()


@reward
def choice(completion: str, reference: str) -> bool:
    """`multiple_choice()` and `choice()`: the letter after the last `ANSWER:` that has a line of its own, else after the last one."""
    text = re.sub(r"(\$|\*\*)\s*([A-Za-z\d][A-Za-z\d ,]*?)\s*\1", r"\2", completion)
    text = re.sub(r"(?im)(\A|[:,])(\s*)\(([a-z\d])\)(?=\s*(?:[,.\n]|\Z))", r"\1\2\3", text)
    found = re.findall(r"(?im)^ANSWER\s*:\s*([a-z\d ,]+)\s*(?:$|\n|\.)", text) or re.findall(
        r"(?i)ANSWER\s*:\s*([a-z\d ,]+)(?:\W|\Z)", text
    )
    return bool(found) and [part for part in found[-1].strip().upper().split(",") if part] == [reference]


# lm-eval


@reward
def em_plain(completion: str, reference: str) -> bool:
    """`exact_match` as it is."""
    return completion == reference


@reward
def em_lax(completion: str, reference: str) -> bool:
    """`exact_match` with ignore_case and ignore_punctuation."""
    given, wanted = (text.lower().translate(_NO_PUNCTUATION) for text in (completion, reference))
    return given == wanted


@reward
def em_no_numbers(completion: str, reference: str) -> bool:
    """`exact_match` with ignore_numbers and a regular expression that takes white space away."""
    given, wanted = (re.sub(r"[\s0-9]", "", text, flags=re.ASCII) for text in (completion, reference))
    return given == wanted


def _gsm8k(found: str, reference: str) -> bool:
    given, wanted = (
        re.sub(r"\.$", "", re.sub("(?s).*#### ", "", re.sub(r"[,$]", "", text))).lower()
        for text in (found, reference)
    )
    return given == wanted


@reward
def gsm8k_strict(completion: str, reference: str) -> bool:
    """gsm8k, `strict-match`: the number after the first `####`."""
    found = re.search(r"#### (-?[0-9.,]+)", completion)
    return _gsm8k(found[1] if found else "[invalid]", reference)


@reward
def gsm8k_flexible(completion: str, reference: str) -> bool:
    """gsm8k, `flexible-extract`: the last number."""
    found = re.findall("-?[$0-9.,]{2,}|-?[0-9]+", completion)
    return _gsm8k(found[-1] if found else "[invalid]", reference)


# openevals


@reward
def same(completion: str, reference: str) -> bool:
    """`exact_match`: the very same text."""
    return completion == reference


# bundled

bundled_text = exact_text_grader(ignore_case=True, ignore_ends=True, name="bundled_text")
bundled_strict = exact_text_grader(space="keep", name="bundled_strict")
bundled_number = number_grader(percent="ignore", name="bundled_number")
bundled_gsm8k = number_grader(after="####", name="bundled_gsm8k")
bundled_choice = choice_grader(letters="ABCDE", name="bundled_choice")
