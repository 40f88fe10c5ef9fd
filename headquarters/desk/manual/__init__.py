"""操作マニュアル: docs/manual/ as pages (`/help/`), searched, led to from every screen (ADR 55)."""
