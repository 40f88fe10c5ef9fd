"""A month from its first day to its closing: board, submissions, closing, reopenings."""
