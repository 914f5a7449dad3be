"""What the tests of workbooks in the browser share."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from farmers.registry.models import Town
from farmers.workbooks.models import WorkbookUpload
from farmers.workbooks.reading import facts_of
from marketplace.access.models import User
from tests.makers import an_officer, signed_in
from tests.stock.workbooks import a_table

HOME = "/officer/workbook/"
GOOD: list[object] = ["高蓬镇", "南李村", "李国庆", "13928816302", "土豆", 800, "公斤", 2.4]
BAD: list[object] = ["高蓬镇", "南李村", "张玉梅", "13928816303", "红薯", "约500斤", "斤", 1.1]
FAR: list[object] = ["东亭镇", "翟城村", "马志强", "13928816304", "大葱", 2, "吨", 900]
# of `a_table`'s columns
TOWN, VILLAGE, NAME, PHONE, PRODUCT, QUANTITY, UNIT, PRICE = range(1, 9)


def town_officer(town: str = "高蓬镇") -> User:
    return an_officer(Town.objects.get(name=town))


def send(client: Client, data: bytes, name: str = "台账.xlsx") -> Any:
    return client.post(HOME, {"file": SimpleUploadedFile(name, data)})


def sent(user: User, data: bytes | list[list[object]]) -> tuple[Client, WorkbookUpload]:
    """A workbook sent, read to its end, and its preview's upload."""
    client = signed_in(user)
    response = send(client, data if isinstance(data, bytes) else a_table(data))
    assert response.status_code == 302, response.content.decode()
    return client, read(client, WorkbookUpload.objects.latest("pk"))


def read(client: Client, upload: WorkbookUpload) -> WorkbookUpload:
    page: Any = client.get(f"{HOME}{upload.uuid}/reading/")
    if page.status_code == 200:
        b"".join(page.streaming_content)
    upload.refresh_from_db()
    return upload


def rows(upload: WorkbookUpload, fate: str = "") -> list[dict[str, Any]]:
    return [row for row in facts_of(upload)["rows"] if not fate or row["fate"] == fate]


def form_of(upload: WorkbookUpload, number: int, cells: dict[int, str] | None = None) -> dict[str, str]:
    """What the page of row `number` sends when these cells are typed anew."""
    (row,) = (row for row in rows(upload) if row["row"] == number)
    texts = row["cells"] | {str(column): text for column, text in (cells or {}).items()}
    return {
        f"seen-{row['id']}": row["seen"],
        **{f"cell-{row['id']}-{column}": text for column, text in texts.items()},
    }


def mend(client: Client, upload: WorkbookUpload, number: int, cells: dict[int, str]) -> Any:
    response = client.post(f"{HOME}{upload.uuid}/mend/", form_of(upload, number, cells))
    upload.refresh_from_db()
    return response


def load(client: Client, upload: WorkbookUpload, **more: str) -> Any:
    form = {"loads": upload.numbers["loads"], "good_alone": "1"} | more
    response = client.post(f"{HOME}{upload.uuid}/load/", form)
    upload.refresh_from_db()
    return response


def kept_files() -> list[str]:
    folder = settings.PRIVATE_ROOT / "workbooks"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []
