"""Windows of the browser that stay open from test to test.

The first page of a new window costs the browser five times what the next one does. So a window is
emptied and lent again: to the next person it is as new. Nothing of the last person is left in it:
no cookies, no storage, no cache, no other tabs, no route, no listener, no emulation.
"""

from tests.browser.waiting import settle_first

AT_REST = "/static/dates.js"  # a page of the portal's own origin that is only text
AS_NEW = {"media": "null", "color_scheme": "null", "forced_colors": "null"}

REFUSED = """document.addEventListener("securitypolicyviolation", (event) => console.error(
  `policy: ${event.violatedDirective} refused ${event.blockedURI}`
));"""


class Window:
    """One context of the browser with its first page."""

    def __init__(self, browser, scripts):
        self.scripts = scripts
        self.context = browser.new_context(locale="ja-JP", java_script_enabled=scripts)
        self.context.add_init_script(REFUSED)
        self.page = settle_first(self.context.new_page())
        self.line = self.context.new_cdp_session(self.page)
        self.heard = []
        listen = self.page.on

        def on(event, hears):
            self.heard.append((event, hears))
            listen(event, hears)

        self.page.on = on

    def emptied(self, address):
        """As new: whether that was possible."""
        if self.page.is_closed():
            self.context.close()
            return False
        for event, hears in self.heard:
            self.page.remove_listener(event, hears)
        self.heard.clear()
        for other in self.context.pages[1:]:
            other.close()
        self.page.unroute_all(behavior="ignoreErrors")
        self.context.clear_cookies()
        self.page.goto(address + AT_REST)
        self.context.clear_cookies()  # of an answer that was on its way
        self.page.evaluate("[localStorage, sessionStorage].forEach((all) => all.clear())")
        self.page.evaluate("window.name = ''")
        self.page.emulate_media(**AS_NEW)
        self.line.send("Network.clearBrowserCache")
        return True


class Windows:
    """Those that are open: lent (`out`) or free."""

    def __init__(self, browser):
        self.browser, self.out, self.free = browser, [], []

    def lent(self, scripts, width, height):
        """A window of that size, in which scripts run or do not."""
        window = next((each for each in self.free if each.scripts == scripts), None)
        if window:
            self.free.remove(window)
        else:
            window = Window(self.browser, scripts)
        self.out.append(window)
        window.page.set_viewport_size({"width": width, "height": height})
        return window

    def given_back(self, address):
        """All that are out are as new for the next test."""
        given, self.out = self.out, []
        self.free += [window for window in given if window.emptied(address)]
