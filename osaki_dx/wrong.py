"""What is raised when the configuration cannot be used."""


class Wrong(Exception):
    """One Japanese sentence that says what to mend; every command ends with it."""
