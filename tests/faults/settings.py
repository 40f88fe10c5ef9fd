"""The portal's own settings, and what only a portal under test is told (`tests.faults.told`).

No settings of a town read these variables: they work in a process that was started with this
module.
"""

from osaki_dx.settings import *  # noqa: F403
from osaki_dx.settings import MIDDLEWARE

MIDDLEWARE = ["tests.faults.told.Told", *MIDDLEWARE]
