"""Mail that an agent throws away: lines "delete <id>", or "nothing to delete"; losing protected mail costs everything."""

import re

from rewardkit import case, order, probe, reward

DELETE = re.compile(r"[-*\s]*delete (?:mail )?#?(\d{1,6})[.*]*", re.IGNORECASE | re.ASCII)
NOTHING = re.compile(r"[*]*(?:there is |there's )?nothing to delete[.*]*", re.IGNORECASE)
BOX = {"spam": [3, 8], "protected": [1, 4]}


@case("delete 3\ndelete 8", reference=BOX, expect=1)
@case("These are spam:\n\n* Delete #8\n* Delete #3\n", reference=BOX, expect=1)
@case("delete 3", reference=BOX, expect=[0.5, 0.7])
@case("delete 3\ndelete 8\ndelete 9", reference=BOX, expect=[0.7, 0.8])
@case("delete 1\ndelete 3\ndelete 8", reference=BOX, expect=0)
@case("", reference=BOX, expect=0)
@case("Nothing to delete.", reference={"spam": [], "protected": [1]}, expect=1)
@case("", reference={"spam": [], "protected": [1]}, expect=0)
@case("delete 2", reference={"spam": [], "protected": [1]}, expect=0)
@probe("\n".join(f"delete {number}" for number in range(100)), reference=BOX)
@order("delete 4", "delete 9\ndelete 3", "delete 3", "delete 3\ndelete 8", reference=BOX)
@reward()
def cleaned(completion: str, reference: dict) -> float:
    """1 for exactly the spam, else at most 0.9 by F1; 0 when protected mail is gone or nothing was decided."""
    lines = [line.strip() for line in completion.splitlines()]
    deleted = {int(found[1]) for line in lines if (found := DELETE.fullmatch(line))}
    spam = set(reference["spam"])
    if not deleted:
        return float(not spam and any(NOTHING.fullmatch(line) for line in lines))
    if deleted & set(reference["protected"]):
        return 0.0
    return 1.0 if deleted == spam else 0.9 * 2 * len(deleted & spam) / (len(deleted) + len(spam))
