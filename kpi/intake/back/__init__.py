"""The way back of the entry sheet: read, compared three ways, chosen, taken over as one batch."""
