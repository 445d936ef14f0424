"""How many flawed graders `rewardkit test` finds, and how many correct ones it accuses.

    python benchmarks/checking.py [--sets known,blind,public] [--quick] [--only ID] [--findings] [--json]

found          flawed graders with at least one failing finding, with the Wilson interval
false alarms   correct graders with one
seconds        wall time for one grader: mean and the longest
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
from collections.abc import Sequence

from checking_parts.corpus import SETS, specimens
from checking_parts.ours import Judged, judged

from rewardkit.scoring import Scorer


def main() -> None:
    """Run the corpus and print one line for each grader judged wrongly, then the counts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", default=",".join(SETS), help="comma-separated: known, blind, public")
    parser.add_argument("--quick", action="store_true", help="a sample of twenty")
    parser.add_argument("--only", default="", help="one grader, by its id")
    parser.add_argument("--findings", action="store_true", help="show what was found in each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    arguments = parser.parse_args()
    chosen = specimens(arguments.sets.split(","), seed=arguments.seed, most=20 if arguments.quick else None)
    chosen = [one for one in chosen if arguments.only in ("", one.id)]
    results = []
    with Scorer() as scorer:
        for specimen in chosen:
            result = judged(specimen, scorer, seed=arguments.seed)
            results.append(result)
            if arguments.findings or not result.right:
                print(_line(result), flush=True)
    figures = {
        name: _figures([r for r in results if r.specimen.set == name]) for name in arguments.sets.split(",")
    }
    figures["all"] = _figures(results)
    for name, values in figures.items():
        print(name, values)
    if arguments.json:
        print(json.dumps(figures))


def _line(result: Judged) -> str:
    specimen = result.specimen
    truth = "flawed " if specimen.flawed else "correct"
    verdict = "found" if result.found else "nothing"
    source = specimen.truth.get("source", "")
    return (
        f"{'ok' if result.right else 'WRONG'} {specimen.set}/{specimen.id} {truth} {verdict:7} {result.seconds:5.1f} s "
        f"{specimen.truth['grader']} [{source}] {', '.join(result.what)} | {specimen.truth['flaw']}"
    )


def _figures(results: Sequence[Judged]) -> dict[str, object]:
    flawed = [r for r in results if r.specimen.flawed]
    correct = [r for r in results if not r.specimen.flawed]
    seconds = [r.seconds for r in results] or [0.0]
    return {
        "found": _share([r.found for r in flawed]),
        "false_alarms": _share([r.found for r in correct]),
        "warned": _share([bool(r.what) and not r.found for r in correct]),
        "seconds_mean": round(statistics.mean(seconds), 2),
        "seconds_most": round(max(seconds), 2),
    }


def _share(hits: Sequence[bool]) -> dict[str, object]:
    """A count with the 95 % Wilson interval of its share."""
    count, total, z = sum(hits), len(hits), 1.96
    if not total:
        return {"count": 0, "of": 0}
    middle = (count + z * z / 2) / (total + z * z)
    half = z * math.sqrt(count * (total - count) / total + z * z / 4) / (total + z * z)
    return {
        "count": count,
        "of": total,
        "low": round(max(0.0, middle - half), 3),
        "high": round(min(1.0, middle + half), 3),
    }


if __name__ == "__main__":
    main()
