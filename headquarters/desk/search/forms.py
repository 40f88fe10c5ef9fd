"""What is looked for."""

from django import forms

LONGEST = 100
BOX = {
    "type": "search",
    "class": "form-control",
    "data-search": "",
    "aria-keyshortcuts": "/",
}


class SearchForm(forms.Form):
    """The words."""

    q = forms.CharField(
        label="さがす言葉",
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs=BOX),
        error_messages={"max_length": f"さがす言葉は{LONGEST}字以内で入力してください。"},
    )
