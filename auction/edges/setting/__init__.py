"""Setting papers as pages: from what a paper says to a PDF that looks the same everywhere.

Words: a *line* is text that fits its measure, a *sheet* is the document being set with its head, foot and margins.

Invariants: the same content gives the same bytes; nothing stands outside the margins; a character that no font can
show never becomes a box; nothing of the system is needed, no font and no program.
"""
