"""The settings, in one file. Every value that differs between towns comes from the environment.

OSAKI_DX_DATA_DIR       database, uploads, collected static files (default: var/ beside manage.py)
OSAKI_DX_PRODUCTION     1: production; then the two below are required
OSAKI_DX_SECRET_KEY     secret of at least 50 characters
OSAKI_DX_ALLOWED_HOSTS  host names, separated by commas
OSAKI_DX_HTTPS          0: plain HTTP inside a closed network even in production (default 1 in
production)
DATABASE_URL            postgres://user:password@host:5432/name (default: SQLite in the data folder)
OSAKI_DX_MAIL_HOST      mail server; empty: no mail is ever sent
OSAKI_DX_LOG_LEVEL      default WARNING
"""

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("OSAKI_DX_DATA_DIR") or BASE_DIR / "var").resolve()
PRODUCTION = os.environ.get("OSAKI_DX_PRODUCTION", "") == "1"
HTTPS = os.environ.get("OSAKI_DX_HTTPS", "1" if PRODUCTION else "0") == "1"
TESTING = "pytest" in sys.modules
DEBUG = False


def _required(name):
    return os.environ.get(name, "").strip()


def _local_secret() -> str:
    """A secret for the sample portal, made once and kept in the data folder."""
    path = DATA_DIR / "secret-key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(64), encoding="ascii")
        path.chmod(0o600)
    return path.read_text(encoding="ascii")


if PRODUCTION:
    missing = [
        name for name in ("OSAKI_DX_SECRET_KEY", "OSAKI_DX_ALLOWED_HOSTS") if not _required(name)
    ]
    if missing:
        raise ImproperlyConfigured(
            "本番モードで起動できません。環境変数 " + "、".join(missing) + " を設定してください。"
        )
    SECRET_KEY = _required("OSAKI_DX_SECRET_KEY")
    ALLOWED_HOSTS = [host.strip() for host in _required("OSAKI_DX_ALLOWED_HOSTS").split(",")]
else:
    SECRET_KEY = os.environ.get("OSAKI_DX_SECRET_KEY") or _local_secret()
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]

INSTALLED_APPS = [
    "osaki_dx",
    "osaki_dx.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_tables2",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "template_partials",
    "axes",
    "csp",
    "foundation.japanese",
    "foundation.records",
    "foundation.accounts",
    "measures",
    "kpi",
    "roadmap",
    "headquarters.organisation",
    "headquarters.reviews",
    "headquarters.reports",
    "headquarters.meetings",
    "headquarters.upkeep",
    "headquarters.desk",
    "headquarters.sample",
]

MIDDLEWARE = [
    "osaki_dx.middleware.KnownMethods",
    "osaki_dx.middleware.Busy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "osaki_dx.middleware.QuietSessions",
    "osaki_dx.middleware.IdleSession",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "osaki_dx.middleware.TextsIn",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "foundation.accounts.middleware.SignedIn",
    "foundation.accounts.middleware.FirstPassword",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "osaki_dx.urls"
WSGI_APPLICATION = "osaki_dx.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "headquarters.desk.context.page",
            ],
            "builtins": [
                "foundation.japanese.templatetags.japanese",
                "foundation.records.templatetags.records",
                "measures.templatetags.measures",
                "template_partials.templatetags.partials",
            ],
        },
    }
]


def _database(url: str) -> dict:
    """The DATABASES entry for a URL; SQLite in the data folder when it is empty."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "portal.sqlite3",
            "TEST": {
                "NAME": DATA_DIR / "test.sqlite3"
            },  # a file, so that tests meet the real locking
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL は postgres://利用者:パスワード@ホスト:5432/名前 の形で設定してください。"
        )
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", "")) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {} if TESTING else {"pool": {"min_size": 1, "max_size": 12, "timeout": 10}},
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "foundation.accounts.backends.MembershipBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "foundation.accounts.hashers.OneTimeHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "desk:home"
LOGOUT_REDIRECT_URL = "accounts:login"
SESSION_COOKIE_AGE = 30 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "osaki_dx.errors.csrf_failure"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/lockout.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_HTTP_RESPONSE_CODE = 429

LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "osaki_dx.finders.OwnFinder",
    "osaki_dx.finders.AllowedFinder",
    "osaki_dx.finders.AdminFinder",
]
MEDIA_ROOT = DATA_DIR / "uploads"
_static = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": _static if TESTING else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = TESTING
WHITENOISE_AUTOREFRESH = False

FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# message level → the notice's kind (templates/components/notice.html)
MESSAGE_TAGS = {10: "info", 20: "info", 25: "good", 30: "warn", 40: "bad"}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# Plain HTTP in production is the town's own decision (closed network), said once in OSAKI_DX_HTTPS.
SILENCED_SYSTEM_CHECKS = (
    [] if HTTPS else ["security.W004", "security.W008", "security.W012", "security.W016"]
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        # The hash is of the map stylesheet that plotly.js 4.1.1 inserts though we draw no maps;
        # a browser test fails when a new plotly brings another one.
        "style-src": [SELF, "'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='"],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

EMAIL_HOST = os.environ.get("OSAKI_DX_MAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("OSAKI_DX_LOG_LEVEL", "WARNING")},
}

if TESTING:
    PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "foundation.accounts.hashers.OneTimeHasher",
    ]
    INSTALLED_APPS.append("zeal")
