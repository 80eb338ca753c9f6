"""The texts of the papers: one builder a kind, from the record to what the paper says in both languages.

``BUILDERS`` has them by kind. A builder reads and never writes; asked too early it refuses with ``papers.not_yet``
and says what is missing. Chinese binds; names, titles and what a court or party wrote stand as they were written.
"""

from collections.abc import Mapping
from types import MappingProxyType

from auction.procedure.papers.texts import (
    announcing,
    defaulting,
    dividing,
    halting,
    handing,
    instructing,
    notifying,
    passing,
    receipt,
    revoking,
    selling,
    taking,
)
from auction.procedure.papers.texts.builder import Builder, Draw

_DRAWN: Mapping[str, Draw] = {
    announcing.KIND: announcing.announcement,
    instructing.KIND: instructing.instructions,
    notifying.KIND: notifying.notice,
    receipt.KIND: receipt.deposit_receipt,
    selling.CONFIRMATION: selling.confirmation,
    selling.RULING: selling.sale_ruling,
    taking.KIND: taking.in_kind_ruling,
    passing.KIND: passing.assistance_notice,
    handing.KIND: handing.hand_over_record,
    dividing.KIND: dividing.distribution_plan,
    halting.STAY: halting.suspension_notice,
    halting.RESUMPTION: halting.resumption_notice,
    halting.WITHDRAWAL: halting.withdrawal_notice,
    revoking.KIND: revoking.revocation_ruling,
    defaulting.DEFAULT: defaulting.default_ruling,
    defaulting.TOP_UP: defaulting.top_up_order,
}

#: What draws each kind of paper, by its key.
BUILDERS: Mapping[str, Builder] = MappingProxyType(
    {kind: Builder(kind=kind, draw=draw) for kind, draw in _DRAWN.items()}
)

__all__ = ["BUILDERS", "Builder"]
