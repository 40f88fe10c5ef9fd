"""Keeping the portal: backup, restore and doctor (docs/operations.md, docs/adr/0046)."""
