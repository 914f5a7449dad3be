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

from .models import LotDraft
from .told import lot_waits

# of one person, so that a broken phone cannot fill the table
MOST_DRAFTS = 20
LONGEST_CELL = 300


def keep(household: Household, by: User, key: uuid.UUID, cells: Mapping[str, str], revision: int) -> bool:
    """Write down what is typed. False, and nothing is kept, for a save older than the one there, or of what was sent.

    Raises PermissionDenied for a key that is another's.
    """
    if Lot.objects.filter(import_key=_import_key(key)).exists():
        return False
    short = {name: text[:LONGEST_CELL] for name, text in cells.items()}
    now = timezone.now()
    with transaction.atomic():
        fresh = LotDraft(key=key, household=household, by=by, cells=short, revision=revision, updated_at=now)
        LotDraft.objects.bulk_create([fresh], ignore_conflicts=True)
        draft = LotDraft.objects.select_for_update().get(pk=key)
        if draft.by_id != by.pk:
            raise PermissionDenied
        kept = LotDraft.objects.filter(pk=key, revision__lte=revision).update(
            cells=short, revision=revision, updated_at=now
        )
        stale = LotDraft.objects.of(by).values_list("pk", flat=True)[MOST_DRAFTS:]
        LotDraft.objects.filter(pk__in=list(stale)).delete()
    return bool(kept)


def send(row: NewLot, key: uuid.UUID, by: User, photos: Sequence[UploadedFile] = ()) -> tuple[Lot, bool]:
    """Make the lot, and whether it is new: the same key sent twice, or twice at once, is one lot.

    `photos` as they came; they are checked here. Raises ValidationError for one that is none, PermissionDenied for
    a key of another household; then nothing is saved.
    """
    if twin := _twin(row, key):
        return twin, False
    try:
        with transaction.atomic():
            lot = list_lots([row._replace(import_key=_import_key(key))], by)[0]
            for photo in photos:
                add_photo(lot, photo)
            LotDraft.objects.filter(pk=key, by=by).delete()
            lot_waits.enqueue(lot.pk)
    except IntegrityError:
        if twin := _twin(row, key):
            return twin, False
        raise
    return lot, True


def _import_key(key: uuid.UUID) -> str:
    return f"draft:{key}"


def _twin(row: NewLot, key: uuid.UUID) -> Lot | None:
    lot = Lot.objects.filter(import_key=_import_key(key)).first()
    if lot and lot.household_id != row.household.pk:
        raise PermissionDenied
    return lot
