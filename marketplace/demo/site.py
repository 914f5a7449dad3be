"""What an editor has put on the demo's site: menu and warm-heart supermarkets. The supermarkets are invented."""

from __future__ import annotations

from typing import NamedTuple

MENU = (
    {"name": "集市", "name_en": "Shop", "address": "/shop/"},
    {"name": "苗木", "name_en": "Saplings", "address": "/shop/?kind=sapling"},
    {"name": "台账", "name_en": "Ledger", "address": "/ledger/"},
    {"name": "故事", "name_en": "Stories", "address": "/stories/"},
)


class Supermarket(NamedTuple):
    name: str
    name_en: str
    town: str
    address: str
    address_en: str
    hours: str
    hours_en: str
    goods: str
    goods_en: str


SHOPS = (
    Supermarket(
        "高蓬镇励志暖心超市",
        "Gaopeng Warm-heart Supermarket",
        "高蓬镇",
        "示例村党群服务中心一层",
        "Ground floor of the village service centre (a sample address)",
        "周二、周五 8:30–11:30",
        "Tuesday and Friday, 8:30–11:30",
        "米面油、洗衣液、毛巾、学生文具、棉被",
        "Rice, flour and oil, washing liquid, towels, school things, quilts",
    ),
    Supermarket(
        "东亭镇励志暖心超市",
        "Dongting Warm-heart Supermarket",
        "东亭镇",
        "示例村文化广场东侧",
        "East side of the village square (a sample address)",
        "周三、周六 14:00–17:00",
        "Wednesday and Saturday, 14:00–17:00",
        "食盐酱油、暖水壶、小农具、童装、书包",
        "Salt and soy sauce, flasks, hand tools, children's clothes, school bags",
    ),
)

SHOPS_BLOCK = {
    "zh-hans": {
        "heading": "励志暖心超市",
        "text": "参加村里劳动、把院子收拾干净、帮邻里一把，都能记分；攒下的积分，到这里换东西。",
    },
    "en": {
        "heading": "Warm-heart supermarkets",
        "text": "Work for the village, a tidy yard, a hand for a neighbour: each earns points, and points buy goods here.",
    },
}
