"""The WSGI application, for waitress or any other server."""

import os

from django.core.wsgi import get_wsgi_application

from osaki_dx.postgresql.patience import answer_people

answer_people()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "osaki_dx.settings")
application = get_wsgi_application()
