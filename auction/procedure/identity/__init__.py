"""Identity (身份): courts, persons, and the accounts they act through.

Words: a *court* is one of the four levels; a *person* is a natural person or an
enterprise with a verified number; an *account* signs in and holds roles; a *key*
lets a program act for an account within its scopes.

Articles: 法释〔2016〕18号 第8条 (staff act for their court), 第17、22条 (bidders are known
by their true identity), 个人信息保护法 第51条 (identifying data is encrypted).

Invariants: one person has one number, and a number belongs to one person; one
login belongs to one account; names and numbers are encrypted at rest; passwords
and keys are kept only as hashes; a closed account and a revoked key open nothing.
"""
