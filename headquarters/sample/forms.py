"""The form behind the buttons of the tour."""

from django import forms

from headquarters.sample.tour import people


class SwitchForm(forms.Form):
    """Which of the sample's people to become."""

    username = forms.ChoiceField(
        label="見本の利用者",
        choices=lambda: [(person.username, person.name) for person in people().values()],
    )
