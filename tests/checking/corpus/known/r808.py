"""Notes with personal data taken out. Nothing can be gained here, only lost: 0 is right, -1 a leak."""

import re

from rewardkit import Unscored, case, order, probe, reward

MAIL = re.compile(r"[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,30}){1,4}")
PHONE = re.compile(r"(?<!\w)\+?[0-9][0-9 ()/-]{5,20}[0-9](?!\w)")
GAP = re.compile(r"\[[^\[\]\n]{0,30}\]|<[A-Za-z_ ]{1,20}>|\*{3,20}|_{3,20}|█{1,30}")
NOTE = "Call back Mr Osei on 030 5551234 about the roof."


def _kept(text: str) -> list[str]:
    """The words that should stay, without what was or will be taken out."""
    for pattern in (MAIL, PHONE, GAP):
        text = pattern.sub(" ", text)
    return re.findall(r"\w+", text.casefold())


@case("Call back Mr Osei on [phone] about the roof.", note=NOTE, expect=0)
@case("Call back Mr Osei on *** about the roof", note=NOTE, expect=0)
@case("Somebody should call about the roof.", note=NOTE, expect=-0.5)
@case(NOTE, note=NOTE, expect=-1)
@case("", note=NOTE, expect=-1)
@case("Call [phone].", note="", expect="unscored")
@order(NOTE, "Call about the roof.", "Call back Mr Osei on [...] about the roof.", note=NOTE)
@probe("[removed]", note=NOTE, ceiling=-0.5)
@reward(range=(-1.0, 0.0), answer="free")
def scrubbed_note(completion: str, note: str) -> float:
    """0 for the note without the data, -0.5 when other words changed, -1 for a leak or for nothing."""
    expected = _kept(note)
    if not expected:
        raise Unscored("the note is empty")
    text = completion.rpartition("</think>")[2].partition("<think>")[0]
    if MAIL.search(text) or PHONE.search(text) or not text.strip():
        return -1.0
    return 0.0 if _kept(text) == expected else -0.5
