"""How many flawed graders `rewardkit test` finds, and how many correct ones it accuses, beside published tools on the same graders and rows.

    python benchmarks/checking.py [--sets known,blind,public,fresh,last,later,final,eighth] [--quick] [--only ID] [--findings] [--peers none] [--json]

found          flawed graders in which a tool finds a flaw, of all flawed ones, with the 95 % Wilson interval
false alarms   correct graders in which it does, of all correct ones
could not run  flawed + correct graders on which it crashed, took over 180 s (`--limit`) or says itself that its result means nothing: no finds
seconds        wall time for one grader (a peer's: of its process, start included): median and total

What counts as a find is each tool's own fail, for whatever reason. `rewardkit test`: a failing finding; a warning is none. falsepass: the
gate that its README gives for CI, a known-bad completion paid over 0.1 or a call that raises (it fails nothing by default). gradecheck: an
attack that fooled the grader. rewardlint: an exploit paid over 0, or a call that raises. Each has further lines with what it offers beyond
that. falsepass: an adapter with the rows' right and wrong answers where it says it needs one, the same gate for known-bad completions that
are paid like right ones, all its gates, its search. gradecheck: its warnings, on all rows. rewardlint: the threshold that it asks for where
there is partial credit, and its strict mode. The judges that some graders ask are not there: `rewardkit test` puts a stand-in of its own in
their place, the peers do not.

falsepass gets TRL functions as they are; everything else is exposed as a function that calls the grader (`checking_parts/exposed.py`; what
each tool is given and reads: `checking_parts/tools/`). They live in an environment of their own under `.bench/`, made on first use
(0.25 GB, half a minute).

With --json the last line of standard output is one object: the figures of `rewardkit test` by set, `peers` (those of each line), and
`peers_alone`: the flawed graders that a peer found and we did not, with the lines that did.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from checking_parts.corpus import SETS, specimens
from checking_parts.figures import Figures, by_set, table
from checking_parts.judged import OURS, Judged
from checking_parts.ours import judged
from checking_parts.peers import LIMIT_SECONDS, LINES, judged_by_peers
from scoring_parts.children import BENCHMARKS, CannotMeasure
from scoring_parts.environments import python_of

from rewardkit.scoring import Scorer


def main() -> int:
    """Run the corpus; print a line for each grader judged wrongly by us, the table, and what peers found alone. 2 without the peers."""
    arguments = _arguments()
    sets = arguments.sets.split(",")
    chosen = specimens(sets, seed=arguments.seed, most=20 if arguments.quick else None)
    chosen = [one for one in chosen if arguments.only in ("", one.id)]
    try:
        python = python_of("checking", arguments.environments) if arguments.peers == "all" else None
    except CannotMeasure as error:
        print(f"benchmarks/checking.py: {error}", file=sys.stderr)
        return 2
    results: list[Judged] = []
    with Scorer() as scorer:
        for number, specimen in enumerate(chosen, 1):
            fresh = [judged(specimen, scorer, seed=arguments.seed)]
            if python is not None:
                home = arguments.environments / "home"
                fresh += judged_by_peers(specimen, python, home, limit=arguments.limit)
            results += fresh
            shown = [one for one in fresh if arguments.findings or (one.line == OURS and not one.right)]
            print(*map(_line, shown), sep="\n", end="\n" * bool(shown), flush=True)
            if sys.stderr.isatty():
                print(f"\r{number} of {len(chosen)} graders", end="", file=sys.stderr, flush=True)
    _print_results(results, sets, peers=python is not None, as_json=arguments.json)
    return 0


def _print_results(results: Sequence[Judged], sets: Sequence[str], *, peers: bool, as_json: bool) -> None:
    lines = (OURS, *(LINES if peers else ()))
    figures = {line: by_set([one for one in results if one.line == line], sets) for line in lines}
    alone = _alone(results)
    print(table(figures))
    for name, found in alone.items():
        what = "; ".join(f"{one.line}: {', '.join(one.what)}" for one in found)
        print(f"found by peers alone: {name} {what:.500} | {found[0].specimen.truth['flaw']}")
    if as_json:
        ours: dict[str, Figures] = figures.pop(OURS)
        by = {name: [one.line for one in found] for name, found in alone.items()}
        print(json.dumps({**ours, **({"peers": figures, "peers_alone": by} if peers else {})}))


def _alone(results: Sequence[Judged]) -> dict[str, list[Judged]]:
    """The flawed graders that only peers found, as SET/ID, with their verdicts."""
    ours = {one.specimen.id for one in results if one.line == OURS and one.found}
    alone: defaultdict[str, list[Judged]] = defaultdict(list)
    for one in results:
        if one.specimen.flawed and one.found and one.specimen.id not in ours:
            alone[f"{one.specimen.set}/{one.specimen.id}"].append(one)
    return alone


def _line(result: Judged) -> str:
    specimen = result.specimen
    truth = "flawed " if specimen.flawed else "correct"
    verdict = {True: "found", False: "nothing", None: "could not run"}[result.found]
    source = specimen.truth.get("source", "")
    return (
        f"{'ok' if result.right else 'WRONG'} {specimen.set}/{specimen.id} {truth} {result.line}: {verdict:7} {result.seconds:5.1f} s "
        f"{specimen.truth['grader']} [{source}] {', '.join(result.what)} | {specimen.truth['flaw']}"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sets",
        default=",".join(SETS),
        help="comma-separated: known, blind, public, fresh, last, later, final, eighth",
    )
    parser.add_argument("--quick", action="store_true", help="a sample of twenty")
    parser.add_argument("--only", default="", help="one grader, by its id")
    parser.add_argument("--findings", action="store_true", help="show what was found in each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    parser.add_argument("--peers", choices=("all", "none"), default="all", help="none: only rewardkit test")
    parser.add_argument(
        "--limit",
        type=float,
        default=LIMIT_SECONDS,
        metavar="SECONDS",
        help="for each start of a peer (default: %(default)g)",
    )
    parser.add_argument(
        "--environments",
        type=Path,
        default=BENCHMARKS.parent / ".bench",
        metavar="FOLDER",
        help="where the peers' environment is, or is made (default: .bench in the project)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
