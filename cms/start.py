"""The pages every site starts with, in both languages: what an editor rearranges on the first day."""

from __future__ import annotations

import json
import uuid
from typing import Any

LANGUAGES = ("zh-hans", "en")
HOME_SLUGS = {"zh-hans": "home", "en": "home-en"}
TITLES = {
    "home": {"zh-hans": "定州助农集市", "en": "Dingzhou Harvest Market"},
    "stories": {"zh-hans": "乡亲故事", "en": "Stories"},
    "notices": {"zh-hans": "通知公告", "en": "Notices"},
    "help": {"zh-hans": "帮助", "en": "Help"},
}
INTROS = {
    "stories": {
        "zh-hans": "种地的人、地里的事。每一篇都经本人同意。",
        "en": "The people who grow the food. Each story is told with their consent.",
    },
    "notices": {
        "zh-hans": "市里关于消费帮扶、集中采购和苗木调运的通知与办法。",
        "en": "What the city's offices say about buying from households, canteens and saplings.",
    },
    "help": {
        "zh-hans": "买、送、退、付款和隐私：常被问到的，都在这里。",
        "en": "Buying, delivery, returns, payment and privacy: what people often ask.",
    },
}

_HOME: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "zh-hans": [
        (
            "hero",
            {
                "heading": "村里的好收成，直接到您的餐桌",
                "text": "农户没卖完的蔬菜、粮食和待移栽的苗木，由村里核对后上架。买走的每一斤、付出的每一分，都记进公开台账。",
                "link": {"text": "看看今天有什么", "address": "/shop/"},
                "image": None,
                "drawing": "dabaicai",
            },
        ),
        ("categories", {"heading": "按种类找"}),
        ("featured", {"heading": "新上架", "rule": "newest", "count": 8, "products": []}),
        ("figures", {"heading": "今年以来"}),
        ("featured", {"heading": "趁鲜吃", "rule": "soon", "count": 4, "products": []}),
        ("season", {"heading": "当季时令", "count": 6}),
        ("featured", {"heading": "苗木", "rule": "saplings", "count": 4, "products": []}),
        ("stories", {"heading": "乡亲故事", "count": 3}),
        ("notices", {"heading": "通知公告", "count": 4}),
        (
            "call",
            {
                "heading": "给食堂采购？",
                "text": "在集市选货，各村分别送到，当面过秤，按实收数量挂账。",
                "link": {"text": "去食堂采购", "address": "/canteen/"},
            },
        ),
    ],
    "en": [
        (
            "hero",
            {
                "heading": "A good harvest, straight from the village",
                "text": "Vegetables and grain that did not sell, saplings that wait for a garden: checked in the village, "
                "then listed here. Every jin and every fen goes into a public ledger.",
                "link": {"text": "See what is there today", "address": "/shop/"},
                "image": None,
                "drawing": "dabaicai",
            },
        ),
        ("categories", {"heading": "By kind"}),
        ("featured", {"heading": "Newly listed", "rule": "newest", "count": 8, "products": []}),
        ("figures", {"heading": "This year so far"}),
        ("featured", {"heading": "Best eaten soon", "rule": "soon", "count": 4, "products": []}),
        ("season", {"heading": "In season", "count": 6}),
        ("featured", {"heading": "Saplings", "rule": "saplings", "count": 4, "products": []}),
        ("stories", {"heading": "Stories", "count": 3}),
        ("notices", {"heading": "Notices", "count": 4}),
        (
            "call",
            {
                "heading": "Buying for a canteen?",
                "text": "Choose in the shop; each village brings its part; what was weighed goes on the unit's account.",
                "link": {"text": "To the canteen's page", "address": "/canteen/"},
            },
        ),
    ],
}


def home_body(language: str) -> str:
    """The blocks of the first home page, as a StreamField stores them; the same ids on every site."""
    return json.dumps(
        [
            {
                "type": kind,
                "value": value,
                "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{language}/{place}/{kind}")),
            }
            for place, (kind, value) in enumerate(_HOME[language])
        ]
    )
