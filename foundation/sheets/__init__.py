"""Safe writing of workbooks and CSV, and safe reading of what comes back. Knows no domain.

Most of the portal knows only what a cell is (`cell.py`): openpyxl comes with the modules that open
or write a workbook.
"""
