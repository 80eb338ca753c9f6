"""On what was measured: the machine and the versions, for whoever compares two runs."""

from __future__ import annotations

import os
import platform
import resource
from importlib.metadata import version
from pathlib import Path
from typing import Any

from auction.foundation.database.engine import Database

_PACKAGES = (
    "flask", "flask-socketio", "python-socketio", "python-engineio", "gevent", "simple-websocket", "wsproto",
    "sqlalchemy", "psycopg", "cryptography",
)  # fmt: skip


def machine() -> dict[str, Any]:
    """Return what the machine is made of, without its name."""
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "system": f"{platform.system()} {platform.machine()}",
        "load_before": round(os.getloadavg()[0], 2),
        "open_files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    }


def versions(database: Database) -> dict[str, str]:
    """Return the versions of what does the work."""
    with database.engine.connect() as connection:
        server = str(connection.exec_driver_sql("SHOW server_version").scalar_one())
    packages = {name: version(name) for name in _PACKAGES}
    return {
        "python": platform.python_version(),
        "postgresql": server,
        "auction": version("judicial-auction"),
        **packages,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
