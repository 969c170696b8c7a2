# Nothing but Django's own applications, as they are packaged; only the migrations in house/ are the team's.
import os

SECRET_KEY = "for rehearsals"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
SITE_ID = 1
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
INSTALLED_APPS = ["django.contrib." + app for app in ("admin", "auth", "contenttypes", "flatpages", "messages", "sessions", "sites")] + ["house"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
              "django.contrib.messages.middleware.MessageMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates",
              "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"flatpages/default.html": "<h1>{{ flatpage.title }}</h1>{{ flatpage.content }}"}),
                                      "django.template.loaders.app_directories.Loader"],
                          "context_processors": ["django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages",
                                                 "django.template.context_processors.request"]}}]
# Where DB_NAME is not set, and for host, user and password, libpq's own variables count.
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": os.environ.get("DB_NAME") or os.environ["PGDATABASE"]}}
