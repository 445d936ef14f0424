"""Contract search: copy the passage that answers the question, word for word."""

import re

from rewardkit import Unscored, case, probe, reward

TYPOGRAPHY = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "„": '"',
        "’": "'",
        "‘": "'",
        "–": "-",
        "—": "-",
        "‑": "-",
        "\u00ad": None,
        "\u200b": None,
    }
)
SENTENCE = re.compile(r"(?<=[.;]) ")
NUMBERED = re.compile(r"\A(?:[0-9]{1,2}(?:\.[0-9]{1,2})?\.?|\([a-z]\)) ")
LEASE = (
    "4.1 The Tenant shall pay the rent by the third working day of each month. "
    "4.2 Interest of 6 % a year is due on late payments. "
    "5. Subletting requires the Landlord’s prior written consent, which may not be withheld without good reason."
)
CONSENT = "Subletting requires the Landlord's prior written consent"


def even(text: str) -> str:
    """Typography and line breaks evened out; the words and their case stay."""
    return re.sub(r"\s+", " ", text.translate(TYPOGRAPHY)).strip()


@case(
    "5. Subletting requires the Landlord's prior written consent", document=LEASE, reference=CONSENT, expect=1
)
@case(
    '"Subletting requires the Landlord’s\nprior written consent"', document=LEASE, reference=CONSENT, expect=1
)
@case("Subletting needs the Landlord's consent", document=LEASE, reference=CONSENT, expect=0)
@case("Subletting requires the Landlord's prior oral consent", document=LEASE, reference=CONSENT, expect=0)
@case("Interest of 6 % a year is due on late payments.", document=LEASE, reference=CONSENT, expect=0)
@case(CONSENT, document="", reference=CONSENT, expect="unscored")
@probe(LEASE, document=LEASE, reference=CONSENT)
@probe("", document=LEASE, reference=CONSENT)
@probe("consent", document=LEASE, reference=CONSENT)
@reward(answer="text", format_strict=True)
def governing_clause(completion: str, document: str, reference: str) -> bool:
    """A literal quotation from the one sentence, and the decisive words are in it."""
    contract, core = even(document or ""), even(reference or "")
    home = next((sentence for sentence in SENTENCE.split(contract) if core in sentence), None)
    if len(core) < 20 or home is None:
        raise Unscored("the decisive words stand in no sentence of the document")
    quote = even(completion).strip("> \"'*_`")
    return core in quote and (quote in home or NUMBERED.sub("", quote) in home)
