"""What a page looks like to a screen reader and to the eye."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

#: Set it to a folder and each inspected page is pictured there, as on a phone and on a desk.
PICTURES = "PICTURES"
_WIDTHS = {390: 844, 1440: 900}
_GRAVE = {"serious", "critical"}


def violations(page: Page) -> list[str]:
    """Return what axe calls serious or critical, each with the first elements it means."""
    found = [one for one in Axe().run(page).response["violations"] if one["impact"] in _GRAVE]
    return [f"{one['id']}: {one['help']}" + "".join(_where(node) for node in one["nodes"][:4]) for one in found]


def _where(node: dict[str, Any]) -> str:
    return f"\n  {node['target']}: {node['failureSummary']}"


def take(page: Page, name: str) -> None:
    """Picture the whole page at each width, when pictures are asked for."""
    folder = os.environ.get(PICTURES)
    if not folder:
        return
    shown = page.viewport_size
    for width, height in _WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(200)  # the layout settles, the step chart draws itself anew
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    if shown:
        page.set_viewport_size(shown)
