"""The outside world behind ports: money, the clock. Each port has a real side and a stand-in.

Words: an *order* (``MoneyOrder``) is our instruction to move money, named by our own id; a *receipt* is the
outside's word that it did. An order's id is its idempotency key: carrying out the same order twice moves money once.
"""
