"""Who asks: pages, API, live channel, inbox, jobs and command line."""
