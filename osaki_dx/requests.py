"""A request as the portal reads it: in UTF-8, whatever its headers say."""

from django.core.handlers.wsgi import WSGIRequest


class InUtf8(WSGIRequest):
    """No browser names an encoding with a form, and the standard knows none there.

    With those that Python knows, half characters would come in (`unicode_escape`), which neither
    database nor page can hold, or the request could not even be made (`hex`): 500 before any
    middleware. So of the header's parameters only the boundary of the parts is read.
    """

    def __init__(self, given):
        kind, *parameters = given.get("CONTENT_TYPE", "").split(";")
        edges = [text for text in parameters if text.strip().lower().startswith("boundary=")]
        super().__init__({**given, "CONTENT_TYPE": ";".join([kind, *edges])})
