"""Hostile files sent for the photo of a lot, through the officer's page."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from farmers.stock.models import LotPhoto
from tests.makers import a_household, a_lot, an_officer, signed_in
from tests.shared.hostile import HOSTILE, jpeg


def kept_files() -> set[Path]:
    root = Path(settings.MEDIA_ROOT)
    return {path for path in root.rglob("*") if path.is_file()} if root.exists() else set()


@pytest.mark.django_db
def test_a_lot_s_photo_is_a_photo_or_refused_at_its_field_with_nothing_kept() -> None:
    home = a_household()
    lot, client, before = a_lot(household=home), signed_in(an_officer(home.village)), kept_files()
    address = f"/officer/checks/{lot.pk}/photo/"
    for what, (name, made) in HOSTILE.items():
        answer = client.post(address, {"photo": SimpleUploadedFile(name, made())})
        assert answer.status_code == 422, what
        assert answer.context["photo"].errors.keys() == {"photo"}, what
    assert not LotPhoto.objects.exists()
    assert kept_files() == before
    assert client.post(address, {"photo": SimpleUploadedFile("a.jpg", jpeg())}).status_code == 302
    assert lot.photos.count() == 1
