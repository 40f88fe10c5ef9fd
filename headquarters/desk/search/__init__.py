"""さがす: one line for words, and every place of the portal where they stand."""
