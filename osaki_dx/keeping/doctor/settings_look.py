"""The settings, and who can read them."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.checks import Tags, run_checks
from django.core.management.base import CommandError

from foundation.records.actions import sample_loaded
from osaki_dx.folders import OTHERS
from osaki_dx.keeping.doctor.finding import Finding, bad, good, named, warn
from osaki_dx.serving import check_proxy
from osaki_dx.variables import SECRET_LENGTH

WHERE = "設定ファイル osaki.env を直し、ポータルを起動し直してください"
TAGS = (Tags.security, Tags.urls, Tags.models, Tags.files, Tags.caches, Tags.staticfiles)


def look() -> Iterator[Finding]:
    """Everything that needs no database."""
    yield mode()
    yield secret()
    yield hosts()
    yield proxy()
    yield deployment()
    yield rights()


def mode() -> Finding:
    """Production or not; DEBUG shows strangers the inside of the program."""
    if settings.DEBUG:
        return bad(
            "動作モード", "DEBUG が有効です。", "settings.py の DEBUG を False に戻してください。"
        )
    if not settings.PRODUCTION:
        return warn(
            "動作モード",
            "本番の設定ではありません（試用）。",
            f"本番で使うときは OSAKI_DX_PRODUCTION=1 にします。{WHERE}。",
        )
    return good("動作モード", "本番の設定です。")


def secret() -> Finding:
    """What signs sessions and forms."""
    if len(settings.SECRET_KEY) < SECRET_LENGTH:
        return bad(
            "署名の鍵",
            "短すぎます。",
            f"OSAKI_DX_SECRET_KEY を、推測できない{SECRET_LENGTH}文字以上にします。{WHERE}。",
        )
    return good("署名の鍵", "十分な長さです。")


def hosts() -> Finding:
    """By which names the portal answers."""
    if "*" in settings.ALLOWED_HOSTS or not settings.ALLOWED_HOSTS:
        return bad(
            "ホスト名",
            "どのホスト名でも答える設定か、どの名前でも答えない設定です。",
            f"OSAKI_DX_ALLOWED_HOSTS にポータルのホスト名を書きます。{WHERE}。",
        )
    return good("ホスト名", f"{named(list(settings.ALLOWED_HOSTS))} で答えます。")


def proxy() -> Finding:
    """Do https, the proxy and the address that is listened on fit together?"""
    try:
        check_proxy()
    except CommandError as wrong:
        return bad("プロキシと https", str(wrong), f"{WHERE}。")
    told = "https で使います。" if settings.HTTPS else "暗号化せずに使う設定です（http）。"
    return good("プロキシと https", told)


def deployment() -> Finding:
    """Django's own checks of settings for production."""
    found = run_checks(tags=list(TAGS), include_deployment_checks=settings.PRODUCTION)
    wrong = [str(message.id) for message in found if not message.is_silenced()]
    if wrong:
        mend = "manage.py check --deploy で詳しく見てください。"
        return warn(
            "設定の検査",
            f"指摘があります（{named(wrong, 6)}）。",
            mend,
        )
    return good("設定の検査", "指摘はありません。")


def rights() -> Finding:
    """On POSIX: nobody else on the machine can open the data or the settings."""
    if os.name == "nt":
        return good("ファイルの権限", "Windows では、フォルダーのアクセス権で守ってください。")
    open_ = [str(path) for path in _private() if path.exists() and path.stat().st_mode & OTHERS]
    if open_:
        return warn(
            "ファイルの権限",
            f"ほかの利用者が開けます：{named(open_)}",
            "chmod go-rwx で、動かす利用者だけのものにしてください。",
        )
    return good("ファイルの権限", "動かす利用者だけが開けます。")


def _private() -> list[Path]:
    places = [settings.DATA_DIR, Path(settings.MEDIA_ROOT), settings.SQLITE_FILE]
    return [*places, settings.GIVEN.file] if settings.GIVEN.file else places


def sample() -> Finding:
    """Sample people have known passwords; in production they have no place."""
    if not sample_loaded():
        return good("見本データ", "入っていません。")
    told = "見本データと見本の利用者が入っています。"
    mend = "本番の入力を始める前に、manage.py unload_sample で取り外してください。"
    return bad("見本データ", told, mend) if settings.PRODUCTION else warn("見本データ", told, mend)
