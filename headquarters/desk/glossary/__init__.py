"""用語: what the words of the screens, workbooks and mails mean. Meanings from docs/rules.md."""
