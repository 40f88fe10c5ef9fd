"""The town's own form 様式: an .xlsx with named cells, filled at closings (docs/excel.md §5)."""
