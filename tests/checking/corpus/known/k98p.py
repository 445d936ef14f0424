"""Kind of document on a scanned page."""

from rewardkit import case, reward


@case("invoice", reference="invoice", expect=1)
@case("letter", reference="invoice", expect=0)
@case("delivery note", reference="delivery note", expect=1)
@case("", reference="letter", expect=0)
@reward(answer="label")
def document_kind(completion: str, reference: str) -> bool:
    """Full marks for the right kind."""
    return completion == reference
