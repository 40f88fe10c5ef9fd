"""Forms about people. Texts say what to enter; errors say how to mend it."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError

from foundation.accounts.importing import decode
from foundation.accounts.models import Department, Membership, Role, User
from foundation.accounts.names import TAKEN, checked_name, plain_name
from foundation.japanese.fields import JapaneseDateField, WholeNumberField
from foundation.japanese.ranges import department_days, membership_days
from foundation.records.as_shown import Confirms
from foundation.records.forms import ChangesRow, RecordsOnce

UPLOAD_LIMIT = 200_000


def add_errors(form, error: ValidationError) -> None:
    """Put the errors of an action onto a form, by field where the form has it.

    Any room's views use it.
    """
    for field, problems in getattr(error, "error_dict", {None: [error]}).items():
        form.add_error(field if field in form.fields else None, problems)


class SignInForm(AuthenticationForm):
    """Sign-in. A wrong name and a wrong password get the same answer."""

    error_messages = {
        "invalid_login": "利用者名またはパスワードが違います。"
        "5回続けて間違えると、15分間ログインできなくなります。",
        "inactive": "この利用者は利用停止になっています。事務局に連絡してください。",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "利用者名"
        self.fields["username"].widget.attrs.update({"autocomplete": "username", "autofocus": True})
        self.fields["password"].label = "パスワード"

    def clean_username(self):
        """As it is stored and counted by the lock-out, whatever width was typed."""
        return plain_name(self.cleaned_data["username"]).lower()


class OwnPasswordForm(PasswordChangeForm):
    """The user's own new password, twice."""

    error_messages = {
        "password_mismatch": "新しいパスワードが2回で違っています。同じものを入力してください。",
        "password_incorrect": "いまのパスワードが違います。もう一度入力してください。",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in (
            ("old_password", "いまのパスワード"),
            ("new_password1", "新しいパスワード"),
            ("new_password2", "新しいパスワード（確認）"),
        ):
            self.fields[name].label = label
            self.fields[name].help_text = ""
        self.fields[
            "new_password1"
        ].help_text = "10文字以上。数字だけのもの、利用者名に似たもの、よくあるものは使えません。"

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        new = cleaned.get("new_password1")
        if new and new == cleaned.get("old_password"):
            self.add_error(
                "new_password1", "いまのパスワードと同じです。別のパスワードにしてください。"
            )
        return cleaned


class UserCreateForm(RecordsOnce, forms.ModelForm):
    """A new user; the password is made by the portal."""

    class Meta:
        model = User
        fields = ["username", "full_name"]
        labels = {"username": "利用者名"}
        help_texts = {"username": "ログインに使う名前。半角英数字。例：s-tanaka"}
        error_messages = {"username": {"unique": TAKEN}}

    def clean_username(self):
        """In half width; taken also where only the case differs."""
        name = checked_name(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError(TAKEN)
        return name


class UserEditForm(ChangesRow, forms.ModelForm):
    """Name and whether the user may sign in."""

    class Meta:
        model = User
        fields = ["full_name", "email", "is_active"]
        labels = {"is_active": "利用できる", "email": "メールアドレス（督促用、任意）"}
        help_texts = {"is_active": "退職・異動した人は外してください。履歴の氏名は残ります。"}


class DepartmentFields(forms.ModelForm):
    """A department and its validity."""

    valid_from = JapaneseDateField(
        label="設置日", required=False, help_text="空欄は計画の初めから", within=department_days
    )
    valid_until = JapaneseDateField(
        label="廃止日", required=False, help_text="空欄は廃止の予定なし", within=department_days
    )

    sort_order = WholeNumberField(label="並び順", min_value=0, max_value=999, initial=0)

    class Meta:
        model = Department
        fields = ["code", "name", "sort_order", "valid_from", "valid_until"]


class DepartmentCreateForm(RecordsOnce, DepartmentFields):
    """A new department."""


class DepartmentEditForm(ChangesRow, DepartmentFields):
    """A department that is there."""


class MembershipFields(forms.ModelForm):
    """A membership of one user."""

    valid_from = JapaneseDateField(label="開始日", within=membership_days)
    valid_until = JapaneseDateField(
        label="終了日", required=False, help_text="空欄は終了の予定なし", within=membership_days
    )

    class Meta:
        model = Membership
        fields = ["department", "role", "post", "section", "valid_from", "valid_until"]


class MembershipCreateForm(RecordsOnce, MembershipFields):
    """A further membership (兼務)."""


class MembershipEditForm(ChangesRow, MembershipFields):
    """A membership that is there."""


class MoveForm(RecordsOnce, forms.Form):
    """人事異動 of one user on a day."""

    user = forms.ModelChoiceField(
        User.objects.filter(is_active=True), label="利用者", empty_label="選んでください"
    )
    department = forms.ModelChoiceField(
        Department.objects.all(), label="異動先の課", required=False, empty_label="なし"
    )
    role = forms.ChoiceField(
        label="役割",
        choices=[("", "いまの役割のまま"), *Role.choices],
        required=False,
        help_text="変わるときだけ選びます。",
    )
    post = forms.CharField(label="職名", max_length=50, required=False)
    starts_on = JapaneseDateField(
        label="異動日", help_text="前の所属は、その前日で終わります。", within=membership_days
    )

    def clean(self):
        """Nothing chosen means the role that the person has; of several one is to be chosen."""
        cleaned = super().clean()
        user, starts_on = self.cleaned_data.get("user"), self.cleaned_data.get("starts_on")
        if self.cleaned_data.get("role") or user is None or starts_on is None:
            return cleaned
        roles = {row.role for row in user.memberships.on(starts_on)}
        if len(roles) == 1:
            self.cleaned_data["role"] = roles.pop()
        elif "role" not in self.errors:
            why = "役割が2つ以上あります。" if roles else "その日の所属がありません。"
            self.add_error("role", f"{why}異動先での役割を選んでください。")
        return cleaned


class ImportForm(Confirms):
    """Users as CSV text or file."""

    text = forms.CharField(
        label="取り込む内容",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="1行に1人。利用者名・氏名・課・役割・職名・開始日の順（Excelのセルをそのまま貼り付けられます）。",
    )
    file = forms.FileField(label="またはCSVファイル", required=False)

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        upload = cleaned.get("file")
        if upload:
            if upload.size > UPLOAD_LIMIT:
                raise forms.ValidationError(
                    "ファイルが大きすぎます（200KBまで）。分けて取り込んでください。"
                )
            try:
                cleaned["text"] = decode(upload.read())
            except ValueError as error:
                raise forms.ValidationError(str(error)) from None
        if not (cleaned.get("text") or "").strip():
            raise forms.ValidationError("取り込む内容を貼り付けるか、CSVファイルを選んでください。")
        return cleaned


class DepartmentListForm(ImportForm):
    """Departments as cells copied from Excel, or as a file."""

    text = forms.CharField(
        label="課の一覧",
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="1行に1課。課名・課コードの順（Excelのセルをそのまま貼り付けられます）。"
        "課コードは空けておけます。",
    )
