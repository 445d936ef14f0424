"""Redaction of letters: names, numbers and addresses become [REDACTED], everything else stays as it was."""

import re
from collections import Counter
from collections.abc import Iterator

from rewardkit import Step, Unscored, case, order, partial_credit, probe

TAG = "[redacted]"
LETTER = {
    "text": "Dear Ms Okafor, your policy 77-1203 was renewed. Regards, Tom",
    "private": ["Okafor", "77-1203", "Tom"],
}


def plain(text: str) -> str:
    """One spacing, one case, one tag for a run of them."""
    return re.sub(r"\[redacted\](?: \[redacted\])+", TAG, " ".join(text.replace("’", "'").casefold().split()))


def redacted(text: str, private: list[str]) -> str:
    longest_first = sorted(private, key=len, reverse=True)
    pattern = "|".join(rf"(?<!\w){re.escape(plain(part))}(?!\w)" for part in longest_first)
    return plain(re.sub(pattern, TAG, plain(text)))


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.replace(TAG, " ")))


@case("Dear Ms [REDACTED], your policy [REDACTED] was renewed. Regards, [REDACTED]", expect=1, **LETTER)
@case("Dear Ms [REDACTED], your policy [REDACTED] was renewed.\nRegards, [redacted]", expect=1, **LETTER)
@case("Dear Ms [REDACTED], your policy [REDACTED] was renewed. Regards, Tom", expect="kept", **LETTER)
@case("Dear [REDACTED], your policy [REDACTED] was renewed. Regards, [REDACTED]", expect="clean", **LETTER)
@case(LETTER["text"], expect="kept", **LETTER)
@case("[REDACTED]", expect=0, **LETTER)
@case("", expect=0, **LETTER)
@case("Dear Ms [REDACTED]", text="Dear Ms Okafor", private=["Lindqvist"], expect="unscored")
@order(
    "", LETTER["text"], "Dear [REDACTED], your policy [REDACTED] was renewed. Regards, [REDACTED]", **LETTER
)
@probe("Dear Ms [REDACTED], your policy [REDACTED] was renewed. Regards, T-o-m", ceiling=0.5, **LETTER)
@partial_credit({"kept": 0.2, "clean": 0.5, "exact": 1.0}, answer="free")
def redaction(completion: str, text: str, private: list) -> Iterator[Step]:
    """Most of the letter is still there; nothing private is; word for word as it should be."""
    wanted = redacted(text, private) if private else ""
    if TAG not in wanted:
        raise Unscored("nothing of the list stands in the letter")
    answer = plain(completion.rpartition("</think>")[2].partition("<think>")[0].strip(" \n\t`*"))
    before, after = words(wanted), words(answer)
    common = (before & after).total()
    yield "kept", common >= 0.8 * before.total() and after.total() <= 2 * before.total(), "not the letter"
    yield "clean", redacted(answer, private) == answer, "something private is left"
    yield "exact", answer == wanted, "the rest was changed"
