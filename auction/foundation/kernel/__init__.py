"""Pure values every other part speaks in: money, periods, refusals, ids, roles, canonical JSON."""
