"""`auction bench`: what the platform carries on this machine, each figure beside a yardstick of the same run.

Words: a *measure* is one figure with its target; a *yardstick* is the bare tool
doing the least that could be called the same work; a *ratio* is the figure over
its yardstick, so that the machine's own speed falls out; the *players* are the
clients, in a process of their own.

The figures are those the platform was designed for (docs/bench.md); nothing here
judges by the clock alone what another machine would do otherwise.
"""
