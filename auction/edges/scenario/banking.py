"""The verb of the bank: money comes by transfer, and the bank's file says so."""

from __future__ import annotations

import csv
import io

from auction.edges.inbox.bank_import import import_file
from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import verb
from auction.foundation.kernel.roles import PLATFORM
from auction.procedure.cases import queries as cases
from auction.procedure.treasury import bank_lines, claiming, matching, ways
from auction.procedure.treasury.bank_rules import ON_THE_DESK

#: A court of a story has this account, unless the story gives it another.
_ACCOUNT = "6222020200112233445"


@verb("bank_line")
def bank_line(stage: Stage, given: Given) -> object:
    """Let the bank's file name a credit of the case's court; ``reference`` is the case the payer has written on it."""
    line, case, payer = given.text("line"), given.text("case"), given.text("payer")
    amount, named = given.minor("amount_minor"), given.text_or_none("reference")
    given.done()
    with stage.read() as session:
        court = cases.case(session, case).court
        known = ways.court_account(session, court)
    if known is None:
        with stage.act(PLATFORM) as act:
            ways.set_court_account(act, court=court, holder="案款专户", number=_ACCOUNT, bank="某银行")
    row = {
        "account": known.number if known else _ACCOUNT,
        "reference": line,
        "booked_at": stage.now.isoformat(),
        "amount": f"{amount // 100}.{amount % 100:02d}",
        "currency": "CNY",
        "direction": "credit",
        "name": payer,
        "creditor_reference": matching.case_reference(named) if named else "",
    }
    import_file(stage.platform, _file(row), court=court)
    with stage.read() as session:
        waiting = [one for one in bank_lines.unmatched(session, court=court) if one.bank_reference == line]
    found = waiting[0] if waiting else None
    return {
        "line": line,
        "status": "unclaimed" if found and found.status in ON_THE_DESK else "matched",
        "claim_by": claiming.claim_by(found) if found else None,
    }


def _file(row: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(row))
    writer.writeheader()
    writer.writerow(row)
    return out.getvalue().encode()
