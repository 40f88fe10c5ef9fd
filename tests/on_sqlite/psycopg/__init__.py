"""A town on SQLite has no psycopg: the processes that tests start there find none either."""

raise ImportError("psycopg is not installed where the portal runs on SQLite")
