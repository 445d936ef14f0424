"""docs/checks.md, made from the table of checks."""

from __future__ import annotations

from .findings import CHECKS, Check

_HEAD = """# The checks of `rewardkit test`

This page is generated from `rewardkit/checking/findings.py`; `python -m rewardkit.checking.reference_page > docs/checks.md` writes it anew.

RK0xx is the contract of a grader, RK1xx how well it tells right from wrong, RK2xx what must not change a right answer's score.
RK3xx is how it uses a judge, RK4xx what it does on completions that a policy wrote ([on_completions.md](on_completions.md)).
A finding is reported only when it was seen twice, the second time in a fresh process. **fail** ends the command with exit code 1;
**warn** does not. An answer that nobody declared fails a grader only when it passes for two different references, or is provably wrong;
seen once it warns, since it may be a coincidence. A check that needs something undeclared is listed as skipped, with what to declare; `-v` lists all
of them for a passing grader too.
"""


def page() -> str:
    """The whole page as Markdown."""
    table = "\n".join(f"| [{c.id}](#{c.id.lower()}) | {c.severity} | {c.title} |" for c in CHECKS.values())
    sections = "\n".join(_section(check) for check in CHECKS.values())
    return f"{_HEAD}\n| id | severity | what is wrong |\n|---|---|---|\n{table}\n\n{sections}"


def _section(check: Check) -> str:
    return (
        f"## {check.id}\n\n**{check.title[0].upper()}{check.title[1:]}** ({check.severity}). Expected: {check.what}\n\n"
        f"Why: {check.why}\n\nExample of the flaw: `{check.example}`\n\nTo silence it: {check.silence}\n"
    )


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
