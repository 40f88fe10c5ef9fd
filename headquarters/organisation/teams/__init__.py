"""プロジェクトチーム: what is worked out across departments (docs/rules.md §11)."""
