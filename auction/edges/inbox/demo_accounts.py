"""The demo's accounts: invented people with one password, told at the start and on the page to sign in."""

from __future__ import annotations

from auction.foundation.kernel.roles import Role

#: One password for every demo account; refused outside ``--demo`` because the accounts exist only there.
PASSWORD = "auction-demo-2026"  # noqa: S105 - told to everyone, opens invented accounts only

#: login, name, roles, whether it belongs to the demo court
ACCOUNTS: tuple[tuple[str, str, tuple[Role, ...], bool], ...] = (
    ("officer", "林执行", (Role.OFFICER,), True),
    ("panel", "方审判", (Role.PANEL,), True),
    ("panel2", "陶审判", (Role.PANEL,), True),
    ("panel3", "贺审判", (Role.PANEL,), True),
    ("finance", "钟财务", (Role.FINANCE,), True),
    ("head", "卢局长", (Role.HEAD,), True),
    ("supervisor", "齐检察", (Role.SUPERVISOR,), False),
    ("admin", "平台管理员", (Role.ADMINISTRATOR,), False),
)

#: login, name, identity number
BIDDERS = (("bidder1", "张小满", "110101199003070353"), ("bidder2", "李春分", "110101198806150045"))


def roles_by_login() -> list[tuple[str, Role]]:
    """Return every demo login with the role it shows, bidders first."""
    return [(login, Role.BIDDER) for login, *_ in BIDDERS] + [(login, roles[0]) for login, _, roles, _ in ACCOUNTS]
