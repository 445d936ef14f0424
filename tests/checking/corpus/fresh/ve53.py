"""Form of a release note: one bullet for each change that the prompt names, short, and nothing around them."""

import re

from rewardkit import Unscored, case, order, probe, reward

BULLET = re.compile(r"- [A-Z][^\n]{0,200}")
WORDS = range(4, 13)


def names(bullet: str, change: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(change.casefold())}(?!\w)", bullet.casefold()) is not None


def well_formed(bullet: str) -> bool:
    """'- ' and a capital letter, four to twelve different-looking words, no full stop at the end."""
    words = bullet[2:].split()
    return (
        BULLET.fullmatch(bullet) is not None
        and len(words) in WORDS
        and len({word.casefold() for word in words}) >= 4
        and all(len(word) <= 25 for word in words)
        and not bullet.rstrip().endswith(".")
    )


NOTE = {"changes": ["dark mode", "CSV export"]}


@case("- Turn on dark mode in the settings\n- CSV export no longer drops the last row", expect=1, **NOTE)
@case("- CSV export no longer drops the last row\n- Turn on dark mode in the settings\n", expect=1, **NOTE)
@case("- Turn on dark mode in the settings", expect=0, **NOTE)
@case("- Turn on dark mode in the settings.\n- CSV export no longer drops the last row", expect=0, **NOTE)
@case("- Dark mode and CSV export are new\n- Many more things are new too", expect=0, **NOTE)
@case("- Dark mode\n- CSV export", expect=0, **NOTE)
@case("Dark mode and CSV export are there.", expect=0, **NOTE)
@case("- Turn on dark mode in the settings", changes=[], expect="unscored")
@probe("", **NOTE)
@probe("- Dark mode dark mode dark mode\n- CSV export CSV export", **NOTE)
@order("- Dark mode\n- CSV export", "- Dark mode is there for you\n- CSV export keeps the last row", **NOTE)
@reward(reference_free=True, format_strict=True, length_aware=True)
def release_note(completion: str, changes: list[str]) -> bool:
    """As many bullets as changes, each about exactly one of them."""
    if not changes:
        raise Unscored("the row names no changes")
    bullets = completion.strip().split("\n")
    if len(bullets) != len(changes) or not all(map(well_formed, bullets)):
        return False
    about = [[change for change in changes if names(bullet, change)] for bullet in bullets]
    return all(len(found) == 1 for found in about) and len({found[0] for found in about}) == len(changes)
