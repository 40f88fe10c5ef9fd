"""People, departments and who does what for whom.

Duties belong to departments and posts, not to persons: a user has memberships with dates, several
at once (兼務), and may what any of them may (docs/rules.md §9).
"""

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse

from foundation.accounts.former_names import FormerDepartmentName as FormerDepartmentName
from foundation.accounts.names import plain_name
from foundation.accounts.posts import post_in_words
from foundation.accounts.sessions import Session as Session
from foundation.accounts.trail.models import AccessRecord as AccessRecord
from foundation.japanese.calendar import wareki_date, wareki_short
from foundation.japanese.numbers import whole_number


class Role(models.TextChoices):
    """The five roles, in the order in which a person's main membership is shown."""

    SECRETARIAT = "secretariat", "事務局"
    HEADQUARTERS = "headquarters", "本部"
    DEPARTMENT_HEAD = "department_head", "課長"
    STAFF = "staff", "担当者"
    VIEWER = "viewer", "閲覧"


def in_force(on: date, start: str = "valid_from", end: str = "valid_until") -> Q:
    """The condition "in force on that day" for rows with a first and a last day (both inclusive,
    both optional).
    """
    return (Q(**{f"{start}__lte": on}) | Q(**{f"{start}__isnull": True})) & (
        Q(**{f"{end}__gte": on}) | Q(**{f"{end}__isnull": True})
    )


class DepartmentQuerySet(models.QuerySet["Department"]):
    """Questions asked of departments."""

    def on(self, day: date) -> Self:
        """Departments that exist on that day."""
        return self.filter(in_force(day))


class Department(models.Model):
    """A department 課. A reorganisation ends one row and begins another, so old reports keep the
    old name.
    """

    code = models.SlugField(
        "課コード", max_length=20, unique=True, help_text="半角英数字。例：soumu"
    )
    name = models.CharField("課名", max_length=50)
    sort_order = models.PositiveSmallIntegerField("並び順", default=0)
    valid_from = models.DateField("設置日", null=True, blank=True, help_text="空欄は計画の初めから")
    valid_until = models.DateField(
        "廃止日", null=True, blank=True, help_text="空欄は廃止の予定なし"
    )

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "課"
        ordering = ["sort_order", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="accounts_department_dates",
                violation_error_message="廃止日は設置日以後の日付にしてください。",
            )
        ]

    def __str__(self):
        return self.name

    def exists_on(self, day) -> bool:
        """Does the department exist on that day?"""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )

    def check_exists(self, day: date, field: str) -> None:
        """ValidationError on `field` when the department does not exist on that day."""
        if not self.exists_on(day):
            sentence = f"「{self}」は{wareki_date(day)}には設置されていません。"
            raise ValidationError({field: f"{sentence}別の課を選んでください。"})


class UserQuerySet(models.QuerySet["User"]):
    """Questions asked of users."""

    def listed(self, *, on, department="", active="", words=""):
        """Users for the list, each with `memberships_now`; empty filters do not restrict."""
        rows = self.prefetch_related(
            Prefetch(
                "memberships",
                Membership.objects.on(on),
                to_attr="memberships_now",
            )
        )
        if whole_number(department):
            rows = rows.filter(
                memberships__in=Membership.objects.on(on).filter(department=department)
            ).distinct()
        if active in ("1", "0"):
            rows = rows.filter(is_active=active == "1")
        if words:
            rows = rows.filter(Q(username__icontains=words) | Q(full_name__icontains=words))
        return rows.order_by("username")


class PeopleManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's manager of users with our questions."""

    def get_by_natural_key(self, username):
        """The user of that name, whatever its width and case."""
        name = plain_name(username or "")
        found = self.filter(username=name).first() or self.filter(username__iexact=name).first()
        if found is None:
            raise self.model.DoesNotExist(f"no user {name!r}")
        return found


class User(AbstractUser):
    """A member of staff. Never deleted: a leaver is deactivated and the history keeps the name."""

    first_name = None  # type: ignore[assignment]  # one field holds the name
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField("氏名", max_length=100)
    must_change_password = models.BooleanField("次のログインでパスワードを変更する", default=True)
    previous_login = models.DateTimeField("前回のログイン", null=True, blank=True, editable=False)

    _memberships_on: dict[date, list["Membership"]]  # by day; filled by `memberships_of`
    sample_loaded: bool  # of the data, as the request began; asked with the person (`backends`)
    data_revision: int
    asked_along: dict[str, Any]  # the same, for rooms above (`along`)
    asked_on: date  # the day of the request

    REQUIRED_FIELDS = []
    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta:
        verbose_name = verbose_name_plural = "利用者"
        ordering = ["username"]

    def __str__(self):
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name people know; the sign-in name where none was given."""
        return self.full_name or self.username

    def get_absolute_url(self):
        return reverse("accounts:user_edit", args=[self.pk])

    def get_full_name(self):
        return self.display_name

    def get_short_name(self):
        return self.display_name


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Questions asked of memberships."""

    def on(self, day: date) -> Self:
        """Memberships in force on that day, with their departments."""
        return self.filter(in_force(day)).select_related("department")

    def lasting(self, day: date) -> Self:
        """Memberships of people who may sign in, that are not over on that day."""
        over = Q(valid_until__lt=day)
        return self.filter(~over, user__is_active=True).select_related("user", "department")

    def from_day(self, day: date) -> Self:
        """Memberships that begin on that day or later."""
        return self.filter(valid_from__gte=day)


class Membership(models.Model):
    """所属: a user holds a role (and a post) in a department from a day until a day.

    Several at once is normal.
    """

    user = models.ForeignKey(
        User, verbose_name="利用者", on_delete=models.PROTECT, related_name="memberships"
    )
    department = models.ForeignKey(
        Department,
        verbose_name="課",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="memberships",
    )
    role = models.CharField("役割", max_length=20, choices=Role)
    post = models.CharField(
        "職名", max_length=50, blank=True, help_text="例：総務課長、係長、本部長（町長）"
    )
    section = models.CharField("係", max_length=50, blank=True)
    valid_from = models.DateField("開始日")
    valid_until = models.DateField(
        "終了日", null=True, blank=True, help_text="空欄は終了の予定なし"
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "所属"
        ordering = ["user", "valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="accounts_membership_dates",
                violation_error_message="終了日は開始日以後の日付にしてください。",
            ),
            models.CheckConstraint(
                condition=Q(department__isnull=False) | ~Q(role__in=["department_head", "staff"]),
                name="accounts_membership_department",
                violation_error_message="課長・担当者の所属には課を選んでください。",
            ),
            models.UniqueConstraint(
                fields=["user", "department", "role", "valid_from"],
                name="accounts_membership_once",
                violation_error_message="同じ所属がすでに登録されています。",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "valid_from"],
                condition=Q(department__isnull=True),
                name="accounts_membership_no_department_once",
                violation_error_message="同じ所属がすでに登録されています。",
            ),
        ]

    def __str__(self):
        place = self.department.name if self.department else ""
        return post_in_words(place, self.post or self.get_role_display())

    @property
    def in_words(self) -> str:
        """「総務課長（課長、令和8年4月1日から）」."""
        until = f"{wareki_date(self.valid_until)}まで" if self.valid_until else ""
        return f"{self}（{self.get_role_display()}、{wareki_date(self.valid_from)}から{until}）"

    @property
    def holder(self) -> str:
        """Post and person for the hand-over: 「課長　山田 花子（R9.3.31まで）」."""
        until = f"（{wareki_short(self.valid_until)}まで）" if self.valid_until else ""
        return f"{self.post or self.get_role_display()}　{self.user.display_name}{until}"
