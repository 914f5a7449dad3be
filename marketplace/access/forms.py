from __future__ import annotations

from django.contrib.auth.forms import UserCreationForm

from .models import User


class SignUpForm(UserCreationForm[User]):
    """Nobody chooses the own role: who signs up is a citizen."""

    class Meta(UserCreationForm.Meta):
        model = User
        fields = ("username",)
