"""Form of a handover note (SBAR). A penalty to be added to a grader of the content: 0 is a note in form, -1 is none at all."""

from rewardkit import case, order, reward

HEADINGS = ("situation", "background", "assessment", "recommendation")
NOTE = "Situation: BP 85/50.\nBackground: hip surgery yesterday.\nAssessment: bleeding?\nRecommendation: see her now."


@case(NOTE, expect=0)
@case(NOTE.replace("bleeding?", ""), expect=-0.25)
@case("Good morning.\n" + NOTE, expect=-0.25)
@case("\n".join(reversed(NOTE.splitlines())), expect=-1)
@case(NOTE + "\n" + NOTE, expect=-1)
@case("BP is 85/50, please come.", expect=-1)
@case("", expect=-1)
@order("Please come.", NOTE.replace("see her now.", ""), NOTE)
@reward(reference_free=True, format_strict=True, range=(-1.0, 0.0), answer="free", timeout=2)
def sbar_form(completion: str) -> float:
    """The four headings once each and in order; a quarter off for each that has no text, and for text before the first."""
    headings: list[str] = []
    texts: list[list[str]] = [[]]
    for line in completion.splitlines():
        head, colon, rest = line.strip(" \t*#").partition(":")
        if colon and head.strip(" *").lower() in HEADINGS:
            headings.append(head.strip(" *").lower())
            texts.append([rest])
        else:
            texts[-1].append(line)
    if tuple(headings) != HEADINGS:
        return -1.0
    preamble, *bodies = (any(sign.isalnum() for line in text for sign in line) for text in texts)
    return 0.0 - 0.25 * min(4, preamble + bodies.count(False))
