"""The portal's own settings, and what only a portal under test is told (`tests.faults.told`).

No settings of a town read these variables: they work in a process that was started with this
module.
"""

import os

from osaki_dx.settings import *  # noqa: F403
from osaki_dx.settings import MIDDLEWARE, STORAGES

MIDDLEWARE = ["tests.faults.told.Told", *MIDDLEWARE]
if os.environ.get("TOWN_IS_PLAIN"):  # nobody looks at its static files: none are collected
    STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
    }
