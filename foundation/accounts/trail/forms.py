"""The filters of the trail."""

from django import forms

from foundation.accounts.trail.choices import Event
from foundation.japanese.fields import JapaneseDateField


class TrailFilter(forms.Form):
    """What happened, who, which file or address, and days; all optional."""

    event = forms.ChoiceField(
        label="種類", choices=[("", "すべて"), *Event.choices], required=False
    )
    person = forms.CharField(label="氏名・利用者名", required=False, max_length=100)
    words = forms.CharField(label="ファイル名・アドレス", required=False, max_length=100)
    since = JapaneseDateField(label="いつから", required=False)
    until = JapaneseDateField(label="いつまで", required=False)

    @property
    def said(self) -> str:
        """What is looked for, for the page's title: 「（ログインの失敗）（田中）」."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        words = {"event": dict(Event.choices)}
        texts = (words.get(name, {}).get(text, text) for name, text in given.items() if text)
        return "".join(f"（{text}）" for text in texts)
