"""What an editor has put on the demo's site: menu, supermarkets (invented ones), help, and a landing page."""

from __future__ import annotations

from typing import Any, NamedTuple

MENU = (
    {"name": "集市", "name_en": "Shop", "address": "/shop/"},
    {"name": "苗木", "name_en": "Saplings", "address": "/spring/"},
    {"name": "台账", "name_en": "Ledger", "address": "/ledger/"},
    {"name": "故事", "name_en": "Stories", "address": "/stories/"},
    {"name": "帮助", "name_en": "Help", "address": "/help/"},
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


class Topic(NamedTuple):
    """A help page: its title, and questions with their answers."""

    slug: str
    zh: tuple[str, tuple[tuple[str, str], ...]]
    en: tuple[str, tuple[tuple[str, str], ...]]


HELP = (
    Topic(
        "buying",
        (
            "购买与付款",
            (
                (
                    "“斤”是多少？",
                    "一斤是 500 克。蔬菜和粮食按斤卖，苗木按株、花卉按盆卖；商品页上也写着每公斤的价钱。",
                ),
                (
                    "怎么付款？",
                    "可以货到付款；开通网上支付后也可以在线付。单位食堂按月对账，凭对账单结算。",
                ),
                (
                    "钱到了农户手里吗？",
                    "验收以后，按实收的数量记进公开台账，再由财务结给农户。每一斤、每一分都能在“台账”里查到。",
                ),
            ),
        ),
        (
            "Buying and paying",
            (
                (
                    "How much is a jin?",
                    "One jin is 500 grams. Vegetables and grain are sold by the jin, saplings by the plant, flowers "
                    "by the pot; an offer also tells the price of a kilogram.",
                ),
                (
                    "How do I pay?",
                    "On delivery, or online where the market offers it. Canteens pay a monthly statement.",
                ),
                (
                    "Does the money reach the household?",
                    "After acceptance what was really weighed goes into the public ledger, and the cashier pays the "
                    "household. Every jin and every fen can be looked up under Ledger.",
                ),
            ),
        ),
    ),
    Topic(
        "delivery",
        (
            "送货、退货与隐私",
            (
                (
                    "什么时候能收到？",
                    "结账时可以选送货日期。村里收齐当天装车，订单页上能看到走到了哪一步。",
                ),
                (
                    "少了、坏了怎么办？",
                    "验收时按实际收到的填，只付实收的钱。过后发现问题，在订单页申请退货，或者写信给我们。",
                ),
                (
                    "我的电话谁能看到？",
                    "只有送货的人和处理订单的人。电话和地址在数据库里是加密的。农户也一样：本人同意了才出现在页面上，名字只露一个姓。",
                ),
            ),
        ),
        (
            "Delivery, returns and privacy",
            (
                (
                    "When will it arrive?",
                    "You choose the day at checkout. The village loads on the day the goods are gathered, and the "
                    "order's page shows how far they have come.",
                ),
                (
                    "What if something is missing or spoiled?",
                    "At acceptance you enter what really arrived, and pay for that alone. If you find out later, ask "
                    "for a return on the order's page, or write to us.",
                ),
                (
                    "Who sees my telephone number?",
                    "Those who bring the goods and those who deal with the order. Telephone and address are encrypted "
                    "in the database. Households too are shown only with their consent, by family name alone.",
                ),
            ),
        ),
    ),
)

Block = tuple[str, dict[str, Any]]
LANDING_SLUG = "spring"
LANDING: dict[str, tuple[str, list[Block]]] = {
    "zh-hans": (
        "春季苗木",
        [
            (
                "hero",
                {
                    "heading": "开春栽树，先看村里的苗",
                    "text": "国槐、白蜡、海棠，都是农户自家地里育的。三四月起苗，带土球，走绿色通道。",
                    "link": {"text": "看全部苗木", "address": "/shop/?kind=sapling"},
                    "image": None,
                    "drawing": "guohuai",
                },
            ),
            ("featured", {"heading": "现在能订的苗", "rule": "saplings", "count": 8, "products": []}),
            ("season", {"heading": "什么时候起苗、什么时候上市", "count": 6}),
            (
                "call",
                {
                    "heading": "要得多，或要特别的规格？",
                    "text": "写明树种、胸径和棵数，我们到村里去问。",
                    "link": {"text": "写信给我们", "address": "/contact/"},
                },
            ),
        ],
    ),
    "en": (
        "Saplings in spring",
        [
            (
                "hero",
                {
                    "heading": "Planting this spring? Begin with the villages' own trees",
                    "text": "Pagoda tree, ash and crab apple, raised on the households' own land. Lifted in March and "
                    "April with their soil, sent by the green channel.",
                    "link": {"text": "See all saplings", "address": "/shop/?kind=sapling"},
                    "image": None,
                    "drawing": "guohuai",
                },
            ),
            ("featured", {"heading": "To be had now", "rule": "saplings", "count": 8, "products": []}),
            ("season", {"heading": "When they are lifted, and what is harvested", "count": 6}),
            (
                "call",
                {
                    "heading": "Many, or of a certain size?",
                    "text": "Tell us species, trunk diameter and number, and we ask in the villages.",
                    "link": {"text": "Write to us", "address": "/contact/"},
                },
            ),
        ],
    ),
}
