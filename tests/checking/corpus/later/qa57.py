"""The date of an invoice."""

from datetime import date, datetime

from rewardkit import case, order, reward

FORMATS = ("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d %B %Y", "%d %b %Y", "%B %d, %Y")


def read(text: str, form: str) -> date | None:
    try:
        return datetime.strptime(text, form).date()
    except ValueError:
        return None


@case("14/02/2023", reference="2023-02-14", expect=1)
@case("14 February 2023.", reference="2023-02-14", expect=1)
@case("2023-02-14", reference="2023-02-14", expect=1)
@case("15/02/2023", reference="2023-02-14", expect=0)
@case("February 2023", reference="2023-02-14", expect=0)
@order("14/02/2022", "14/02/2023", reference="2023-02-14")
@reward(answer="date")
def invoice_date(completion: str, reference: str) -> bool:
    """Full marks for the day of the invoice, in any of the usual ways to write it. Our suppliers are European."""
    text = completion.strip().strip(".*`\"' ")
    return date.fromisoformat(reference) in {read(text, form) for form in FORMATS}
