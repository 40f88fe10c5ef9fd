"""Django's PostgreSQL, which nobody waits for long: the ENGINE of the settings (docs/adr/0049)."""
