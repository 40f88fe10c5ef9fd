"""構成員名簿: the posts of the headquarters and who holds them (docs/rules.md §11)."""
