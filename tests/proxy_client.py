"""A browser on the far side of a proxy: its own address, TLS or not, cookies, forms."""

import http.client
import ssl
import urllib.parse
import uuid
from http.cookies import SimpleCookie

from tests.browsing import _Forms

HOST = "dx.town.example"


class FarBrowser:
    """Sends through `port`; `headers` are what the proxy would add, `source` where it sits."""

    def __init__(self, port, *, host=HOST, scheme="https", headers=(), source=None, tls=False):
        self.port, self.host, self.scheme, self.headers = port, host, scheme, dict(headers)
        self.source, self.tls, self.cookies = source, tls, {}

    def ask(self, path, data=None, *, content_type="application/x-www-form-urlencoded", **headers):
        """(status, headers, text) of one request; a POST when there is data (a dict or bytes)."""
        status, answered, content = self._ask(path, data, content_type, headers)
        return status, answered, content.decode("utf-8", "replace")

    def raw(self, path):
        """The bytes of a download."""
        status, _, content = self._ask(path, None, "", {})
        assert status == 200, (path, status)
        return content

    def _ask(self, path, data, content_type, headers):
        if isinstance(data, dict):
            data = urllib.parse.urlencode(data, doseq=True).encode()
        sent = {"Host": self.host, **self.headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={text}" for name, text in self.cookies.items())
        if data is not None:
            sent |= {"Content-Type": content_type, "Origin": f"{self.scheme}://{self.host}"}
        sent |= {name.replace("_", "-"): text for name, text in headers.items()}
        line = self._connect()
        line.request("GET" if data is None else "POST", path, body=data, headers=sent)
        answer = line.getresponse()
        content = answer.read()
        line.close()
        self._keep(answer)
        return answer.status, answer.headers, content

    def _connect(self):
        place = {"timeout": 60, "source_address": (self.source, 0) if self.source else None}
        if not self.tls:
            return http.client.HTTPConnection("127.0.0.1", self.port, **place)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=context, **place)

    def _keep(self, answer):
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                assert self.scheme == "http" or morsel["secure"] or not morsel.value, name
                self.cookies[name] = morsel.value

    def form(self, path, action="", **data):
        """What the form of a page that posts to `action` would send, with `data` filled in."""
        status, _, text = self.ask(path)
        assert status == 200, (path, status)
        found = [form for form in _Forms(text).found if form.action in (action or path, "")]
        best = min(found, key=lambda form: form.strangeness(data))
        return {**best.sent, **data}

    def post(self, path, page="", **data):
        """The answer to a form that was filled in on a page."""
        return self.ask(path, self.form(page or path, path, **data))

    def sign_in(self, name, password):
        """The status of a sign-in; 302 is in."""
        return self.post("/accounts/login/", username=name, password=password)[0]


def multipart(fields, name, content):
    """(content type, body) of a form with one file."""
    edge = uuid.uuid4().hex
    head = "".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}\r\n'
        for key, text in fields.items()
    )
    file = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    tail = f"\r\n--{edge}--\r\n"
    return f"multipart/form-data; boundary={edge}", (head + file).encode() + content + tail.encode()
