"""Support mail: a penalty for replies that cannot be sent as they are. Nothing is earned here, only lost."""

import re

from rewardkit import case, order, reward

GREETING = re.compile(r"\A(?:Dear|Hello|Hi)\b[^\n]{0,60},\n")
CLOSING = re.compile(r"\n(?:Kind|Best|Warm) regards,\nThe Parcelo team\s*\Z")
LEFTOVER = re.compile(r"\[[^\]\n]{1,60}\]|\{\{|\}\}|<[A-Za-z_ ]{1,40}>|\bXXX+\b|\bTODO\b|\bLorem ipsum\b")
SENT = "Dear Ms Okafor,\n\nyour parcel is at the depot in Leeds. You can collect it from noon today.\n\nKind regards,\nThe Parcelo team"


@case(SENT, expect=0)
@case(SENT + "\n", expect=0)
@case(SENT.replace("Ms Okafor", "[customer name]"), expect=-0.5)
@case(SENT.replace("Kind regards,\nThe Parcelo team", "Cheers"), expect=-0.5)
@case("Your parcel is at the depot.", expect=-1)
@case("", expect=-1)
@order("Cheers", SENT.replace("noon", "{{time}}"), SENT)
@reward(answer="free", range=(-1.0, 0.0), reference_free=True, format_strict=True)
def unsendable(completion: str) -> float:
    """0 for a reply in the house form, -0.5 for each of: a wrong frame, a placeholder left in it; -1 when it has no frame at all."""
    greeted, closed = GREETING.search(completion), CLOSING.search(completion)
    if not greeted and not closed:
        return -1.0
    body = completion[greeted.end() if greeted else 0 : closed.start() if closed else len(completion)]
    framed = bool(greeted and closed and len(body.split()) >= 5)
    return -0.5 * (not framed) - 0.5 * bool(LEFTOVER.search(completion))
