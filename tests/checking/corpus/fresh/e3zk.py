"""TRL reward: job titles to seniority bands (junior, mid, senior, lead, executive)."""

BANDS = ("junior", "mid", "senior", "lead", "executive")

_rewards: dict[str, float] = {}


def band_of(text: str) -> str | None:
    """The band after the last 'Band:', if it is one of ours."""
    _, marker, tail = text.rpartition("Band:")
    word = tail.strip().strip("*.` ").lower()
    return word if marker and word in BANDS else None


def seniority(completions, band, **kwargs):
    """1.0 for HR's band, 0.3 for its neighbour, else 0.0."""
    rewards = []
    for text, wanted in zip(completions, band, strict=True):
        if text not in _rewards:
            given = band_of(text)
            if given is None:
                _rewards[text] = 0.0
            else:
                distance = abs(BANDS.index(given) - BANDS.index(wanted))
                _rewards[text] = {0: 1.0, 1: 0.3}.get(distance, 0.0)
        rewards.append(_rewards[text])
    return rewards
