"""A card with a code to scan, for households whose telephone is no telephone for codes. It opens sellers' accounts alone."""

from __future__ import annotations

import secrets

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from marketplace.personal import digest

from .models import Role, SignInCard, User


@transaction.atomic
def issue_card(user: User, by: User) -> str:
    """A new card for a seller's account, and the token that stands on it; the one before opens nothing any more.

    Raises PermissionDenied for any other account: a lost card must not open an officer's. Whether `by` may hand one
    to this household is decided where the household is known.
    """
    if user.role != Role.SELLER:
        raise PermissionDenied("only sellers sign in by card")
    revoke_card(user)
    token = secrets.token_urlsafe(24)
    SignInCard.objects.update_or_create(
        user=user,
        defaults={
            "token_digest": digest(token),
            "issued_at": timezone.now(),
            "issued_by": by,
            "last_used_at": None,
        },
    )
    return token


@transaction.atomic
def revoke_card(user: User) -> None:
    """The card opens nothing any more, and whoever came in by it, or otherwise, has to come in anew."""
    if SignInCard.objects.filter(user=user).delete()[0]:
        User.objects.filter(pk=user.pk).update(signed_out=F("signed_out") + 1)


def holder_of(token: str) -> User | None:
    return holder_by(digest(token))


def holder_by(token_digest: str) -> User | None:
    """Whose card this is; None for one that was taken back, or whose account is switched off or no seller's now."""
    card = SignInCard.objects.select_related("user").filter(token_digest=token_digest).first()
    if card is None or not card.user.is_active or card.user.role != Role.SELLER:
        return None
    return card.user


def used(token_digest: str) -> None:
    SignInCard.objects.filter(token_digest=token_digest).update(last_used_at=timezone.now())
