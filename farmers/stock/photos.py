"""Photos of a lot: always pictures of our own making, each with a small one for cards."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import CharField, Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import ngettext

from marketplace.pictures import photo, small

from .models import Lot, LotPhoto

MOST = 6


def add_photo(lot: Lot, file: UploadedFile) -> LotPhoto:
    """Check, re-encode and keep a photo of these goods, behind those there are.

    Raises ValidationError in words for whoever sent it; then nothing is kept, neither row nor file.
    """
    picture = photo(file)
    card = small(picture)
    with transaction.atomic():
        # two photos at once come one after the other, so that neither is one too many
        Lot.objects.select_for_update().only("pk").get(pk=lot.pk)
        photos = LotPhoto.objects.filter(lot=lot)
        if photos.count() >= MOST:
            raise ValidationError(
                ngettext(
                    "A batch has %(number)s photo at most. Take one away first, please.",
                    "A batch has %(number)s photos at most. Take one away first, please.",
                    MOST,
                )
                % {"number": MOST}
            )
        last = photos.aggregate(last=Max("position"))["last"]
        added = LotPhoto(lot=lot, position=0 if last is None else last + 1)
        try:
            added.image.save(str(picture.name), picture, save=False)
            added.small.save(str(card.name), card, save=False)
            added.save()
            put_first_in_front(lot.pk)
        except BaseException:
            delete_files(added)
            raise
    return added


def remove_photo(photo: LotPhoto) -> None:
    """Take a photo away; its files go when that stands."""
    photo.delete()


def delete_files(photo: LotPhoto) -> None:
    for file in (photo.image, photo.small):
        if file:
            file.storage.delete(str(file.name))


def put_first_in_front(lot_id: int) -> None:
    """The first photo's small picture is what lists show of the lot."""
    first = LotPhoto.objects.filter(lot=OuterRef("pk")).exclude(small="").order_by("position", "pk")
    cover = Coalesce(Subquery(first.values("small")[:1], output_field=CharField()), Value(""))
    Lot.objects.filter(pk=lot_id).update(cover=cover)


def follow_deletion(instance: LotPhoto, **kwargs: object) -> None:
    """With a row its files go, whoever deleted it: by itself, or with its lot."""
    put_first_in_front(instance.lot_id)
    transaction.on_commit(lambda: delete_files(instance))
