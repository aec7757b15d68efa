"""Django settings, from environment variables. docs/operations.md lists each with its default."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from counterfoil.config.brokers import broker_url
from counterfoil.config.databases import database
from counterfoil.config.storages import downloads, storages
from counterfoil.core.environment import Environment, data_folder, secret_key
from counterfoil.core.setup import allow_subscripts
from counterfoil.ops.logs import logging_settings
from counterfoil.web.framework.static_version import edition

allow_subscripts()

env = Environment()

DATA_DIR = data_folder(env)
SECRET_KEY = secret_key(env, DATA_DIR)
DEBUG = False

# --- Where we are reached -------------------------------------------------------------------
HOST = env.text("COUNTERFOIL_HOST", "127.0.0.1")
PORT = env.integer("COUNTERFOIL_PORT", 8000, most=65535)
WEB_THREADS = env.integer("COUNTERFOIL_WEB_THREADS", 8, least=1, most=1000)
PUBLIC_URL = env.text("COUNTERFOIL_PUBLIC_URL")
ALLOWED_HOSTS = env.words("COUNTERFOIL_ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.words("COUNTERFOIL_TRUSTED_ORIGINS")
BEHIND_PROXY = env.boolean("COUNTERFOIL_BEHIND_PROXY", default=False)
if BEHIND_PROXY:  # only then are the headers a proxy's and not a visitor's
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True
HTTPS = env.boolean("COUNTERFOIL_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# Probes and Prometheus come from inside, past the proxy that speaks HTTPS.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
# The prefix makes a browser refuse the cookie from a subdomain or without HTTPS.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

# --- Rooms ----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "counterfoil.catalog",
    "counterfoil.accounts",
    "counterfoil.files",
    "counterfoil.audit",
    "counterfoil.jobs",
    "counterfoil.layouts",
    "counterfoil.orders",
    "counterfoil.checkin",
    "counterfoil.printing",
    "counterfoil.batches",
    "counterfoil.stock",
    "counterfoil.sellers",
    "counterfoil.webhooks",
    "counterfoil.web",
]
MIDDLEWARE = [
    "counterfoil.ops.requests.RequestMiddleware",
    "counterfoil.config.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "counterfoil.web.framework.staticfiles.StaticFilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "counterfoil.api.framework.middleware.ApiMiddleware",
]
ROOT_URLCONF = "counterfoil.config.urls"
WSGI_APPLICATION = "counterfoil.config.wsgi.application"
APPEND_SLASH = False  # the API answers a missing slash by method, see counterfoil.api
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

FORM_RENDERER = "counterfoil.web.framework.form_renderer.PageForms"
LOGIN_URL = "web:signin"

# --- Accounts -------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
OTP_TOTP_ISSUER = "Counterfoil"

# Failed sign-ins, counted in the database for all web processes together. Only the address and
# the account in question have to wait, so nobody can lock others out of their accounts.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "counterfoil.web.framework.addresses.network_of"
AXES_LOCKOUT_CALLABLE = "counterfoil.web.accounts.views.signin.locked_out"
AXES_USERNAME_FORM_FIELD = "username"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "next"]
AXES_DISABLE_ACCESS_LOG = True  # our own log tells who signed in
AXES_ENABLE_ADMIN = AXES_VERBOSE = False

# --- What is kept ---------------------------------------------------------------------------
DATABASES = {"default": database(env, DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STORAGES = storages(env, DATA_DIR)
DOWNLOADS = downloads(env)
STATIC_URL = f"/static/{edition()}/"
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- Language and time ----------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [str(Path(__file__).resolve().parent.parent / "locale")]
TIME_ZONE = "UTC"
USE_TZ = True

# --- The API --------------------------------------------------------------------------------
RATE_LIMIT = env.rate("COUNTERFOIL_RATE_LIMIT")  # requests of one token, as "360/min"; off if empty
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "counterfoil.api.framework.auth.TokenAuthentication",
        "counterfoil.api.framework.auth.DeviceAuthentication",
        "counterfoil.api.framework.auth.PageAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["counterfoil.api.framework.permissions.ScopePermission"],
    "DEFAULT_THROTTLE_CLASSES": ["counterfoil.api.framework.throttling.PerCredential"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "counterfoil.api.framework.parsers.JSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "counterfoil.api.framework.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": [
        "django_filters.rest_framework.DjangoFilterBackend",
        "counterfoil.api.framework.filters.TotalOrder",
    ],
    "DEFAULT_METADATA_CLASS": "counterfoil.api.framework.metadata.Metadata",
    "DEFAULT_SCHEMA_CLASS": "counterfoil.api.framework.schema.Operation",
    "EXCEPTION_HANDLER": "counterfoil.api.framework.errors.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Counterfoil",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Batches of real paper tickets. Speaks as pretix does; own resources besides.",
    "SERVERS": [{"url": "https://tickets.example.org"}],  # a served description names its own
    "DEFAULT_GENERATOR_CLASS": "counterfoil.api.framework.schema.Generator",
    "PREPROCESSING_HOOKS": ["counterfoil.api.framework.schema.dedupe_paths"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PATH_CONVERTER_OVERRIDES": {"id": int, "job_id": UUID},
    "COMPONENT_SPLIT_REQUEST": True,
    # Enumerations stay where they are used, since many share a name.
    "POSTPROCESSING_HOOKS": [
        "counterfoil.api.framework.schema.postprocess",
        "counterfoil.api.framework.schema.with_shared",
    ],
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- Bounds on single requests and tickets ---------------------------------------------------
ORDER_POSITIONS = env.integer("COUNTERFOIL_ORDER_POSITIONS", 1000, least=1, most=10_000)
TEXT_CHARACTERS = env.integer("COUNTERFOIL_TEXT_CHARACTERS", 10_000, least=100)
LAYOUT_CHARACTERS = env.integer("COUNTERFOIL_LAYOUT_CHARACTERS", 500_000, least=10_000)
TICKET_CPU_S = env.seconds("COUNTERFOIL_TICKET_CPU", 10)
PREVIEW_CPU_S = env.seconds("COUNTERFOIL_PREVIEW_CPU", 5)
WEB_STUCK_S = env.seconds("COUNTERFOIL_WEB_STUCK", 30, least=1)  # above a wait for a lock
HEAVY_REQUESTS = env.integer("COUNTERFOIL_HEAVY_REQUESTS", 2, least=1, most=1000)

# --- Long work ------------------------------------------------------------------------------
BROKER_URL = broker_url(env)
JOB_LEASE_S = env.seconds("COUNTERFOIL_JOB_LEASE", 10)
JOB_POLL_S = env.seconds("COUNTERFOIL_JOB_POLL", 0) or None  # None: as workers are notified
# Fair to everybody: how many jobs of one organizer may run at once, over all workers.
JOBS_PER_LANE = env.integer("COUNTERFOIL_JOBS_PER_ORGANIZER", 4, least=1, most=64)
WORKERS = env.integer("COUNTERFOIL_WORKERS", 1, least=1, most=64)
STOP_GRACE_S = env.seconds("COUNTERFOIL_STOP_GRACE", 10)
RESULT_LIFETIME_S = env.seconds("COUNTERFOIL_RESULT_LIFETIME", 24 * 3600)
# How long the PDFs of prints are kept; afterwards sheets are drawn anew from what is pinned.
PRINT_LIFETIME_S = env.integer("COUNTERFOIL_PRINT_RETENTION_DAYS", 90, least=1) * 24 * 3600
UPLOAD_LIFETIME_S = 24 * 3600
UPLOAD_QUOTA_BYTES = (
    env.integer("COUNTERFOIL_UPLOAD_QUOTA_MB", 200, least=10, most=10**6) * 1024 * 1024
)
FONT_DIRS = env.folders("COUNTERFOIL_FONT_DIRS")

# --- Telling other servers ------------------------------------------------------------------
WEBHOOK_ALLOWED_NETWORKS = env.networks("COUNTERFOIL_WEBHOOK_ALLOWED_NETWORKS")
WEBHOOK_TIMEOUT_S = env.seconds("COUNTERFOIL_WEBHOOK_TIMEOUT", 10, least=1)
WEBHOOK_FIRST_WAIT_S = env.seconds("COUNTERFOIL_WEBHOOK_FIRST_WAIT", 10)
WEBHOOK_CONCURRENCY = env.integer("COUNTERFOIL_WEBHOOK_CONCURRENCY", 8, least=1, most=100)

# --- Watching over it -----------------------------------------------------------------------
METRICS_TOKEN = env.text("COUNTERFOIL_METRICS_TOKEN")
READY_MAX_WAIT_S = env.seconds("COUNTERFOIL_READY_MAX_WAIT", 300)
LOGGING = logging_settings(env, SECRET_KEY)
