"""One cell, an indicator in a month: its rows, what it says, how it is told (docs/rules.md §2)."""
