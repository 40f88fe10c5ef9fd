"""A month of values is entered: grid, one cell, paste."""
