"""What continuous integration reads of a test: JUnit XML, and GitHub's annotations of the lines that findings are about.

A grader is a test suite. Each check of which something was found is a test that failed (or, for a warning, was skipped with a message); the
grader by itself is one more test, so that a suite without findings is not empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

from .report import findings_text
from .results import Finding, GraderReport

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(path: Path, reports: Sequence[GraderReport]) -> None:
    """Write the reports as JUnit XML; the file's folder is made if it is not there."""
    suites = ElementTree.Element("testsuites", name="rewardkit test")
    for report in reports:
        suites.append(_suite(report))
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.indent(suites)
    ElementTree.ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)


def github_annotations(reports: Sequence[GraderReport]) -> Iterator[str]:
    """One workflow command for each finding: `::error file=graders/qa.py,line=12,title=RK104 ...::what was seen`."""
    for report in reports:
        for finding in report.findings:
            file, _, line = finding.where.rpartition(":")
            word = "error" if finding.severity == "fail" else "warning"
            title = _property(f"{finding.id} {report.name}: {finding.check.title}")
            yield f"::{word} file={_property(file)},line={line},title={title}::{_data(findings_text([finding]))}"


def _suite(report: GraderReport) -> ElementTree.Element:
    failures = [finding for finding in report.findings if finding.severity == "fail"]
    suite = ElementTree.Element(
        "testsuite",
        name=report.name,
        tests=str(len(report.findings) + 1),
        failures=str(len(failures) + bool(failures)),
        skipped=str(len(report.findings) - len(failures)),
        time=f"{report.seconds:.3f}",
    )
    whole = ElementTree.SubElement(
        suite, "testcase", classname=report.file, name=report.name, time=f"{report.seconds:.3f}"
    )
    if failures:
        ElementTree.SubElement(whole, "failure", message=_xml(_summary(failures)))
    for finding in report.findings:
        suite.append(_case(report, finding))
    return suite


def _case(report: GraderReport, finding: Finding) -> ElementTree.Element:
    file, _, line = finding.where.rpartition(":")
    case = ElementTree.Element(
        "testcase", classname=report.name, name=f"{finding.id} at {finding.where}", file=file, line=line
    )
    kind = "failure" if finding.severity == "fail" else "skipped"
    told = ElementTree.SubElement(case, kind, message=_xml(f"{finding.id}: {finding.check.title}"))
    told.text = _xml(findings_text([finding]))
    return case


def _summary(failures: Sequence[Finding]) -> str:
    return ", ".join(dict.fromkeys(f"{finding.id} {finding.check.title}" for finding in failures))


def _xml(text: str) -> str:
    """Text without the characters that XML has no way to hold."""
    return _NO_XML.sub("\ufffd", text)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
