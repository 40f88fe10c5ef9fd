"""What a test reads of a page: the text of an answer without the template's line breaks."""

import re


def page_text(answer) -> str:
    """The body of a response (or a string) with every run of white space as one blank."""
    text = answer if isinstance(answer, str) else answer.content.decode()
    return re.sub(r"[ \t\r\n]+", " ", text)
