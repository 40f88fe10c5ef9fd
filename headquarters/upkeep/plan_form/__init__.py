"""計画の様式: a whole plan as a workbook, out of the database and into an empty one (ADR 54)."""
