"""The arithmetic of the indicators: pure functions, no database, no clock."""
