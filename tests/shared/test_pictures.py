"""Photographs from telephones: upright, clean and small, whatever they were saved as; all else is refused in words."""

from __future__ import annotations

import io
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from PIL import Image, ImageChops, ImageCms, ImageStat

from farmers.stock.models import LotPhoto
from farmers.stock.photos import add_photo
from marketplace.pictures import LONGEST_SIDE, SMALL, OurPicture, photo, small
from shop.orders.models import Complaint, OrderLine, PayBy
from tests.makers import a_lot, a_person, accepted, an_order, signed_in

from .hostile import HOSTILE, SCRIPT, jpeg
from .pictures import WAYS_UP, a_photo, held, in_bytes, telling

KINDS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "HEIF": "heic"}


def taken(content: bytes, name: str = "IMG_0001.jpg") -> OurPicture:
    return photo(SimpleUploadedFile(name, content))


def opened(file: OurPicture) -> Image.Image:
    file.seek(0)
    return Image.open(io.BytesIO(file.read()))


def apart(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures are from each other, of 255."""
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


def assert_clean(file: OurPicture) -> None:
    """Nothing but a picture: of all the segments of a JPEG none that tells anything."""
    file.seek(0)
    content = file.read()
    for trace in (
        b"Exif",
        b"GPS",
        b"ICC_PROFILE",
        b"http://ns.adobe",
        b"Telephone",
        b"Photoshop",
        b"<script",
    ):
        assert trace not in content
    image = Image.open(io.BytesIO(content))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert not image.getexif()
    assert set(image.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way_up", WAYS_UP)
@pytest.mark.parametrize("as_bytes", [False, True], ids=["told", "turned by the file"])
def test_a_photo_comes_out_upright_clean_and_small(kind: str, way_up: int, as_bytes: bool) -> None:
    meant = a_photo()
    exif: Any = telling(way_up)
    # given bytes, HEIC's writer turns the picture in the file itself, as telephones do
    content = in_bytes(held(meant, way_up), kind, exif=exif.tobytes() if as_bytes else exif, quality=92)
    kept = taken(content, f"IMG_0001.{KINDS[kind]}")
    assert apart(opened(kept), meant) < 5
    assert_clean(kept)
    assert_clean(small(kept))
    assert (kept.size or 0) < 60_000


@pytest.mark.parametrize("ending", ["jpg", "JPG", "jpeg", "JPEG", "jfif"])
def test_the_endings_that_telephones_write_are_known(ending: str) -> None:
    assert opened(taken(jpeg(), f"照片 (1).{ending}")).size == (400, 300)


def test_a_large_photo_is_made_small_and_a_small_one_is_not_made_large() -> None:
    large = taken(in_bytes(a_photo((5000, 3000))))
    assert opened(large).size == (LONGEST_SIDE, LONGEST_SIDE * 3 // 5)
    assert opened(small(large)).size == SMALL
    assert (large.size or 0) < 700_000
    assert (small(large).size or 0) < 70_000
    little = taken(in_bytes(a_photo((120, 200))))
    assert opened(little).size == (120, 200)
    assert opened(small(little)).size == (120, 90)


class TestColours:
    def test_a_wide_gamut_becomes_ours_and_looks_the_same(self) -> None:
        """A profile with red and blue swapped shows whether profiles are heard at all."""
        meant = a_photo()
        lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
        kept = taken(in_bytes(meant, icc_profile=lab.tobytes(), quality=95))
        assert apart(opened(kept), meant) < 5
        assert_clean(kept)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
    def test_a_broken_profile_is_left_out(self, kind: str) -> None:
        content = in_bytes(a_photo(), kind, icc_profile=b"no profile" * 20)
        assert_clean(taken(content, f"a.{KINDS[kind]}"))

    def test_cmyk_grey_palette_and_16_bits_are_taken(self) -> None:
        meant = a_photo()
        assert apart(opened(taken(in_bytes(meant.convert("CMYK"), quality=95))), meant) < 8
        grey = meant.convert("L")
        assert apart(opened(taken(in_bytes(grey))), grey.convert("RGB")) < 5
        assert apart(opened(taken(in_bytes(grey, "PNG"), "a.png")), grey.convert("RGB")) < 5
        assert apart(opened(taken(in_bytes(meant.convert("P"), "PNG"), "a.png")), meant) < 20
        deep = grey.convert("I").point(lambda value: value * 257 + 0).convert("I;16")
        assert apart(opened(taken(in_bytes(deep, "PNG"), "a.png")), grey.convert("RGB")) < 5
        assert opened(taken(in_bytes(grey.convert("1"), "PNG"), "a.png")).mode == "RGB"

    def test_what_can_be_seen_through_lies_on_white(self) -> None:
        glass = Image.new("RGBA", (40, 30), (255, 0, 0, 0))
        for kind in ("PNG", "WEBP"):
            content = in_bytes(glass, kind, **({"lossless": True} if kind == "WEBP" else {}))
            assert opened(taken(content, f"a.{KINDS[kind]}")).getpixel((20, 15)) == (255, 255, 255)


class TestTelephones:
    def test_a_second_picture_behind_the_first_stays_behind(self) -> None:
        content = in_bytes(
            a_photo(), "MPO", save_all=True, append_images=[Image.new("RGB", (400, 300), "white")]
        )
        assert Image.open(io.BytesIO(content)).format == "MPO"
        kept = taken(content)
        assert apart(opened(kept), a_photo()) < 5
        assert_clean(kept)

    def test_a_film_or_notes_behind_the_picture_stay_behind(self) -> None:
        film = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 400
        for rest in (film, b"SEFT" + b"\0" * 90, b"\0" * 5_000, jpeg((80, 60))):
            kept = taken(jpeg() + rest)
            assert_clean(kept)
            assert (kept.size or 0) < 60_000

    def test_notes_in_the_picture_are_not_kept(self) -> None:
        kept = taken(in_bytes(a_photo(), comment=SCRIPT, xmp=b"<x:xmpmeta>Telephone</x:xmpmeta>"))
        assert_clean(kept)

    def test_progressive_and_moving_pictures_are_taken_as_they_begin(self) -> None:
        meant = a_photo()
        assert apart(opened(taken(in_bytes(meant, progressive=True))), meant) < 5
        after = [Image.new("RGB", (400, 300), "white")]
        moving = in_bytes(meant, "WEBP", save_all=True, append_images=after, quality=92)
        assert apart(opened(taken(moving, "a.webp")), meant) < 5
        moving = in_bytes(meant, "PNG", save_all=True, append_images=after)
        assert apart(opened(taken(moving, "a.png")), meant) < 5

    @pytest.mark.parametrize(
        "name",
        [
            "../../evil.jpg",
            "..\\..\\evil.jpg",
            "/etc/evil.jpg",
            f"{'长' * 1000}.jpg",
            "a\0.jpg",
            "a;b&c<d>.jpg",
            "evil.php.jpg",
        ],
    )
    def test_of_a_name_nothing_is_kept(self, name: str) -> None:
        kept = taken(jpeg(), name)
        assert kept.name is not None
        assert kept.name.isascii()
        assert len(kept.name) < 30
        assert "evil" not in kept.name
        assert "/" not in kept.name


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_in_words(what: str) -> None:
    name, made = HOSTILE[what]
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        taken(made(), name)
    assert "icture" in refused.value.messages[0]


def kept_files() -> set[Path]:
    roots = (Path(settings.MEDIA_ROOT), Path(settings.PRIVATE_ROOT))
    return {path for root in roots if root.exists() for path in root.rglob("*") if path.is_file()}


@pytest.mark.django_db
class TestThroughPages:
    @pytest.fixture
    def line(self) -> OrderLine:
        return accepted(an_order(PayBy.ON_DELIVERY, buyer=a_person())).lines.order_by("pk")[0]

    def send(self, client: Client, line: OrderLine, name: str, content: bytes) -> Any:
        facts = {"key": uuid.uuid4(), "line": line.pk, "what": "spoiled", "words": "烂了三斤"}
        file = SimpleUploadedFile(name, content, "image/jpeg")
        return client.post(f"/orders/{line.order.number}/complain/", facts | {"photos": [file]})

    def test_every_hostile_file_is_refused_at_its_field_and_none_is_kept(self, line: OrderLine) -> None:
        client, before, lot = signed_in(line.order.buyer), kept_files(), a_lot()
        for what, (name, made) in HOSTILE.items():
            content = made()
            answer = self.send(client, line, name, content)
            assert answer.status_code == 422, what
            assert answer.context["form"].errors.keys() == {"photos"}, what
            with pytest.raises(ValidationError):
                add_photo(lot, SimpleUploadedFile(name, content))
        assert not Complaint.objects.exists()
        assert not LotPhoto.objects.exists()
        assert kept_files() == before

    def test_a_long_name_is_told_shortly(self, line: OrderLine) -> None:
        answer = self.send(signed_in(line.order.buyer), line, f"{'x' * 900}.jpg", b"nothing")
        assert answer.status_code == 422
        assert len(answer.context["form"].errors["photos"][0]) < 200


MEASURED = """
import io, os, resource
from django.conf import settings
settings.configure(USE_I18N=False)
from django.core.files.uploadedfile import SimpleUploadedFile
from marketplace.pictures import MAX_PIXELS, photo, small
from tests.shared.pictures import a_photo, in_bytes

size = (8600, 5800)
assert MAX_PIXELS * 0.99 < size[0] * size[1] < MAX_PIXELS
content = in_bytes(a_photo(size).convert({mode!r}), {kind!r}, **{how!r})
# a child begins anew to count what it takes
if not os.fork():
    small(photo(SimpleUploadedFile({name!r}, content)))
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(used)
    os._exit(0)
assert os.wait()[1] == 0
"""


@pytest.mark.parametrize(
    ("kind", "mode", "name", "how"),
    [
        ("JPEG", "RGB", "a.jpg", {"quality": 60}),
        ("JPEG", "CMYK", "a.jpg", {"quality": 40}),
        ("PNG", "RGBA", "a.png", {"compress_level": 3}),
    ],
)
def test_fifty_million_pixels_take_a_bounded_memory(
    kind: str, mode: str, name: str, how: dict[str, int]
) -> None:
    """Measured in a process of its own: what a server has to spare for one photo, in MB."""
    script = MEASURED.format(kind=kind, mode=mode, name=name, how=how)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 700
