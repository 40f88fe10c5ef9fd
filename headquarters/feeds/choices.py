from django.db import models


class TokenState(models.TextChoices):
    """Does a token open the feeds, and if not, why?"""

    IN_USE = "in_use", "使用中"
    REVOKED = "revoked", "取消済み"
    EXPIRED = "expired", "期限切れ"
    DEPARTMENT_ENDED = "department_ended", "課の廃止で停止"
