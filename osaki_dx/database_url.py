"""`DATABASE_URL`, read with its options. Standard library only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from osaki_dx.wrong import Wrong

FORM = "postgres://利用者:パスワード@ホスト:5432/名前"
SCHEMES = ("postgres", "postgresql")
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
SECRET = ("sslpassword",)
NUMBERS = (
    "connect_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
)
TEXTS = (
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslcrldir", "sslpassword"),
    *("sslnegotiation", "ssl_min_protocol_version", "ssl_max_protocol_version", "sslsni"),
    *("channel_binding", "gssencmode", "krbsrvname", "require_auth", "requirepeer"),
    *("application_name", "options", "passfile", "hostaddr", "target_session_attrs"),
)


@dataclass(frozen=True)
class DatabaseUrl:
    """A PostgreSQL database; `options` are libpq's own words."""

    name: str
    user: str
    password: str = field(repr=False)
    host: str
    port: str
    options: dict


def read_database_url(name: str, text: str) -> DatabaseUrl:
    """The database of a URL. Wrong when a part of it would be passed over or misread."""
    if re.search(r"\s", text):
        raise _wrong(name, "空白は使えません")
    parts = urlsplit(text)
    if parts.scheme not in SCHEMES:
        raise _wrong(name, "先頭は postgres:// です")
    database = unquote(parts.path.lstrip("/"))
    if parts.fragment or "/" in database or text.count("@") > 1 or _port(parts) is None:
        raise _wrong(name, "パスワードの記号（@ # / ? :）は %40 のような形に置き換えます")
    if not database:
        raise _wrong(name, "データベースの名前がありません")
    options = _options(name, parts.query)
    host = options.pop("host", "") or unquote(parts.hostname or "")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return DatabaseUrl(database, user, password, host, _port(parts) or "", options)


def without_password(text: str) -> str:
    """The same URL; whoever uses it has to know the password."""
    parts = urlsplit(text)
    before, at, host = parts.netloc.rpartition("@")
    options = [pair for pair in parse_qsl(parts.query) if pair[0] not in SECRET]
    netloc = f"{before.partition(':')[0]}{at}{host}"
    return parts._replace(netloc=netloc, query=urlencode(options)).geturl()


def _port(parts) -> str | None:
    """The port as text, empty when none was given, None when it is not a number."""
    try:
        return str(parts.port or "")
    except ValueError:
        return None


def _options(name: str, query: str) -> dict:
    try:
        pairs = parse_qsl(
            query,
            keep_blank_values=True,
            strict_parsing=bool(query),
        )
    except ValueError:
        raise _wrong(name, "? の後は 名前=値 を & でつなぎます") from None
    options = dict(pairs)
    if len(options) < len(pairs):
        raise _wrong(name, "同じ接続オプションが2回あります")
    for option, value in pairs:
        _check(name, option, value)
    return options


def _check(name: str, option: str, value: str) -> None:
    if option not in ("host", *NUMBERS, *TEXTS):
        raise _wrong(name, f"{option} という接続オプションはありません")
    if option in NUMBERS and not value.isascii() or option in NUMBERS and not value.isdigit():
        raise _wrong(name, f"{option} は数で設定します")
    if option == "sslmode" and value not in SSL_MODES:
        raise _wrong(name, f"sslmode は {'、'.join(SSL_MODES)} のどれかです")


def _wrong(name: str, why: str) -> Wrong:
    return Wrong(f"{name} は {FORM} の形で設定してください（{why}）。")
