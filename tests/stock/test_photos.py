"""Photos of a lot: pictures of our own making alone, upright and clean, and no file that no row knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from farmers.stock.models import Lot, LotPhoto
from farmers.stock.photos import MOST, add_photo, remove_photo
from marketplace.pictures import LONGEST_SIDE, SMALL
from tests.makers import a_lot, at_once
from tests.shared.pictures import a_photo, in_bytes


def upload(content: bytes | None = None, name: str = "IMG_1.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, in_bytes(a_photo()) if content is None else content)


def kept_files() -> set[Path]:
    folder = Path(settings.MEDIA_ROOT) / "lots"
    return {path for path in folder.rglob("*") if path.is_file()} if folder.exists() else set()


@pytest.mark.django_db
def test_a_photo_is_kept_in_two_sizes_and_the_first_is_in_front() -> None:
    lot = a_lot()
    first = add_photo(lot, upload(in_bytes(a_photo((4000, 3000)))))
    second = add_photo(lot, upload(name="../../../etc/passwd.jpg"))
    assert (first.width, first.height) == (LONGEST_SIDE, LONGEST_SIDE * 3 // 4)
    with Image.open(first.small.path) as small:
        assert small.size == SMALL
    assert [photo.position for photo in lot.photos.all()] == [0, 1]
    assert Lot.objects.get(pk=lot.pk).cover == first.small.name
    for photo in (first, second):
        for file in (photo.image, photo.small):
            assert Path(file.path).parent == Path(settings.MEDIA_ROOT) / "lots" / str(lot.pk)
            assert "passwd" not in file.name
            assert "IMG" not in file.name
    assert LotPhoto.objects.get(pk=first.pk).image.size < 600_000
    assert first.small.size < 80_000


@pytest.mark.django_db
def test_files_go_with_their_rows(django_capture_on_commit_callbacks: object) -> None:
    before, lot = kept_files(), a_lot()
    first, second = add_photo(lot, upload()), add_photo(lot, upload())
    assert len(kept_files() - before) == 4
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        remove_photo(first)
    assert len(kept_files() - before) == 2
    assert Lot.objects.get(pk=lot.pk).cover == second.small.name
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        remove_photo(second)
    assert kept_files() == before
    assert Lot.objects.get(pk=lot.pk).cover == ""


@pytest.mark.django_db
def test_what_is_refused_leaves_nothing_behind() -> None:
    before, lot = kept_files(), a_lot()
    with pytest.raises(ValidationError):
        add_photo(lot, upload(b"GIF89a<script>"))
    for _number in range(MOST):
        add_photo(lot, upload())
    held = kept_files()
    with pytest.raises(ValidationError, match=str(MOST)):
        add_photo(lot, upload())
    assert kept_files() == held
    assert lot.photos.count() == MOST
    assert len(held - before) == 2 * MOST


@pytest.mark.django_db(transaction=True)
def test_a_deletion_that_is_taken_back_keeps_the_files() -> None:
    photo = add_photo(a_lot(), upload())

    class TakenBack(Exception):
        pass

    with pytest.raises(TakenBack), transaction.atomic():
        remove_photo(LotPhoto.objects.get(pk=photo.pk))
        raise TakenBack
    assert Path(photo.image.path).exists()
    assert Lot.objects.get(pk=photo.lot_id).cover


@pytest.mark.django_db(transaction=True)
def test_photos_sent_at_once_are_never_one_too_many() -> None:
    lot = a_lot()
    for _number in range(MOST - 1):
        add_photo(lot, upload())
    told = at_once([lambda: add_photo(lot, upload()) for _number in range(3)])
    assert sorted(isinstance(each, LotPhoto) for each in told) == [False, False, True]
    assert lot.photos.count() == MOST
