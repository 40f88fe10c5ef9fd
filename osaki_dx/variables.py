"""Every variable of the portal: its name, its default, what it means, how its text is read.

`docs/operations.md` shows the same table; a test compares the two. Standard library only.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osaki_dx.database_url import read_database_url, without_password
from osaki_dx.wrong import Wrong

HOST = re.compile(
    r"\.?(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*"
)
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
MAIL_PORTS = {"none": 25, "starttls": 587, "ssl": 465}  # and where such a server listens
SECRET_LENGTH, SECRET_VARIETY = 50, 5
FEWEST_DAYS = 90
REMOTE_USER = "X-Remote-User"
MAKE_SECRET = 'python3 -c "import secrets; print(secrets.token_urlsafe(64))"'


def read_switch(name: str, text: str) -> bool:
    """1 or 0."""
    if text not in ("0", "1"):
        raise Wrong(f"{name} は 1 か 0 で設定してください（いまの値：{text}）。")
    return text == "1"


def nothing(text: str) -> str:
    """What others may see of a secret."""
    return ""


def read_text(name: str, text: str) -> str:
    """Any text."""
    return text


def read_secret(name: str, text: str) -> str:
    """Long, varied and without blanks (a blank is a remark that slipped in)."""
    if (
        len(text) < SECRET_LENGTH
        or len(set(text)) < SECRET_VARIETY
        or re.search(
            r"\s",
            text,
        )
    ):
        raise Wrong(
            f"{name} は、空白のない{SECRET_LENGTH}文字以上の推測できない文字列にしてください"
            f"（いまは{len(text)}文字。{MAKE_SECRET} で作れます）。"
        )
    return text


def is_host(text: str) -> bool:
    """A host name (a leading dot: and all below it) or an address, without scheme and port."""
    if text.startswith("[") and text.endswith("]"):
        return is_address(text[1:-1])
    return bool(HOST.fullmatch(text))


def is_address(text: str) -> bool:
    """An IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def listed(text: str) -> list:
    """The entries of a list with commas."""
    return [entry.strip() for entry in text.split(",") if entry.strip()]


def read_hosts(name: str, text: str) -> list:
    """Host names without https:// and port; `*` would switch the check off."""
    hosts = [host.lower() for host in listed(text)]
    wrong = [host for host in hosts if not is_host(host)]
    if wrong or not hosts:
        raise Wrong(
            f"{name} は、https:// もポート番号も付けないホスト名をコンマで区切って設定してください"
            f"（読めない値：{'、'.join(wrong) or text}）。"
        )
    return hosts


def read_origins(name: str, text: str) -> list:
    """`https://host` or `https://host:port`, nothing behind it."""
    origins = [origin.lower() for origin in listed(text)]
    wrong = [origin for origin in origins if not _is_origin(origin)]
    if wrong or not origins:
        raise Wrong(
            f"{name} は https://dx.example.lg.jp の形で、コンマで区切って設定してください"
            f"（読めない値：{'、'.join(wrong) or text}）。"
        )
    return origins


def _is_origin(text: str) -> bool:
    scheme, separator, rest = text.partition("://")
    host, _, port = rest.rpartition(":") if re.search(r":\d+$", rest) else (rest, "", "443")
    known = scheme in ("http", "https") and separator
    return bool(known and is_host(host.replace("*.", ".", 1)) and 0 < int(port) < 65536)


def read_address(name: str, text: str) -> str:
    """One IP address."""
    if not is_address(text):
        raise Wrong(f"{name} は IPアドレス1つで設定してください（いまの値：{text}）。")
    return str(ipaddress.ip_address(text))


def read_days(name: str, text: str) -> int:
    """So many days that a slip of the pen ends nothing that is still needed."""
    if not text.isdecimal() or int(text) < FEWEST_DAYS:
        raise Wrong(f"{name} は {FEWEST_DAYS} 以上の日数で設定してください（いまの値：{text}）。")
    return int(text)


def read_header(name: str, text: str) -> str:
    """1 (the usual name), 0, or the name of a header that nobody else uses, as it is in WSGI."""
    if text == "0":
        return ""
    header = REMOTE_USER if text == "1" else text
    if not re.fullmatch(r"X-[A-Za-z0-9-]+", header) or header.lower().startswith("x-forwarded-"):
        raise Wrong(
            f"{name} は 0 か 1、または X- で始まるヘッダー名で設定してください"
            f"（いまの値：{text}）。"
        )
    return f"HTTP_{header.upper().replace('-', '_')}"


def read_mail_host(name: str, text: str) -> str:
    """A host name or an address."""
    if not (is_host(text.lower()) or is_address(text)):
        raise Wrong(
            f"{name} は、メールサーバーのホスト名だけで設定してください（いまの値：{text}）。"
        )
    return text


def read_mail_address(name: str, text: str) -> str:
    """One mail address."""
    if not re.fullmatch(r"[^@\s,<>]+@[^@\s,<>]+", text):
        raise Wrong(f"{name} は、メールアドレス1つで設定してください（いまの値：{text}）。")
    return text


def read_port(name: str, text: str) -> int:
    """A port number."""
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) < 65536:
        raise Wrong(f"{name} は、1から65535までの番号で設定してください（いまの値：{text}）。")
    return int(text)


def read_mail_tls(name: str, text: str) -> str:
    """How the connection to the mail server is encrypted."""
    if text not in MAIL_PORTS:
        raise Wrong(
            f"{name} は {'、'.join(MAIL_PORTS)} のどれかで設定してください（いまの値：{text}）。"
        )
    return text


def read_level(name: str, text: str) -> str:
    """A level of Python's logging."""
    if text not in LEVELS:
        levels = "、".join(LEVELS)
        raise Wrong(f"{name} は {levels} のどれかで設定してください（いまの値：{text}）。")
    return text


def read_log_file(name: str, text: str) -> str:
    """A file in a folder that is there."""
    file = Path(text).resolve()
    if file.is_dir() or not file.parent.is_dir():
        raise Wrong(f"{name} は、すでにあるフォルダーの中のファイル名にしてください（{file}）。")
    return str(file)


def read_path(name: str, text: str) -> str:
    """Only the top of a host: addresses below a path are not made."""
    if text != "/":
        raise Wrong(
            f"このポータルは {text} のような下位パスでは動きません。ホスト名を1つ用意して、"
            f"その一番上（/）で公開し、{name} は空にしてください。"
        )
    return text


@dataclass(frozen=True)
class Variable:
    """One variable; `shown` is its default as the table says it, when it is not `default`."""

    name: str
    meaning: str
    reading: Callable[[str, str], Any] = read_text
    default: Any = ""
    shown: str = "なし"
    open: Callable[[str], str] = str  # what others may see of a text: of a secret nothing

    def read(self, text: str):
        """The value of a text. Wrong when nobody could understand it."""
        return self.reading(self.name, text)


VARIABLES = (
    Variable("OSAKI_DX_CONFIG", "設定ファイル。`--config` と同じ（ファイルの中には書けない）"),
    Variable(
        "OSAKI_DX_DATA_DIR",
        "データベース（SQLite）・添付ファイル・静的ファイルの置き場所。`run.py --data` と同じ",
        shown="`var/`",
    ),
    Variable(
        "OSAKI_DX_PRODUCTION",
        "1: 本番。`OSAKI_DX_SECRET_KEY` と `OSAKI_DX_ALLOWED_HOSTS` が必要になる",
        read_switch,
        default=False,
        shown="0",
    ),
    Variable(
        "OSAKI_DX_SECRET_KEY",
        "署名に使う、推測できない50文字以上の文字列",
        read_secret,
        shown="本番以外では自動で作る",
        open=nothing,
    ),
    Variable(
        "OSAKI_DX_ALLOWED_HOSTS",
        "ポータルのホスト名（コンマ区切り。https:// とポート番号は付けない）",
        read_hosts,
        default=(),
        shown="本番以外では、このパソコンだけ",
    ),
    Variable(
        "DATABASE_URL",
        "`postgres://利用者:パスワード@ホスト:5432/名前?sslmode=verify-full`。空なら SQLite",
        read_database_url,
        default=None,
        shown="SQLite",
        open=without_password,
    ),
    Variable(
        "OSAKI_DX_HTTPS",
        "0: 庁内の閉じた網で、暗号化せずに使う",
        read_switch,
        shown="本番では1、ほかは0",
    ),
    Variable(
        "OSAKI_DX_HSTS",
        "0: ブラウザーに「この先1年は https だけ」と覚えさせない",
        read_switch,
        shown="`OSAKI_DX_HTTPS` と同じ",
    ),
    Variable(
        "OSAKI_DX_TRUSTED_PROXY",
        "前に立つプロキシのIPアドレス。そこから来た X-Forwarded-For・X-Forwarded-Proto を信じる",
        read_address,
    ),
    Variable(
        "OSAKI_DX_REMOTE_USER",
        "1: プロキシが確かめた利用者名（`X-Remote-User`）でログインする。別名なら、その名前",
        read_header,
        shown="0",
    ),
    Variable(
        "OSAKI_DX_TRUSTED_ORIGINS",
        "フォームの送信元として認めるアドレス（コンマ区切り。例 `https://dx.example.lg.jp:8443`）",
        read_origins,
        default=(),
        shown="https:// と許可したホスト名",
    ),
    Variable(
        "OSAKI_DX_LISTEN",
        "待ち受けるIPアドレス。プロキシがほかの機械にあるときに変える",
        read_address,
        default="127.0.0.1",
        shown="127.0.0.1",
    ),
    Variable(
        "OSAKI_DX_PATH",
        "空か `/` だけ。`/dx/` のような下位パスでは動かないので、設定すると理由を示して止まる",
        read_path,
    ),
    Variable(
        "OSAKI_DX_MAIL_HOST",
        "督促メールを送るサーバー。空ならメールを送らない",
        read_mail_host,
        shown="送らない",
    ),
    Variable(
        "OSAKI_DX_MAIL_PORT",
        "メールサーバーのポート",
        read_port,
        shown="none 25、starttls 587、ssl 465",
    ),
    Variable(
        "OSAKI_DX_MAIL_TLS",
        "メールの暗号化。none: しない、starttls: つないでから始める、ssl: 初めから",
        read_mail_tls,
        default="none",
        shown="none",
    ),
    Variable("OSAKI_DX_MAIL_USER", "メールサーバーの利用者名。空ならログインしない"),
    Variable("OSAKI_DX_MAIL_PASSWORD", "メールサーバーのパスワード", open=nothing),
    Variable(
        "OSAKI_DX_MAIL_FROM",
        "督促メールの差出人",
        read_mail_address,
        default="webmaster@localhost",
        shown="webmaster@localhost",
    ),
    Variable(
        "OSAKI_DX_RECORD_DAYS",
        "ログインと取り出しの記録を残す日数（90以上）。`prune_records` が、過ぎたものを消す",
        read_days,
        default=1100,
        shown="1100（3年と少し）",
    ),
    Variable(
        "OSAKI_DX_LOG_LEVEL",
        "ログの細かさ（DEBUG、INFO、WARNING、ERROR、CRITICAL）",
        read_level,
        default="WARNING",
        shown="WARNING",
    ),
    Variable(
        "OSAKI_DX_LOG_FILE",
        "ログを書くファイル。10MBごとに新しくし、前の10本を残す",
        read_log_file,
        shown="標準エラー出力",
    ),
    Variable("OSAKI_DX_BROWSER", "試験に使うブラウザー（`run.py test` だけが読む）", shown="探す"),
)
