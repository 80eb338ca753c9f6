"""A story as written: its file read with its lines, before anything is played.

Below the scenario runner, which plays a story, and below the pages, which show one.
"""
