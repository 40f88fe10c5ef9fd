"""What pages and files show of indicators: rows, tables, charts, sentences, evidence."""
