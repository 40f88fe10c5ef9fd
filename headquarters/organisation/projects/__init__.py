"""DX関連事業: what the departments do for a measure, with its money (docs/rules.md §11)."""
