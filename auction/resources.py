"""Where the files that are not Python lie: in the installed package, or at the root of a checkout."""

import functools
import json
from importlib.resources import files
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parent.parent


def static_dir() -> Path:
    """Return the folder served under /static."""
    return _folder("static")


def templates_dir() -> Path:
    """Return the folder of page templates."""
    return _folder("templates")


def migrations_dir() -> Path:
    """Return the folder of Alembic's migrations."""
    return _folder("migrations")


def demo_data_dir() -> Path:
    """Return the folder of the demo data, `listings.json` among them."""
    return _folder("demo")


def stories_dir() -> Path:
    """Return the folder of the stories that tell the law: in a checkout they are its tests."""
    return _folder("stories", checkout="tests/statute")


@functools.cache
def assets() -> dict[str, str]:
    """Return the built front-end files by their plain names: `main.js` -> `dist/main-3XQZ.js` (under static).

    Style sheets that a script brings in go by the script's name: `main.css`.
    """
    meta = json.loads((static_dir() / "dist" / "meta.json").read_text(encoding="utf-8"))
    built: dict[str, str] = {}
    for output, about in meta["outputs"].items():
        entry = about.get("entryPoint")
        if entry is None:
            continue
        name = Path(entry).name
        built[name] = _below_static(output)
        if "cssBundle" in about:
            built[f"{Path(name).stem}.css"] = _below_static(about["cssBundle"])
    return built


def _below_static(output: str) -> str:
    return output.removeprefix("static/")


def _folder(name: str, *, checkout: str | None = None) -> Path:
    packaged = Path(str(files("auction"))) / "_resources" / name
    return packaged if packaged.is_dir() else _CHECKOUT / (checkout or name)
