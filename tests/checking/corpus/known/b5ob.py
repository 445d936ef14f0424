"""Room temperature for the heating controller. Its parser takes '<set>21</set>' and nothing else, so neither do we."""

from rewardkit import Unscored, case, probe, reward


@case("<set>21</set>", reference="21", expect=1)
@case("21", reference="21", expect=0)
@case("<set>21.0</set>", reference="21", expect=0)
@case(" <set>21</set>", reference="21", expect=0)
@case("<set>20</set>", reference="21", expect=0)
@case("<set></set>", reference="", expect="unscored")
@probe("<set>20</set><set>21</set>", reference="21")
@reward(answer="number", format_strict=True)
def heating_command(completion: str, reference: str) -> bool:
    """The command, to the character."""
    if not (reference.isascii() and reference.isdigit()):
        raise Unscored(f"the reference {reference!r} is no whole number of degrees")
    return completion == f"<set>{reference}</set>"
