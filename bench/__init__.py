"""The promises about speed (docs/trust.md §3), measured: `python3 run.py bench [--json FILE]`.

Every row is a ratio of two things done in the same run on the same machine, turn by turn, so that a
busy machine disturbs both. `command` starts the databases and prints the table; `measure` runs once
for each database and fills it.
"""
