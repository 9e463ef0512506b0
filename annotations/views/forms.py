"""What the forms of all pages share: the look of their fields, and refusals told beside the field."""

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from annotations.errors import NewsdeskError
from annotations.views.problems import field_sentence, sentence_of

# Not what has a direction of its own: addresses, numbers, dates.
_FREE_TEXT: Final = (forms.TextInput, forms.Textarea)
_WHOLE_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


class WholeNumberField(forms.IntegerField):
    """A whole number from 1, as the pages write it; Django would also take 1.0, 1_0 and digits of other scripts."""

    def to_python(self, value: Any) -> int | None:
        """Give the number; None for an empty field. Raises: ValidationError."""
        if value in self.empty_values:
            return None
        if _WHOLE_NUMBER.fullmatch(str(value)) is None:
            raise ValidationError(gettext("This must be a whole number."), code="invalid")
        return int(value)


def dress_fields(form: forms.Form) -> None:
    """Give each field that is typed into the class of an input; words in it begin at their own side."""
    for field in form.fields.values():
        if type(field.widget) in _FREE_TEXT:
            field.widget.attrs.setdefault("dir", "auto")
        if not isinstance(field.widget, forms.RadioSelect | forms.CheckboxInput | forms.HiddenInput):
            field.widget.attrs["class"] = f"input {field.widget.attrs.get('class', '')}".strip()


class PlainForm(forms.Form):
    """A form whose fields look like ours."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Give each field that is typed into the class of an input."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        dress_fields(self)

    def add_refusal(self, refusal: NewsdeskError) -> None:
        """Tell a service's refusal: beside the field it names, else on top of the form."""
        beside = [error for error in refusal.errors if _first_part(error.field) in self.fields]
        for error in beside:
            self.add_error(_first_part(error.field), field_sentence(error) or gettext("This is not right."))
        if not beside:
            self.add_error(None, sentence_of(refusal))


def _first_part(field: str) -> str:
    return field.partition(".")[0]
