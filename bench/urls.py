"""The portal's addresses and those of the references."""

from django.urls import include, path

from bench import references
from osaki_dx.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
urlpatterns = [
    path("bench/bare/", references.bare),
    path("bench/signed-in/", references.signed_in),
    path("bench/page/", references.page),
    path("bench/save/", references.save),
    path("", include("osaki_dx.urls")),
]
