from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "headquarters.reviews"
    verbose_name = "PDCA"
