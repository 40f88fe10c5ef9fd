"""What the server itself refuses, in Japanese: what is wrong, where, and how to mend it.

waitress refuses what never reaches Django: too large, unreadable, too slow. Its own sentences are
English, and who is still sending would see a broken connection instead of them.
"""

import logging
from html import escape
from typing import NamedTuple

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask
from waitress.utilities import BadRequest, Error

from foundation.records.uploads import LIMIT
from measures.naming import heard
from osaki_dx.plain_style import DIGEST, STYLE

POLICY = (
    f"default-src 'none'; style-src {DIGEST}; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
CHUNK_LINE = 4096  # bytes; a size line or trailer of a chunked body has some ten
FRAMES = 64 * 1024  # bytes of a chunked body after which half of it has to be content
log = logging.getLogger(__name__)
OFFICE = "{office}"
AGAIN = f"続くときは、時刻と操作を{OFFICE}に知らせてください。"
BACK = "ブラウザーの「戻る」で前の画面に戻ると、入力した内容が残っていることがあります。"


class RequestTimeout(Error):
    """Who began to send and did not come to the end in time."""

    code = 408
    reason = "Request Timeout"


class NoRoom(Error):
    """The place where a large body waits until it is whole (a temporary file) is full."""

    code = 507
    reason = "Insufficient Storage"


class Said(NamedTuple):
    """A page of the server: its heading, and what can be done."""

    title: str
    sentences: tuple[str, ...]


SAID = {
    400: Said(
        "リクエストを読み取れません",
        (
            "ブラウザーから届いた内容が、途中で壊れているか、正しい形ではありません。",
            f"アドレス欄の文字を確かめて、もう一度開いてください。{AGAIN}",
        ),
    ),
    408: Said(
        "時間内に届きませんでした",
        (
            "送信が途中で止まったか、遅すぎるため、受信をやめました。何も保存していません。",
            f"{BACK}通信の状態を確かめて、もう一度送ってください。",
        ),
    ),
    413: Said(
        "送った内容が大きすぎます",
        (
            f"添付ファイルは1件{LIMIT // 1024 // 1024}MBまでです。何も保存していません。",
            f"{BACK}ファイルを小さくするか、分けて、もう一度送ってください。",
        ),
    ),
    431: Said(
        "アドレスか Cookie が長すぎます",
        (
            "開こうとしたアドレス（絞り込みの条件など）か、ブラウザーの Cookie が長すぎます。",
            "条件を短くするか、このサイトの Cookie を消してから、もう一度開いてください。",
        ),
    ),
    500: Said(
        "ポータルでエラーが起きました",
        (f"{BACK}少し待ってから、もう一度お試しください。{AGAIN}",),
    ),
    501: Said(
        "この送り方は使えません",
        (
            "間にあるプロキシなどが、ポータルの知らない形式（Transfer-Encoding）で送りました。",
            f"ふだん使っているブラウザーで、もう一度お試しください。{AGAIN}",
        ),
    ),
    507: Said(
        "保存先に書き込めません",
        (
            "サーバーのディスクがいっぱいか、書き込めないため、受信をやめました。何も保存していません。",
            f"{OFFICE}に知らせ、直ってから、もう一度送ってください。{BACK}",
        ),
    ),
}


def page(code: int) -> bytes:
    """The whole page of a refusal, in UTF-8; it needs nothing from elsewhere."""
    said = SAID[code] if code in SAID else SAID[400 if code < 500 else 500]
    names = heard()
    told = (sentence.replace(OFFICE, names.office) for sentence in said.sentences)
    sentences = "\n".join(f"<p>{escape(sentence)}</p>" for sentence in told)
    happened = "受け取れませんでした" if code < 500 else "表示できませんでした"
    return f"""<!DOCTYPE html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(said.title)} | {escape(names.title)} 進捗管理</title>
<link rel="icon" href="data:,">
<style>{STYLE}</style>
</head>
<body>
<header><a href="/"><b>{escape(names.title)}</b><span>進捗管理</span></a></header>
<main>
<p class="code">{code}　{happened}</p>
<h1>{escape(said.title)}</h1>
{sentences}
<p class="home"><a href="/">ホームへ</a></p>
</main>
</body>
</html>
""".encode()


class Refusal(ErrorTask):
    """Writes the page, then lets the rest of what is being sent run into the sand.

    A connection that is closed while something comes in is reset, and the page is lost with it.
    """

    def execute(self):
        error = self.request.error
        body = page(error.code)
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Cache-Control", "private, no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "same-origin"),
            ("Content-Security-Policy", POLICY),
        ]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)

    def service(self):
        super().service()
        self.channel.refuse_the_rest()
        self.close_on_finish = False  # the channel does it, when the other side has gone


class Reader(HTTPRequestParser):
    """waitress's parser; where that one fails or is too patient, it refuses."""

    path = ""  # named in the log also when no line was read

    def received(self, data):
        """As waitress's; who is refused is not asked to continue."""
        try:
            consumed = super().received(data)
        except OSError as error:
            log.error("a body cannot be kept while it comes: %s", error)
            self.error, self.completed = NoRoom(str(error)), True
            return len(data)
        if self._endless_line() or self._mostly_frames():
            self.error = BadRequest("chunks that nobody sends in earnest")
            self.completed = True
        if self.error:
            self.expect_continue = False
        return consumed

    def parse_header(self, header_plus):
        """A number of 5,000 digits, or half an IPv6 address, is an error of the sender."""
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            raise ParsingError(str(error)) from error

    def _endless_line(self) -> bool:
        """These are searched again from their start with every piece that comes."""
        body = self.body_rcv
        line = getattr(body, "control_line", b"")

        return max(len(line), len(getattr(body, "trailer", b""))) > CHUNK_LINE

    def _mostly_frames(self) -> bool:
        """Millions of chunks of one byte would keep the loop, and all others, for seconds."""
        came = self.body_bytes_received
        return self.chunked and came > FRAMES and len(self.body_rcv) < came / 2
