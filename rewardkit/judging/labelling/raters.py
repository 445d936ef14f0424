"""What a rater may be called."""

from __future__ import annotations

import unicodedata

LONGEST_NAME = 60  # characters


def rater_name(given: str) -> str:
    """The name in one spelling, without what cannot be seen; empty for one that is none or is too long."""
    seen = "".join(sign for sign in given if sign.isprintable())
    name = unicodedata.normalize("NFC", " ".join(seen.split()))
    return name if len(name) <= LONGEST_NAME else ""
