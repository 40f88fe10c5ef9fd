"""Sheets that go out to people and come back: the three-way difference, its preview, what is
confirmed, the marked workbook. Knows no plan; each room says what its rows and fields are.
"""
