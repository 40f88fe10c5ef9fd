from django.apps import AppConfig

from foundation.accounts.along import ask_along
from measures.naming import ALONG, names_asked_along


class MeasuresConfig(AppConfig):
    name = "measures"
    verbose_name = "計画と施策"

    def ready(self):
        ask_along(ALONG, names_asked_along)
