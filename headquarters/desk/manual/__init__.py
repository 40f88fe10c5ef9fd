"""操作マニュアル: docs/manual/ as pages (`/help/`), searched, and led to from every screen (ADR 55)."""
