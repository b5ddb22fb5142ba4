"""Who registers says what citizen he is: the residence rules depend on it."""

from django import forms  # type: ignore[import-not-found] # its own environment
from oscar.apps.customer.forms import EmailUserCreationForm as OscarsForm  # type: ignore[import-not-found] # its own environment


class EmailUserCreationForm(OscarsForm):  # type: ignore[misc] # Oscar has no types
    citizenship = forms.ChoiceField(label="Гражданство", choices=[("RU", "Россия"), ("DE", "Германия")])
