"""PostgreSQL: the embedded server, the engine, one command in one transaction, column types."""
