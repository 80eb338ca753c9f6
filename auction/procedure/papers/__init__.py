"""The papers of the procedure (文书): drawn up from the record, signed by the panel, made final, checked by anyone.

Words: a *paper* has a *kind*, a *number* and a *state*: ``draft``, ``signed`` (the panel has), ``final``.

Sources: 法释〔2016〕18号 第12、13、14、16、22条; 法释〔2004〕16号 第20条; 法释〔2015〕5号 第509条.
Invariants: a final paper never changes: its bytes are kept, and their SHA-256 stands in the docket of the lot or case
it belongs to.
"""
