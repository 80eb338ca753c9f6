"""The wheel carries everything: installed apart from the checkout, the program serves from any folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.program.running import Place, tell

pytestmark = pytest.mark.xdist_group("program")
CHECKOUT = Path(__file__).resolve().parents[2]
TRAVELLING = ("pyproject.toml", "README.md", "auction", "demo", "migrations", "static", "templates", "tests/statute")
#: One of the stories that are tests here and pages there.
STORY = "stories/wangpai-10-floor-to-the-fen.yaml"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built from a copy so that nothing is left in the checkout itself."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in TRAVELLING:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, folder / "copy" / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (folder / "copy").mkdir(exist_ok=True)
            shutil.copy(source, folder / "copy" / name)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    offline = ["--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "wheel", *offline, "--wheel-dir", str(folder), str(folder / "copy")], check=True)
    return next(folder.glob("*.whl"))


@pytest.mark.slow
def test_it_serves_from_another_folder(wheel: Path, place: Place, tmp_path: Path) -> None:
    home = tmp_path / "installed"
    _install(wheel, home)
    python = str(home / "bin" / "python")
    where = subprocess.run(
        [python, "-c", "import auction; print(auction.__file__)"], capture_output=True, text=True, check=True, cwd=home
    )
    assert where.stdout.startswith(str(home))
    took = place.start(program=[str(home / "bin" / "auction")], cwd=tmp_path)
    for path in ("/", "/lots", "/rules", "/rules/stories/wangpai-10-floor-to-the-fen", "/api/v1/rulebook"):
        assert place.get(path)[0] == 200
    page = place.get("/")[1].decode()
    for address in {part.split('"')[0] for part in page.split('"/static/')[1:]}:
        assert place.get(f"/static/{address}")[0] == 200, address
    assert place.stop() == 0
    tell(f"a wheel of {wheel.stat().st_size / 1e6:.1f} MB serves after {took:.1f} s")


def test_it_carries_what_the_program_reads_and_nothing_of_the_checkout(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in ("demo/listings.json", "static/dist/meta.json", "templates/base.html", "migrations/env.py", STORY):
        assert f"auction/_resources/{wanted}" in names
    assert "auction/rulebook/cn.toml" in names
    assert not [name for name in names if name.startswith(("tests/", "var/", "node_modules/")) or "__pycache__" in name]


def _install(wheel: Path, home: Path) -> None:
    """Install into a fresh environment that borrows the libraries of this one, but not its checkout."""
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", str(wheel)], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    borrowed = home / "lib" / version / "site-packages" / "borrowed.pth"
    borrowed.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
