"""What the forms of all pages share: the look of their fields, and refusals told beside the field."""

from django import forms
from django.utils.translation import gettext

from annotations.errors import NewsdeskError
from annotations.views.problems import field_sentence, sentence_of


class PlainForm(forms.Form):
    """A form whose fields look like ours."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Give each field that is typed into the class of an input."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for field in self.fields.values():
            if not isinstance(field.widget, forms.RadioSelect | forms.CheckboxInput | forms.HiddenInput):
                field.widget.attrs["class"] = f"input {field.widget.attrs.get('class', '')}".strip()

    def add_refusal(self, refusal: NewsdeskError) -> None:
        """Tell a service's refusal: beside the field it names, else on top of the form."""
        beside = [error for error in refusal.errors if _first_part(error.field) in self.fields]
        for error in beside:
            self.add_error(_first_part(error.field), field_sentence(error) or gettext("This is not right."))
        if not beside:
            self.add_error(None, sentence_of(refusal))


def _first_part(field: str) -> str:
    return field.partition(".")[0]
