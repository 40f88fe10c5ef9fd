"""A mail server of the test on this machine: it keeps what it takes and refuses whom it is told."""

import base64
import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes, policy


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self):
        self.server.talks += 1
        self.say("220 ready")
        for line in iter(self.rfile.readline, b""):
            word, _, rest = line.decode("ascii").strip().partition(" ")
            answer = getattr(self, f"on_{word.lower()}", self.agree)(rest)
            if answer is None:
                return
            self.say(answer)

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode("ascii"))

    def agree(self, rest):
        return "250 ok"

    def on_ehlo(self, rest):
        return "250-here\r\n250 AUTH PLAIN" if self.server.login else "250 here"

    def on_auth(self, rest):
        given = base64.b64decode(rest.split()[1]).decode().split("\0")[1:]
        return "235 ok" if tuple(given) == self.server.login else "535 no"

    def on_rcpt(self, rest):
        address = rest[rest.index("<") + 1 : rest.index(">")]
        if address in self.server.hangs_up_at:
            return None
        return "550 no such mailbox" if address in self.server.refuses else "250 ok"

    def on_data(self, rest):
        self.say("354 go on")
        self.server.while_it_is_sent()
        lines = list(iter(self.rfile.readline, b".\r\n"))
        self.server.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))
        return "250 kept"

    def on_quit(self, rest):
        self.say("221 bye")


class Mailbox(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, refuses=(), hangs_up_at=(), login=None, while_it_is_sent=lambda: None):
        super().__init__(("127.0.0.1", 0), Talk)
        self.refuses, self.hangs_up_at, self.login = refuses, hangs_up_at, login
        self.letters, self.talks = [], 0
        self.while_it_is_sent = while_it_is_sent

    @property
    def readers(self):
        return sorted(letter["To"] for letter in self.letters)


@contextmanager
def mailbox(settings, **given):
    """The portal's mail goes there."""
    with Mailbox(**given) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        try:
            yield server
        finally:
            server.shutdown()
