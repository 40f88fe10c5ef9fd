"""年度末見込: what the departments expect for the end of the year (docs/rules.md §4)."""
