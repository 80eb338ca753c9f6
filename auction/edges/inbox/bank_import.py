"""Taking a bank file in: read whole, kept, then each line matched in its own small transaction."""

from __future__ import annotations

from auction.edges.platform import Platform
from auction.foundation.kernel.refusal import Refusal
from auction.foundation.kernel.roles import PLATFORM, Actor
from auction.gateways.bank_files import reading
from auction.gateways.bank_files.lines import FileRead
from auction.procedure.treasury import bank_lines, matching, ways
from auction.procedure.treasury.bank_lines import ImportRecord
from auction.procedure.treasury.bank_refusals import NoCourtAccount

_BATCH = 200


def import_file(
    platform: Platform, content: bytes, *, court: str | None = None, actor: Actor = PLATFORM
) -> ImportRecord:
    """Take a file in and match what is new; the same file again adds nothing, and ends what was cut off.

    :param court: whose file it is; None finds it by the account in the file
    :raises FileBroken: FileHostile, FileTooLarge, FileUnknown: why it is not read
    :raises NoCourtAccount: while no court has the account on record
    """
    file = reading.read(content)
    with platform.act(actor) as act:
        found = matching.take_in(act, court=court or _court_of(platform, file), content=content, file=file)
    match_new(platform, court=found.court)
    with platform.read() as session:
        return bank_lines.imported(session, found.id)


def match_new(platform: Platform, *, court: str | None = None) -> int:
    """Match the lines nobody has looked at yet, also those of a run that died; return how many."""
    done = 0
    while True:
        with platform.read() as session:
            found = bank_lines.new(session, court=court, limit=_BATCH)
        if not found:
            return done
        for line in found:
            _match(platform, line)
        done += len(found)


def _match(platform: Platform, line: str) -> None:
    try:
        with platform.act() as act:
            matching.match_line(act, line=line)
    except Refusal as refusal:
        # Whatever refuses what would follow, the money is here: a person looks at it.
        with platform.act() as act:
            matching.match_line(act, line=line, aside=refusal.code)


def _court_of(platform: Platform, file: FileRead) -> str:
    with platform.read() as session:
        for account in dict.fromkeys(line.account for line in file.lines):
            court = ways.court_of_account(session, account)
            if court is not None:
                return court
    raise NoCourtAccount
