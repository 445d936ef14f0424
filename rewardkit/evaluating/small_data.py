"""What so many prompts can show at all, said before anything is asked of a model."""

from __future__ import annotations

from .statistics import FEWEST, detectable_with


def what_shows(prompts: int, clusters: int | None = None) -> str:
    """One sentence: the least difference between two models that would be found 4 times in 5, or that there will be no interval.

    At worst: scores of 0 and 1, half of the prompts right, and models whose answers to the same prompt go together with a correlation
    of 0.5. Prompts of a cluster count as one.
    """
    many = f"{prompts:,} prompt{'' if prompts == 1 else 's'}"
    if clusters is not None:
        many += f" in {clusters:,} cluster{'' if clusters == 1 else 's'}"
    least = detectable_with(prompts if clusters is None else clusters)
    if least is None:
        units = "prompts" if clusters is None else "clusters"
        return f"{many}: no interval under {FEWEST} {units}, and no difference between models that could be told from luck"
    if least > 1:
        return f"{many}: too few to show any difference of shares between two models"
    return (
        f"{many}: a difference between two models shows from about {least * 100:.0f} points on "
        "(right or wrong, both asked the same, found 4 times in 5)"
    )
