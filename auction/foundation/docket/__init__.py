"""The docket (案卷日志): every act on a lot, case or property is one append-only entry.

Words: a *chain* is the docket of one subject (``lot:L…``, ``case:C…``,
``property:P…``, ``platform:acts``); its *head* is the last number and hash, and
locking the head is THE lock of that subject; an *entry* has a number without
gaps, an instant, a kind, a public part and, where something must stay secret
for now, a sealed commitment.

Invariants: numbers run 1, 2, 3 … without a gap; each entry carries the hash of
the one before; the database refuses update, delete and truncate; an entry is
written in the transaction of the command it records.
"""
