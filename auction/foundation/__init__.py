"""What everything stands on: the kernel, the database, the docket and the ledger."""
