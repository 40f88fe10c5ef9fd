"""The settings, in one file. What differs between towns is in `osaki_dx.variables`; it comes from
the settings file or the environment (`osaki_dx.configuration`, docs/operations.md).
"""

import sys
from pathlib import Path

from csp.constants import NONE, SELF

from osaki_dx import configuration, logs
from osaki_dx.database_url import DatabaseUrl
from osaki_dx.folders import local_secret
from osaki_dx.plain_style import DIGEST
from osaki_dx.variables import FEWEST_DAYS, MAIL_PORTS

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules
GIVEN = configuration.load(look=not TESTING)
DATA_DIR = GIVEN.folder
PRODUCTION = GIVEN["OSAKI_DX_PRODUCTION"]
HTTPS = GIVEN.given("OSAKI_DX_HTTPS", PRODUCTION)
HSTS = GIVEN.given("OSAKI_DX_HSTS", HTTPS)
LISTEN = GIVEN["OSAKI_DX_LISTEN"]
TRUSTED_PROXY = GIVEN["OSAKI_DX_TRUSTED_PROXY"]
REMOTE_USER = GIVEN["OSAKI_DX_REMOTE_USER"]  # the header that the trusted proxy sets, or nothing
RECORD_DAYS = GIVEN["OSAKI_DX_RECORD_DAYS"]
FEWEST_RECORD_DAYS = FEWEST_DAYS
DEBUG = False
REMEMBER_PAGES = not TESTING  # a test changes rows that no data revision tells of

SECRET_KEY = GIVEN["OSAKI_DX_SECRET_KEY"] or local_secret(DATA_DIR)
ALLOWED_HOSTS = [*GIVEN["OSAKI_DX_ALLOWED_HOSTS"]]
if not PRODUCTION:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]", "testserver"]
# Empty: https and the allowed hosts, also where the proxy alone knows that it is https.
CSRF_TRUSTED_ORIGINS = [*GIVEN["OSAKI_DX_TRUSTED_ORIGINS"]] or [
    f"https://{'*' if host.startswith('.') else ''}{host}"
    for host in GIVEN["OSAKI_DX_ALLOWED_HOSTS"]
]

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
    "foundation.round_trip",
    "measures",
    "kpi",
    "kpi.intake",
    "roadmap",
    "headquarters.organisation",
    "headquarters.reviews",
    "headquarters.reports",
    "headquarters.feeds",
    "headquarters.meetings",
    "headquarters.upkeep",
    "headquarters.desk",
    "headquarters.sample",
]

MIDDLEWARE = [
    "osaki_dx.privacy.Sealed",
    "osaki_dx.middleware.Keyed",
    "osaki_dx.middleware.KnownMethods",
    "osaki_dx.privacy.ClientAddress",
    "osaki_dx.privacy.LocalHealth",
    "osaki_dx.middleware.NoOrphans",
    "osaki_dx.middleware.Busy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "osaki_dx.middleware.QuietSessions",
    "osaki_dx.middleware.IdleSession",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "osaki_dx.middleware.TextsIn",
    "foundation.accounts.middleware.Person",
    "foundation.accounts.directory.middleware.DirectorySignIn",
    "foundation.accounts.middleware.SignedIn",
    "foundation.accounts.middleware.FirstPassword",
    "foundation.accounts.trail.middleware.Downloads",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "osaki_dx.middleware.Begun",
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
                "headquarters.sample.tour.page",
            ],
            "builtins": [
                "foundation.japanese.templatetags.japanese",
                "foundation.records.templatetags.records",
                "foundation.records.templatetags.addresses",
                "measures.templatetags.measures",
                "template_partials.templatetags.partials",
            ],
        },
    }
]


# `mode=rw`: a database that is not there is never made by passing; `serve` alone makes one.
SYNCHRONOUS = "NORMAL" if TESTING else "FULL"  # what was acknowledged survives a power cut
SQLITE_FILE = DATA_DIR / "portal.sqlite3"
SQLITE = {
    "ENGINE": "osaki_dx.sqlite",  # Django's, whose writers wait in line
    "NAME": f"{SQLITE_FILE.as_uri()}?mode=rw",
    "TEST": {"NAME": DATA_DIR / "test.sqlite3"},  # a file, so that tests meet the real locking
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 15,
        "init_command": f"PRAGMA journal_mode=WAL;PRAGMA synchronous={SYNCHRONOUS};",
    },
}
SERVER_THREADS = 8  # people answered at the same moment; each holds one connection
POOL = {"min_size": 4, "max_size": SERVER_THREADS + 2, "timeout": 3, "reconnect_timeout": 1}
SOON = {  # a machine that has vanished without a word is noticed within seconds (libpq's options)
    "connect_timeout": "5",
    "tcp_user_timeout": "5000",
    "keepalives_idle": "10",
    "keepalives_interval": "3",
    "keepalives_count": "3",
}


def _postgresql(url: DatabaseUrl) -> dict:
    """The DATABASES entry of a URL."""
    return {
        "ENGINE": "osaki_dx.postgresql",  # Django's, which nobody waits for long
        "NAME": url.name,
        "USER": url.user,
        "PASSWORD": url.password,
        "HOST": url.host,
        "PORT": url.port,
        "OPTIONS": {**SOON, **url.options, **({} if TESTING else {"pool": POOL})},
    }


DATABASE_URL = GIVEN["DATABASE_URL"]
DATABASES = {"default": _postgresql(DATABASE_URL) if DATABASE_URL else SQLITE}
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
SESSION_ENGINE = "foundation.accounts.session_store"
SESSION_COOKIE_AGE = 30 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "osaki_dx.errors.csrf_failure"

AXES_HANDLER = "foundation.accounts.lockout.Lockout"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # a further try does not lengthen it
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "foundation.accounts.lockout.counted_name"
AXES_DISABLE_ACCESS_LOG = True  # `foundation.accounts.trail` keeps the sign-ins
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
    "default": {"BACKEND": "foundation.records.storage.Whole"},
    "staticfiles": {
        "BACKEND": _static if TESTING else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = TESTING
WHITENOISE_AUTOREFRESH = TESTING  # each client of a test would look through all files

FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
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
# The headers of the trusted proxy are read by waitress (osaki_dx/serving.py), which drops those of
# anybody else; a header that Django read itself could be sent by everybody.
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HSTS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HSTS
# Plain HTTP in production is the town's own decision (closed network), said once in OSAKI_DX_HTTPS.
SILENCED_SYSTEM_CHECKS = [
    *([] if HTTPS else ["security.W008", "security.W012", "security.W016"]),
    *([] if HSTS else ["security.W004", "security.W005", "security.W021"]),
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        # The hash is of the map stylesheet that plotly.js 4.1.1 inserts though we draw no maps;
        # a browser test fails when a new plotly brings another one. The second: of `plain_style`.
        "style-src": [SELF, "'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='", DIGEST],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

EMAIL_HOST = GIVEN["OSAKI_DX_MAIL_HOST"]
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
MAIL_TLS = GIVEN["OSAKI_DX_MAIL_TLS"]
EMAIL_PORT = GIVEN.given("OSAKI_DX_MAIL_PORT", MAIL_PORTS[MAIL_TLS])
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL_TLS == "starttls", MAIL_TLS == "ssl"
EMAIL_HOST_USER = GIVEN["OSAKI_DX_MAIL_USER"]
EMAIL_HOST_PASSWORD = GIVEN["OSAKI_DX_MAIL_PASSWORD"]
EMAIL_TIMEOUT = 10  # seconds; less than other writers wait for their turn
DEFAULT_FROM_EMAIL = GIVEN["OSAKI_DX_MAIL_FROM"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "osaki_dx.logs.Line"}},
    "handlers": {"lines": logs.handler(GIVEN["OSAKI_DX_LOG_FILE"])},
    "root": {"handlers": ["lines"], "level": GIVEN["OSAKI_DX_LOG_LEVEL"]},
    # A pool tells each try to connect; the command says in the end what was wrong.
    "loggers": {"psycopg.pool": {"level": "ERROR"}},
}

if TESTING:
    PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "foundation.accounts.hashers.OneTimeHasher",
    ]
