"""What an indicator is and what it aims at: definitions, targets, additions and ends."""
