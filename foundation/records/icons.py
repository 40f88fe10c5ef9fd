"""The icons, as what stands in their `<svg>`: drawn 24 wide and high, in the colour of the text.

Here and not in a template, which would go through all of them for each icon of a page.
"""

from django.utils.safestring import SafeString

PATHS = {
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "user": ('<circle cx="12" cy="8" r="4"/><path d="M4 21c1-5 4-7 8-7s7 2 8 7"/>'),
    "down": '<path d="M6 9l6 6M18 9l-6 6"/>',
    "check": '<path d="M5 13l4 4L19 7"/>',
    "info": ('<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7v1"/>'),
    "warn": ('<path d="M12 3l10 18H2z"/><path d="M12 10v5M12 18v.5"/>'),
    "bad": ('<path d="M8 3h8l5 5v8l-5 5H8l-5-5V8z"/><path d="M9 9l6 6M15 9l-6 6"/>'),
    "out": '<path d="M10 4H5v16h5M15 8l4 4-4 4M19 12H9"/>',
    "lock": ('<rect x="5" y="11" width="14" height="9" rx="1"/><path d="M8 11V8a4 4 0 018 0v3"/>'),
    "print": ('<path d="M7 9V4h10v5M7 17H4v-7h16v7h-3"/><path d="M7 14h10v6H7z"/>'),
    "download": '<path d="M12 4v12M7 11l5 5 5-5M5 20h14"/>',
    "left": '<path d="M15 5l-7 7 7 7"/>',
    "right": '<path d="M9 5l7 7-7 7"/>',
    "back": '<path d="M9 7l-5 5 5 5M4 12h11a5 5 0 000-10h-2"/>',
    "arrow": '<path d="M4 12h15M13 6l6 6-6 6"/>',
    "book": (
        '<path d="M6 3h11a1 1 0 011 1v17H7a2 2 0 01-2-2V4a1 1 0 011-1z"/>'
        '<path d="M5 19a2 2 0 012-2h11"/>'
    ),
    "pulse": '<path d="M3 13h4l2-7 4 13 3-9 1 3h4"/>',
    "clock": ('<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 3"/>'),
    "chevron": '<path d="M6 9l6 6 6-6"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "pen": '<path d="M4 20l1-4L16 5l3 3L8 19z"/>',
    "search": ('<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5L21 21"/>'),
    "screen": ('<rect x="3" y="4" width="18" height="12" rx="1"/><path d="M8 20h8M12 16v4"/>'),
    "conflict": '<path d="M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4"/>',
}


def drawn(name: str) -> SafeString:
    """The icon of a name, empty for one that is not known."""
    mark = '<svg class="dx-icon" viewBox="0 0 24 24" aria-hidden="true">'
    return SafeString(f"{mark}{PATHS.get(name, '')}</svg>\n")
