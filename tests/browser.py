"""The Chromium of the journeys: one on the machine, else Playwright's own, in the order of `.ci/browser`."""

import shutil

from playwright.sync_api import Browser, Playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = (
    "--no-sandbox",  # root has no sandbox, and only our own pages are opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launch(playwright: Playwright) -> Browser:
    """Return a browser without a window."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    return playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
