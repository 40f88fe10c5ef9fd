"""A test client that posts as a browser does: with what the page's form carries unseen.

`client.post(url, data, page=…)` asks for the page first (default: the address itself) and sends the
`seen` or the `once` of the form that would have been posted. `bare=True` sends just `data`.
"""

from html.parser import HTMLParser

from django.test import Client

CARRIED = ("seen", "once")


class _Forms(HTMLParser):
    """Every form of a page: its address, the names of its inputs, what it carries."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[dict] = []
        self.open = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            action = given.get("action") or given.get("hx-post") or ""
            self.found.append({"action": action, "names": set(), "carried": {}})
            self.open = True
        elif self.open and given.get("name"):
            form = self.found[-1]
            form["names"].add(given["name"])
            if given["name"].rpartition("-")[2] in CARRIED and tag == "input":
                form["carried"][given["name"]] = given.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = False


class Browser(Client):
    """Django's test client with a browser's habit of sending hidden inputs."""

    def post(self, path, data=None, *args, page=None, bare=False, **kwargs):
        if not bare and (data is None or isinstance(data, dict)):
            data = {**self._carried(page or path, path, data or {}), **(data or {})}
        return super().post(path, data, *args, **kwargs)

    def _carried(self, page, path, data) -> dict:
        answer = self.get(page)
        if answer.status_code != 200 or "html" not in answer.headers.get("Content-Type", ""):
            return {}
        wanted = path.split("#")[0]
        forms = [
            form
            for form in _Forms(answer.content.decode()).found
            if form["action"] in (wanted, wanted.split("?")[0])
            or (not form["action"] and page == path)
        ]
        forms.sort(key=lambda form: len(set(data) - form["names"]))
        return forms[0]["carried"] if forms else {}
