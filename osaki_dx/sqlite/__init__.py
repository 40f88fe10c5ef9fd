"""Django's SQLite, whose writers wait in line: the ENGINE of the settings (docs/adr/0037)."""
