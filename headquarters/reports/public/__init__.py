"""The public edition (公表版): what of the editions leaves the house, as a folder for a web site.

Nothing internal is read here: no notes, departments, sources, reasons of targets or closings,
forecasts, verdicts, milestones, PDCA sheets or names of people. docs/excel.md §4 says what the
folder holds, docs/adr/0034 why.
"""
