"""Close an account for good: its deeds stay under a number, and nothing of it tells or lets in whose it was."""

from __future__ import annotations

from django.db import transaction

from marketplace.personal import digest

from .models import SignInCard, SignInCode, Tries, User


@transaction.atomic
def close_account(user: User) -> None:
    """Name, number, password, card and codes are gone, and whoever is signed in as this person is so no longer."""
    numbers = [user.phone_digest] if user.phone_digest else []
    SignInCode.objects.filter(phone_digest__in=numbers).delete()
    for number in numbers:
        Tries.objects.filter(key__endswith=f":{number}").delete()
    Tries.objects.filter(key__endswith=f":{digest(user.username)}").delete()
    SignInCard.objects.filter(user=user).delete()
    user.groups.clear()
    user.username = f"closed-{user.pk}"
    user.first_name = user.last_name = user.email = user.phone = ""
    user.phone_digest = None
    user.is_active = user.is_staff = user.is_superuser = False
    user.signed_out += 1
    user.last_login = None
    user.set_unusable_password()
    user.save()
