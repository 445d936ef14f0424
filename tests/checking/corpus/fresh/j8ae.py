"""Turn a paragraph into a Markdown table."""

from rewardkit import Unscored, case, reward


def read_table(text: str) -> list[list[str]]:
    """Header and rows of a Markdown table, without the rule under the header."""
    rows = []
    for line in text.strip().splitlines():
        line = line.strip()
        if not line.startswith("|") or line.startswith("|--"):
            continue
        rows.append([cell.lower() for cell in line[2:-2].split(" | ")])
    return rows


RIVERS = "| River | Length |\n|---|---|\n| Glomma | 621 |\n| Tana | 361 |"


@case(RIVERS, reference=RIVERS, expect=1)
@case(f"Here is the table:\n\n{RIVERS}\n", reference=RIVERS, expect=1)
@case(RIVERS.replace("361", "316"), reference=RIVERS, expect=0)
@case("| River | Length |\n|---|---|\n| Tana | 621 |\n| Glomma | 361 |", reference=RIVERS, expect=0)
@case("| River | Length |\n|---|---|\n| Glomma | 621 |", reference=RIVERS, expect=0)
@case("Glomma is 621 km long and Tana 361 km.", reference=RIVERS, expect=0)
@reward
def river_table(completion: str, reference: str) -> bool:
    """The same header and the same rows, in the order of the text."""
    expected = read_table(reference)
    if len(expected) < 2:
        raise Unscored("the reference is no table with rows")
    return read_table(completion) == expected
