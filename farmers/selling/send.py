"""Keep what is typed, and send it: one lot for one key, however often a phone tries."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from farmers.registry.models import Household
from farmers.stock.list_lot import NewLot, list_lots
from farmers.stock.models import Lot
from farmers.stock.photos import add_photo
from marketplace.access.models import User
from marketplace.pictures import OurPicture
from marketplace.pictures import photo as our_photo

from .models import LotDraft
from .told import lot_waits

# of one person, so that a broken phone cannot fill the table
MOST_DRAFTS = 20
LONGEST_CELL = 300


def keep(
    household: Household,
    by: User,
    key: uuid.UUID,
    cells: Mapping[str, str],
    revision: int,
    photo: UploadedFile | None = None,
    *,
    no_photo: bool = False,
) -> bool:
    """Write down what is typed. False, and nothing is kept, for a save older than the one there, or of what was sent.

    Without a `photo` the one that is there stays, but with `no_photo`: then it goes. Raises PermissionDenied for a key that is another's, ValidationError
    for a photo that is none; then nothing is saved.
    """
    if sent_as(key) is not None:
        return False
    short = {name: text[:LONGEST_CELL] for name, text in cells.items()}
    now = timezone.now()
    picture = our_photo(photo) if photo else None
    with transaction.atomic():
        fresh = LotDraft(key=key, household=household, by=by, cells=short, revision=revision, updated_at=now)
        LotDraft.objects.bulk_create([fresh], ignore_conflicts=True)
        draft = LotDraft.objects.select_for_update().get(pk=key)
        if draft.by_id != by.pk:
            raise PermissionDenied
        if sent_as(key) is not None:  # meanwhile
            draft.delete()
            return False
        kept = draft.revision <= revision
        if kept:
            draft.cells, draft.revision, draft.updated_at = short, revision, now
            _with_photo(draft, picture, no_photo=no_photo)
        stale = LotDraft.objects.of(by).values_list("pk", flat=True)[MOST_DRAFTS:]
        LotDraft.objects.filter(pk__in=list(stale)).delete()
    return kept


def _with_photo(draft: LotDraft, picture: OurPicture | None, *, no_photo: bool) -> None:
    """Save a draft that is locked, with another picture if there is one, or with none: of two files one stays."""
    before = str(draft.photo.name or "")
    if picture is None and not (no_photo and before):
        draft.save(update_fields=["cells", "revision", "updated_at"])
        return
    storage = draft.photo.storage
    if picture is None:
        draft.photo = ""
        draft.save(update_fields=["cells", "revision", "updated_at", "photo"])
        transaction.on_commit(lambda: storage.delete(before))
        return
    draft.photo.save(str(picture.name), picture, save=False)
    try:
        draft.save(update_fields=["cells", "revision", "updated_at", "photo"])
    except BaseException:
        draft.photo.storage.delete(str(draft.photo.name))
        raise
    if before:
        transaction.on_commit(lambda: draft.photo.storage.delete(before))


def follow_deletion(instance: LotDraft, **kwargs: object) -> None:
    """With a draft its picture goes, whoever deleted it: it was sent, thrown away or forgotten."""
    if instance.photo:
        name, storage = str(instance.photo.name), instance.photo.storage
        transaction.on_commit(lambda: storage.delete(name))


def send(
    row: NewLot, key: uuid.UUID, by: User, photos: Sequence[UploadedFile] = (), *, no_photo: bool = False
) -> tuple[Lot, bool]:
    """Make the lot, and whether it is new: the same key sent twice, or twice at once, is one lot.

    `photos` as they came; they are checked here. Without any, the draft's is taken, but with `no_photo`. Raises ValidationError for one
    that is none, PermissionDenied for a key of another household; then nothing is saved.
    """
    if twin := _twin(row, key):
        return twin, False
    try:
        with transaction.atomic():
            lot = list_lots([row._replace(import_key=import_key(key))], by)[0]
            for photo in photos or ([] if no_photo else _kept_photo(key, by)):
                add_photo(lot, photo)
            LotDraft.objects.filter(pk=key, by=by).delete()
            lot_waits.enqueue(lot.pk)
    except IntegrityError:
        if twin := _twin(row, key):
            return twin, False
        raise
    return lot, True


def _kept_photo(key: uuid.UUID, by: User) -> list[OurPicture]:
    draft = LotDraft.objects.filter(pk=key, by=by).exclude(photo="").first()
    if draft is None:
        return []
    try:
        with draft.photo.open("rb") as file:
            return [OurPicture("photo.jpg", file.read(), "image/jpeg")]
    except FileNotFoundError:  # goods without a picture are better than none
        return []


def import_key(key: uuid.UUID) -> str:
    return f"draft:{key}"


def sent_as(key: uuid.UUID) -> Lot | None:
    """The lot that a draft became."""
    return Lot.objects.filter(import_key=import_key(key)).select_related("household").first()


def _twin(row: NewLot, key: uuid.UUID) -> Lot | None:
    lot = sent_as(key)
    if lot and lot.household_id != row.household.pk:
        raise PermissionDenied
    return lot
