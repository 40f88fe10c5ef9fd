"""The filters of the history."""

from django import forms

from foundation.japanese.fields import JapaneseDateField
from kpi.rules.codes import plain_words

AREAS = (
    ("", "すべて"),
    ("kpi", "KPI"),
    ("roadmap", "工程表"),
    ("plan", "計画"),
    ("reviews", "PDCA"),
    ("meetings", "会議"),
    ("organisation", "推進体制"),
    ("reports", "月次報告"),
    ("feeds", "接続キー"),
    ("accounts", "利用者"),
    ("records", "添付"),
    ("sample", "見本データ"),
)


class HistoryFilter(forms.Form):
    """Area, person, department, words and days; all optional."""

    area = forms.ChoiceField(label="区分", choices=AREAS, required=False)
    actor = forms.CharField(label="氏名", required=False, max_length=100)
    department = forms.CharField(label="課", required=False, max_length=100)
    words = forms.CharField(label="対象・理由の語", required=False, max_length=100)
    since = JapaneseDateField(label="いつから", required=False)
    until = JapaneseDateField(label="いつまで", required=False)

    @property
    def said(self) -> str:
        """What is looked for, for the page's title: 「（総務課）（窓口）」."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        areas = dict(AREAS)
        texts = (areas[text] if name == "area" else text for name, text in given.items() if text)
        return "".join(f"（{text}）" for text in texts)

    def clean_words(self) -> str:
        """A number may be typed as files for machines say it: 「KPI1-1」."""
        return plain_words(self.cleaned_data["words"])
