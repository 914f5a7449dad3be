"""Settings come from the environment; the README lists each with its default.

Without SECRET_KEY this is a development site: debug pages, an open key, SQLite. With it, production.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
VAR_DIR.mkdir(exist_ok=True)


def env_flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


PRODUCTION = bool(os.environ.get("SECRET_KEY"))
SECRET_KEY = os.environ.get("SECRET_KEY") or "development-only-key-never-used-where-people-buy"
DEBUG = env_flag("DEBUG", not PRODUCTION)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "" if PRODUCTION else "*")
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", SITE_URL)

INSTALLED_APPS = [
    "marketplace",
    "marketplace.access",
    "marketplace.notices",
    "farmers.registry",
    "farmers.stock",
    "farmers.ledger",
    "farmers.payouts",
    "farmers.selling",
    "farmers.workbooks",
    "farmers.monitoring",
    "shop.catalogue",
    "shop.buyers",
    "shop.basket",
    "shop.orders",
    "shop.bulk",
    "shop.green",
    "shop.payments",
    "shop.bank",
    "cms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "cms.apps.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "csp",
    "django_htmx",
    "ninja",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "marketplace.middleware.admin_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "marketplace.access.taken.note_files",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "marketplace.middleware.say_not_allowed",
    "django_htmx.middleware.HtmxMiddleware",
    "shop.basket.hold.cookies",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "wagtail.contrib.settings.context_processors.settings",
                "marketplace.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- databases ---------------------------------------------------------------------------------

DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'db.sqlite3'}"
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        # a writer takes its lock at BEGIN, so that two never find out half-way that they collide
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ["REDIS_URL"],
    }
    if os.environ.get("REDIS_URL")
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # whole pages, some 40 kB each: in each process, so that no visitor can fill what all share
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
}

# --- people ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "access.User"
# counts the unread notices in the query that reads the account
AUTHENTICATION_BACKENDS = ["marketplace.notices.signed_in.WithInbox"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "room"
LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# where text messages go: console: for development, aliyun://KEY_ID:SECRET@host?sign=签名, or nowhere
SMS_URL = os.environ.get("SMS_URL", "" if PRODUCTION else "console:")
# our names of templates and the provider's codes for them: code=SMS_1234,goods=SMS_5678
SMS_TEMPLATES = dict(pair.split("=", 1) for pair in env_list("SMS_TEMPLATES") if "=" in pair)
# Fernet keys for personal data, newest first; the older ones stay, as they open what they locked
FIELD_KEYS = env_list("FIELD_KEYS")

# --- canteens ----------------------------------------------------------------------------------

# the least share of a canteen's yearly budget that is kept for poor households' produce
RESERVED_PERCENT_MIN = int(os.environ.get("RESERVED_PERCENT_MIN", "10"))

# --- green channel -----------------------------------------------------------------------------

# days in which saplings of marked households are shown to nursery firms alone, from being put on sale
GREEN_FIRST_DAYS = int(os.environ.get("GREEN_FIRST_DAYS", "3"))
# days for which a firm may reserve plants after it has looked at them
GREEN_HOLD_DAYS = int(os.environ.get("GREEN_HOLD_DAYS", "3"))
# days without a word after which a talk between firm and household is over
GREEN_TALK_DAYS = int(os.environ.get("GREEN_TALK_DAYS", "14"))

# --- language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = "marketplace.formats"
TIME_ZONE = "Asia/Shanghai"

# --- files -------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
_media = urlsplit(os.environ.get("MEDIA_STORAGE_URL") or f"file://{VAR_DIR / 'media'}")
if _media.scheme != "file":
    raise ValueError("MEDIA_STORAGE_URL must be file:///a/folder that all machines share")
MEDIA_ROOT = Path(_media.path)
_private = urlsplit(os.environ.get("PRIVATE_STORAGE_URL") or f"file://{VAR_DIR / 'private'}")
if _private.scheme != "file":
    raise ValueError("PRIVATE_STORAGE_URL must be file:///a/folder that all machines share, and none serves")
PRIVATE_ROOT = Path(_private.path)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
# a complaint has three photos; what a file may weigh is said where it is read
DATA_UPLOAD_MAX_NUMBER_FILES = 10

# --- the wire ----------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "frame-ancestors": ["'none'"],
        # a card payment leaves for the provider's page by a redirect after the form is sent
        "form-action": [
            "'self'",
            *env_list("STRIPE_CHECKOUT_ORIGIN", "https://checkout.stripe.com,https://buy.stripe.com"),
        ],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env_flag("SECURE_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_flag("BEHIND_PROXY", True) else None
    SECURE_HSTS_SECONDS = int(os.environ.get("SECURE_HSTS_SECONDS", "31536000"))
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True

# --- wagtail -----------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "定州助农集市"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "pdf", "txt", "xlsx"]
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "heic", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 12 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.uploads.ImageForm"
# --- telling people ----------------------------------------------------------------------------

# what a worker does besides (`manage.py db_worker --backend notices`); Wagtail's own tasks run where they arise
TASKS = {
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
    "notices": {"BACKEND": "django_tasks_db.DatabaseBackend"},
}
# notices by e-mail: smtp://user:password@host:587, smtps://…:465, console:, or none
EMAIL_URL = os.environ.get("EMAIL_URL", "")
EMAIL_FROM = os.environ.get("EMAIL_FROM", "market@localhost")
# people are told in the site; Wagtail would mail who approves, and log the address when no server takes it
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
# an editor publishes; only a story that shows a household is submitted, and approved by others (cms/workflow.py)
WAGTAIL_WORKFLOW_ENABLED = True

# --- payments ----------------------------------------------------------------------------------

STRIPE_SECRET_KEY = os.environ.get("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = os.environ.get("STRIPE_WEBHOOK_SECRET", "")
STRIPE_API_BASE = os.environ.get("STRIPE_API_BASE", "")
# how long a unit has to pay a statement, from the day it is issued
STATEMENT_DUE_DAYS = int(os.environ.get("STATEMENT_DUE_DAYS", "30"))

# --- the ledger --------------------------------------------------------------------------------

# 32 bytes in hex: signs the ledger's daily digest (Ed25519); without it the digest is published unsigned
LEDGER_SIGNING_KEY = os.environ.get("LEDGER_SIGNING_KEY", "").strip()

# --- logs: to the console, and never a person's data --------------------------------------------

LOG_LEVEL = os.environ.get("LOG_LEVEL", "INFO" if PRODUCTION else "WARNING")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    # Django's own handlers would say everything twice on a development site
    "loggers": {"django": {"handlers": [], "level": LOG_LEVEL}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
