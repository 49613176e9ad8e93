"""One settings file, two sizes: ``MOOC_PROFILE=embedded`` (default) or ``server``.

The server profile refuses to start when something it needs for safety is missing. Every variable
read here is listed in ``docs/operating.md``.
"""

import os
import secrets
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from mooc.lib.serving import build, logs
from mooc.site import timetable

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

PROFILE = env.str("MOOC_PROFILE", "embedded")
if PROFILE not in ("embedded", "server"):
    raise ImproperlyConfigured("MOOC_PROFILE is “embedded” or “server”.")
SERVER = PROFILE == "server"
TESTING = env.bool("MOOC_TESTING", False)
DEBUG = env.bool("MOOC_DEBUG", False) and not SERVER
DATA_DIR = Path(env.str("MOOC_DATA_DIR", str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _secret(name: str) -> str:
    """A value from the environment, or from the file that ``NAME_FILE`` names; empty when neither is set."""
    file = env.str(f"{name}_FILE", "")
    return Path(file).read_text().strip() if file else env.str(name, "")


def _required(name: str, why: str) -> str:
    """A value that the server profile cannot do without."""
    value = _secret(name)
    if SERVER and not value:
        raise ImproperlyConfigured(f"{name} is not set: {why}")
    return value


def _kept_secret(path: Path) -> str:
    """The random key of an embedded installation, made once, readable by its owner only."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text().strip()


# --- safety ------------------------------------------------------------------------------------
SECRET_KEY = _required("MOOC_SECRET_KEY", "sessions and codes are signed with it") or _kept_secret(
    DATA_DIR / "secret_key"
)
HOST = env.str("HOST", "127.0.0.1")
_hosts = _required("MOOC_HOSTS", "the names this site answers to, comma-separated")
ALLOWED_HOSTS = (
    [h.strip() for h in _hosts.split(",") if h.strip()]
    if _hosts
    else ["localhost", "127.0.0.1", "[::1]", HOST]
)
CSRF_TRUSTED_ORIGINS = [f"https://{h.lstrip('.')}" for h in ALLOWED_HOSTS if SERVER and h != "*"]
_proxies = _required("MOOC_TRUSTED_PROXIES", "how many proxies stand before the web process")
TRUSTED_PROXIES = int(_proxies or 0)
HTTPS = env.bool("MOOC_HTTPS", SERVER)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "mooc.site.views.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- apps --------------------------------------------------------------------------------------
OUR_APPS = [
    "mooc.accounts", "mooc.jobs", "courses", "learners", "feedback", "assessments", "assessments.evaluation",
    "mooc.demo",
]  # fmt: skip
INSTALLED_APPS = [
    "mooc.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
    "csp",
    *OUR_APPS,
]
MIDDLEWARE = [
    "mooc.lib.serving.watching.WatchMiddleware",
    "mooc.lib.text.door.DoorMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # above what compresses: its files are compressed already
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "mooc.lib.middleware.PreferencesMiddleware",
    "courses.middleware.AddressMiddleware",
    "django.middleware.common.CommonMiddleware",
    "mooc.lib.middleware.GuestCsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "mooc.lib.middleware.ErrorPagesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mooc.accounts.staff.middleware.SecondStepMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]
ROOT_URLCONF = "mooc.site.urls"
WSGI_APPLICATION = "mooc.wsgi.application"
ASGI_APPLICATION = "mooc.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "mooc.lib.pages.whitespace.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mooc.lib.pages.context.site",
            ],
            "builtins": ["mooc.lib.pages.look", "mooc.lib.pages.link_tags"],
        },
    }
]

# --- data --------------------------------------------------------------------------------------
_database = _required("DATABASE_URL", "the server profile needs PostgreSQL")
if SERVER and not _database.startswith(("postgres://", "postgresql://")):
    raise ImproperlyConfigured("DATABASE_URL: the server profile needs PostgreSQL.")
DATABASES = {"default": environ.Env.db_url_config(_database or f"sqlite:///{DATA_DIR / 'mooc.sqlite3'}")}
_db = DATABASES["default"]
_db["CONN_MAX_AGE"] = 0 if TESTING else 600
if _db["ENGINE"] == "django.db.backends.sqlite3":
    # Threads of one process queue for writing in our engine; SQLite's own waiting is asleep most of the time.
    _db["ENGINE"] = "mooc.lib.serving.sqlite"
    # Villages lose power: FULL keeps what was acknowledged. IMMEDIATE makes writers queue for the
    # busy timeout instead of failing half-way.
    _db["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8000; "
        "PRAGMA wal_autocheckpoint=4000;",  # 16 MB: fewer pauses to copy the log back
    }
else:
    _db["CONN_HEALTH_CHECKS"] = True

REDIS_URL = _required("REDIS_URL", "broker, shared cache and rate limits")
CACHES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 5000}},
}
if REDIS_URL:  # pages survive its absence, see docs/decisions.md
    CACHES = {
        "default": {"BACKEND": "mooc.lib.serving.cache.CountingRedisCache", "LOCATION": REDIS_URL},
        "sessions": {"BACKEND": "mooc.lib.serving.cache.CopiesRedisCache", "LOCATION": REDIS_URL},
    }
    SESSION_CACHE_ALIAS = "sessions"
# A copy in the process's own memory is right only while there is one web process: another would not
# hear of a sign-out.
_one_process = env.int("WEB_CONCURRENCY", 1) == 1
SESSION_ENGINE = (
    "mooc.lib.serving.sessions" if REDIS_URL or _one_process else "django.contrib.sessions.backends.db"
)
OFFLINE = env.bool("MOOC_OFFLINE", True)  # False: phones put the offline worker away, see docs/operating.md
# Cached pages of older code are never served.
BUILD_ID = build.build_id(BASE_DIR) + ("" if OFFLINE else "-off")
# 0: render every page anew, so that an edited template shows in `make dev`.
PAGE_CACHE_BYTES = env.int("MOOC_PAGE_CACHE_BYTES", 0 if DEBUG else 32 * 1024 * 1024)
CONTENT_VERSION_SECONDS = 0.0 if TESTING else 1.0  # how long a process may go without asking

MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
MEDIA_ACCEL = env.str("MOOC_MEDIA_ACCEL", "")  # the proxy's internal prefix for X-Accel-Redirect
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "mooc.lib.pages.scripts.LeanStaticFiles"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site asks for them: a line less in each answer
WHITENOISE_MAX_AGE = 60 * 60 * 24 * 365 if not DEBUG else 0
WHITENOISE_USE_FINDERS, WHITENOISE_AUTOREFRESH = TESTING or DEBUG, DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "jpg", "gif", "webp", "zip", "gz", "br", "woff", "woff2")

# --- background work ---------------------------------------------------------------------------
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "visibility_timeout": 3600,
        # A page that hands work over must not wait for a broker that is away: the sweeper will find it.
        "socket_connect_timeout": 1,
        "socket_timeout": 10,  # above the worker's own waiting
        "max_retries": 0,
    }
else:
    _queue = DATA_DIR / "queue"
    _queue.mkdir(exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost//"
    CELERY_BROKER_TRANSPORT = (
        "mooc.lib.serving.folderqueue:Transport"  # Kombu's own lets a worker read half a message
    )
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue),
        "data_folder_out": str(_queue),
        "control_folder": str(_queue / "control"),
        "polling_interval": 0.05,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_REDIRECT_STDOUTS = False  # what is printed is meant for the console
CELERY_TIMEZONE = TIME_ZONE = env.str("MOOC_TIME_ZONE", "Asia/Shanghai")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_TASK_QUEUES, CELERY_TASK_DEFAULT_QUEUE = timetable.QUEUES, "heavy"
CELERY_TASK_ROUTES, CELERY_BEAT_SCHEDULE = timetable.ROUTES, timetable.SCHEDULE

# --- languages ---------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True

# --- people ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
BACKUP_DAYS = env.int("MOOC_BACKUP_DAYS", 14)  # how long nightly copies are kept: the privacy page says it
AUTHENTICATION_BACKENDS = ["learners.auth.LearnerBackend"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]  # tests only: a slow hash tests nothing
    if TESTING
    else [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
)
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "mooc.accounts.sign_in.passwords.LongEnough",
        "OPTIONS": {"min_length": 8},
    },
    {"NAME": "mooc.accounts.sign_in.passwords.NotCommon"},
    {"NAME": "mooc.accounts.sign_in.passwords.NotOnlyDigits"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/me/welcome/"
LOGOUT_REDIRECT_URL = "/"
STAFF_MFA = env.bool("MOOC_STAFF_MFA", SERVER)
ACCOUNT_ADAPTER = "mooc.accounts.sign_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "mooc.accounts.sign_in.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SMS_GATEWAY_URL = env.str("MOOC_SMS_GATEWAY_URL", "")
_senders = "mooc.accounts.messages.sms."
SMS_SENDER = env.str("MOOC_SMS_SENDER", "") or _senders + (
    "HttpGatewaySender" if SMS_GATEWAY_URL else "NoSender" if SERVER else "ConsoleSender"
)
if SERVER and SMS_SENDER.endswith(".ConsoleSender"):
    raise ImproperlyConfigured(
        "MOOC_SMS_SENDER: the console sender prints codes. It is for one machine only."
    )
SMS_A_DAY = env.int("MOOC_SMS_A_DAY", 2000)  # codes and notices of the whole site in 24 hours
SMS_GATEWAY_TOKEN = _required("MOOC_SMS_GATEWAY_TOKEN", "…") if SMS_GATEWAY_URL else ""
SMS_READY = not SMS_SENDER.endswith(".NoSender")
# Without a mail server the embedded installation prints e-mails; a server offers none: a log is no mailbox.
_mail = _secret("MOOC_EMAIL_URL") or ("dummymail://" if SERVER else "consolemail://")
globals().update(environ.Env.email_url_config(_mail))
MAIL_READY = not _mail.startswith("dummymail")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MOOC_EMAIL_FROM", "noreply@localhost")
EMAIL_TIMEOUT = 20

# --- the site ----------------------------------------------------------------------------------
SITE_NAME = {
    "zh-hans": env.str("MOOC_SITE_NAME_ZH", "乡集学堂"),
    "en": env.str("MOOC_SITE_NAME_EN", "Xiangji Academy"),
}
STATION_PHONE = env.str("MOOC_STATION_PHONE", "0799-555-0101")
STATION_HOURS = env.tuple(
    "MOOC_STATION_HOURS", default=("8", "18")
)  # two hours, or nothing: the help page says it
ICP_NUMBER = env.str("MOOC_ICP_NUMBER", "")
SOURCE_URL = env.str("MOOC_SOURCE_URL", "")  # AGPL-3.0, section 13: where users get the code that runs here
SITE_URL = env.str("MOOC_SITE_URL", "")
METRICS_TOKEN = _secret("MOOC_METRICS_TOKEN")

# --- API ---------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "rest_framework.authentication.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_PAGINATION_CLASS": "mooc.lib.rest.Pages",
    "PAGE_SIZE": 20,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["mooc.lib.rest.PlainJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "mooc.lib.rest.problem_response",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    # A class of forty behind one address shares the guest rate.
    "DEFAULT_THROTTLE_RATES": {"anon": "1200/min", "user": "300/min"},
    "NUM_PROXIES": TRUSTED_PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Xiangji Academy API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {"SyncItemKindEnum": "assessments.sync.reading.KINDS"},
}
SIMPLE_HISTORY_REVERT_DISABLED = True
SILENCED_SYSTEM_CHECKS = ["security.W003"]  # our subclass of the CSRF middleware is in MIDDLEWARE
LOG_FORMAT = env.str("MOOC_LOG_FORMAT", "json" if SERVER else "line")
if LOG_FORMAT not in logs.FORMATS:
    raise ImproperlyConfigured("MOOC_LOG_FORMAT is “line” or “json”.")
LOGGING = logs.config(LOG_FORMAT, env.str("MOOC_LOG_LEVEL", "INFO"))
LANGUAGE_NAMES = {"zh-hans": _("Chinese"), "en": _("English")}
