"""The workbook of a month or a year, drawn from a `MonthlyReport` only."""
