"""Scenario files: the law as stories, run on a scratch database with a clock that only the file moves.

Words: a *scenario* is one file: a title, the instant it begins and its *steps*; a step names a *verb* (``do``), what
the verb is given (``with``), what must come of it (``expect``) or the code it must be refused with (``refused``);
the *stage* is the platform a scenario plays on; a *report* says what happened and which expectations failed.

Invariants: what falls due up to and including a step's instant happens before it; persons and things go by the
file's own names, in and out; a file that cannot be read plays no step; no data of a running platform is touched.
"""
