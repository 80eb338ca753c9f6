"""The command line: `auction`, one module a command."""
