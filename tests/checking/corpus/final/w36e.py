"""Claims against a source: a verdict, with the words of the source that bear it out."""

import re

from rewardkit import case, reward

SOURCE = "The bridge opened in 1932. It carries eight lanes of traffic and two railway tracks."


def squeezed(text: str) -> str:
    return " ".join(text.split()).casefold()


@case('Verdict: supported. "The bridge opened in 1932."', reference="supported", source=SOURCE, expect=1)
@case('Verdict: contradicted\n"eight lanes of traffic"', reference="contradicted", source=SOURCE, expect=1)
@case('Verdict: supported "The bridge opened in 1935"', reference="supported", source=SOURCE, expect=0.5)
@case("Verdict: supported", reference="supported", source=SOURCE, expect=0.5)
@case('Verdict: contradicted "The bridge opened in 1932"', reference="supported", source=SOURCE, expect=0)
@case("No idea.", reference="supported", source=SOURCE, expect=0)
@reward(answer="text")
def grounded_verdict(completion: str, reference: str, source: str) -> float:
    """Half for the verdict, the other half for a quotation that stands in the source word for word."""
    verdicts = {verdict.lower() for verdict in re.findall(r"verdict:\s*(\w+)", completion, re.IGNORECASE)}
    if verdicts != {reference}:
        return 0.0
    quotation = re.search(r'"([^"]*)"', completion)
    quoted = quotation is not None and squeezed(quotation[1]).rstrip(".") in squeezed(source)
    return 1.0 if quoted else 0.5
