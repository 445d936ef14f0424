"""Is a library loan overdue? The day on which the question is asked is a column of the row."""

from datetime import date

from rewardkit import Unscored, case, reward

FORMS = {"overdue": True, "yes": True, "not overdue": False, "on time": False, "no": False}


@case("overdue", due="2024-03-01", today="2024-03-02", expect=1)
@case("Yes.", due="2024-03-01", today="2024-03-02", expect=1)
@case("Not overdue", due="2024-03-01", today="2024-03-01", expect=1)
@case("on time", due="2023-12-31", today="2024-01-01", expect=0)
@case("overdue or not overdue", due="2023-12-31", today="2024-01-01", expect=0)
@case("overdue", due="", today="2024-01-01", expect="unscored")
@reward(answer="label")
def loan_state(completion: str, due: str, today: str) -> bool:
    """Overdue from the day after the due date on."""
    try:
        late = date.fromisoformat(today) > date.fromisoformat(due)
    except (TypeError, ValueError):
        raise Unscored(f"due {due!r} or today {today!r} is no date") from None
    reply = completion.rpartition("</think>")[2].strip().casefold()
    for lead in ("the answer is", "answer:", "the loan is", "it is", "state:"):
        reply = reply.removeprefix(lead)
    return FORMS.get(reply.strip(" \t\r\n.!*_`\"':")) is late
