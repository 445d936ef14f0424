"""Screenshots of reports: desktop, dark, telephone and print, to be looked at by a person.

PYTHONPATH=. python tests/runs/evaluated_folders.py /tmp/runs
PYTHONPATH=. python tests/runs/screenshots.py /tmp/runs /tmp/pictures
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

VIEWS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "device_scale_factor": 2},
}


def main(runs: Path, pictures: Path) -> None:
    """One picture of each report in each view, cut at 6,000 pixels, and its PDF."""
    from playwright.sync_api import sync_playwright

    pictures.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for report in sorted(runs.glob("*/report.html")):
            for view, options in VIEWS.items():
                page = browser.new_page(**options)  # type: ignore[arg-type]
                page.goto(report.as_uri())
                height = min(6000, page.evaluate("document.documentElement.scrollHeight"))
                clip = {"x": 0, "y": 0, "width": options["viewport"]["width"], "height": height}  # type: ignore[index]
                page.screenshot(path=pictures / f"{report.parent.name}-{view}.png", full_page=True, clip=clip)
                if view == "desktop":
                    page.pdf(path=pictures / f"{report.parent.name}.pdf", format="A4")
                page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
