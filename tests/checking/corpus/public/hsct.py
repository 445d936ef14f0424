"""An agent tidies a mailbox: lines "delete <id>" for spam; protected mail must stay, and so must ids nobody listed."""

import re

from rewardkit import case, order, reward

DELETE = re.compile(r"^[-* ]{0,4}delete #?(\d{1,6})\.? *$", re.IGNORECASE | re.ASCII | re.MULTILINE)
BOX = {"spam": [3, 8], "protected": [1, 4]}


@case("delete 3\ndelete 8", reference=BOX, expect=1)
@case("Two are spam:\n- delete #8\n- delete #3", reference=BOX, expect=1)
@case("delete 3", reference=BOX, expect=0.8)
@case("delete 1\ndelete 3\ndelete 8", reference=BOX, expect=0.6)
@case("delete 1\ndelete 77", reference=BOX, expect=0)
@order("delete 4\ndelete 77", "delete 1\ndelete 3", "delete 3", "delete 3\ndelete 8", reference=BOX)
@reward()
def tidy_mailbox(completion: str, reference: dict) -> float:
    """0.4 for leaving protected mail alone, 0.2 for known ids only, 0.4 for the spam."""
    deleted = {int(number) for number in DELETE.findall(completion)}
    safe = not deleted & set(reference["protected"])
    known = deleted <= {*reference["spam"], *reference["protected"]}
    found = len(deleted & set(reference["spam"])) / len(reference["spam"])
    return round(0.4 * safe + 0.2 * known + 0.4 * found, 6)
