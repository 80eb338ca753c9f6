"""No money leaves a case whose books differ from the outside (法发〔2017〕6号)."""

from __future__ import annotations

from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.treasury import differences


class Unreconciled(Refusal):
    """The books of the case and the outside differ, and nobody knows yet whose money it is."""

    code = "distribution.unreconciled"
    article = "法发〔2017〕6号"
    title_zh, title_en = "对账不符，不得发放", "The books differ"
    zh = "本案有未查清的对账差异：{differences}。查清并经下一次对账确认后方可发放。"
    en = "The case has open differences: {differences}. It is paid out once they are resolved and no longer found."


def refuse_unreconciled(act: Act, *, case: str) -> None:
    """Refuse to propose or release a payment while a difference of the case is open; the caller holds its lock.

    :raises Unreconciled: naming the differences
    """
    found = differences.open_differences(act.session, case=case)
    if found:
        raise Unreconciled(differences=[one.id for one in found])
