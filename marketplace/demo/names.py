"""What the demo's city is made of, as plain data. All of it is invented but the towns, which migrations load."""

from __future__ import annotations

from typing import NamedTuple

from farmers.ledger.kinds import BuyerKind
from marketplace.access.models import Role

# of the household that the account `seller` belongs to; no such number is given out
SELLERS_PHONE = "19900000001"
# on the card of that account
SELLERS_CARD = "card-of-the-demo-s-seller"
PASSWORD = "dingzhou-2020"  # noqa: S105 - printed by the command, and refused in production

# each account is named for its role
ACCOUNTS: tuple[Role, ...] = tuple(Role)

# where the accounts `seller` and `officer` are at home, and what the seller grows: something in every month
HOME_TOWN = "gaopeng"
SELLER_GROWS = (
    "dabaicai", "tudou", "hongshu", "huluobo", "jidan", "xiaomi", "huasheng", "yumimian", "xihongshi", "huanggua",
    "jiucai", "mianfen",
)  # fmt: skip


class VillageFact(NamedTuple):
    """An invented village. `trade` names what most of its families live by (see TRADES)."""

    town: str
    name: str
    name_en: str
    trade: str


class UnitFact(NamedTuple):
    """An invented buyer organisation. `appetite` says how much it buys, in percent of a middling one."""

    slug: str
    name: str
    name_en: str
    kind: str
    address: str
    contact: str
    appetite: int


class PickupFact(NamedTuple):
    town: str
    name: str
    name_en: str
    address: str
    hours: str


# a trade is the categories a family grows
TRADES: dict[str, tuple[str, ...]] = {
    "vegetables": ("leafy", "roots", "fruiting"),
    "orchard": ("fruit",),
    "nursery": ("saplings",),
    "flowers": ("flowers", "saplings"),
    "grain": ("grain", "roots"),
    "poultry": ("livestock",),
    "mushrooms": ("mushrooms", "leafy"),
}

VILLAGES: tuple[VillageFact, ...] = (
    VillageFact("gaopeng", "柳溪村", "Liuxi Village", "vegetables"),
    VillageFact("gaopeng", "枣林庄村", "Zaolinzhuang Village", "orchard"),
    VillageFact("gaopeng", "北禾村", "Beihe Village", "grain"),
    VillageFact("dongting", "杏花营村", "Xinghuaying Village", "vegetables"),
    VillageFact("dongting", "南畦村", "Nanqi Village", "vegetables"),
    VillageFact("dongting", "槐荫村", "Huaiyin Village", "nursery"),
    VillageFact("qingfengdian", "清泉铺村", "Qingquanpu Village", "vegetables"),
    VillageFact("qingfengdian", "苗圃庄村", "Miaopuzhuang Village", "nursery"),
    VillageFact("pangcun", "青禾庄村", "Qinghezhuang Village", "vegetables"),
    VillageFact("pangcun", "翠林村", "Cuilin Village", "nursery"),
    VillageFact("daxinzhuang", "绿野庄村", "Lüyezhuang Village", "nursery"),
    VillageFact("daxinzhuang", "花园营村", "Huayuanying Village", "flowers"),
    VillageFact("mingyuedian", "望月村", "Wangyue Village", "grain"),
    VillageFact("mingyuedian", "白果树村", "Baiguoshu Village", "nursery"),
    VillageFact("dingningdian", "辣子庄村", "Lazizhuang Village", "vegetables"),
    VillageFact("dingningdian", "东篱村", "Dongli Village", "flowers"),
    VillageFact("zhuanlu", "麦香村", "Maixiang Village", "grain"),
    VillageFact("liuzao", "早春村", "Zaochun Village", "vegetables"),
    VillageFact("dongwang", "向阳坡村", "Xiangyangpo Village", "orchard"),
    VillageFact("xingyi", "沙河湾村", "Shahewan Village", "grain"),
    VillageFact("liqingu", "蜂巢庄村", "Fengchaozhuang Village", "poultry"),
    VillageFact("ziwei", "菇房村", "Gufang Village", "mushrooms"),
    VillageFact("kaiyuan", "梨花庄村", "Lihuazhuang Village", "orchard"),
    VillageFact("zhoucun", "鸡鸣庄村", "Jimingzhuang Village", "poultry"),
    VillageFact("xizhong", "薯乡村", "Shuxiang Village", "grain"),
    VillageFact("dongliuchun", "留春营村", "Liuchunying Village", "orchard"),
    VillageFact("haotouzhuang", "牧羊村", "Muyang Village", "poultry"),
    VillageFact("yangjiazhuang", "杨柳青庄村", "Yangliuqingzhuang Village", "nursery"),
    VillageFact("daluzhuang", "鹿苑村", "Luyuan Village", "vegetables"),
    VillageFact("xicheng", "西园子村", "Xiyuanzi Village", "mushrooms"),
)

HOUSEHOLDS = 200

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马胡朱郭何林高郑罗梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
GIVEN = (
    "大山", "春生", "秋菊", "玉兰", "满仓", "守田", "桂芬", "长河", "石头", "麦收", "书林", "水生", "金锁", "腊梅",
    "福来", "冬青", "喜悦", "凤霞", "有粮", "青山", "素云", "树根", "彩莲", "平安", "立夏", "新苗", "红梅", "双喜",
    "丰年", "兰香", "老实", "存粮", "二妮", "铁柱", "巧珍", "谷雨", "小满", "锁柱", "月娥", "白露", "根生", "淑贤",
)  # fmt: skip
OFFICER_GIVEN = (
    "志远",
    "晓光",
    "文静",
    "海涛",
    "雪松",
    "建业",
    "思源",
    "立群",
    "明亮",
    "向前",
    "雅琴",
    "致和",
)

UNITS: tuple[UnitFact, ...] = (
    UnitFact("no-9-school", "定州市第九示范中学食堂（示例）", "Dingzhou No. 9 Model Middle School Canteen (sample)",
        BuyerKind.CANTEEN, "定州市示例路 9 号 学校食堂收货口", "食堂采购 陈老师", 150),
    UnitFact("hospital", "定州市示例医院职工食堂", "Dingzhou Sample Hospital Staff Canteen",
        BuyerKind.CANTEEN, "定州市示例路 20 号 医院后门", "后勤科", 170),
    UnitFact("city-hall", "定州市机关事务食堂（示例）", "Dingzhou City Offices Canteen (sample)",
        BuyerKind.CANTEEN, "定州市示例大街 1 号 机关食堂", "机关食堂 库房", 120),
    UnitFact("finance", "定州市示例财税大院食堂", "Dingzhou Sample Finance and Tax Canteen",
        BuyerKind.CANTEEN, "定州市示例大街 8 号", "食堂 收货员", 60),
    UnitFact("primary", "定州市向阳示范小学食堂（示例）", "Xiangyang Model Primary School Canteen (sample)",
        BuyerKind.CANTEEN, "定州市向阳示例街 3 号", "食堂 管理员", 80),
    UnitFact("college", "定州职业示范学院第一食堂（示例）", "Dingzhou Vocational Model College Canteen 1 (sample)",
        BuyerKind.CANTEEN, "定州市学院示例路 66 号", "饮食中心", 130),
    UnitFact("green-home", "冀中绿家园苗木有限公司（示例）", "Jizhong Green Home Nursery Co. (sample)",
        BuyerKind.NURSERY, "定州市苗木示例园区 12 号", "苗木采购部", 130),
    UnitFact("north-forest", "北方林韵园林工程公司（示例）", "North Forest Landscape Co. (sample)",
        BuyerKind.NURSERY, "保定市示例工业园 5 号", "工程部", 90),
    UnitFact("paired-works", "同心帮扶示例制造厂", "Tongxin Paired Works (sample)",
        BuyerKind.ENTERPRISE, "定州市经济开发示例区 18 号", "工会", 100),
    UnitFact("paired-foods", "百姓仓示例粮油公司", "Baixingcang Paired Grain Co. (sample)",
        BuyerKind.ENTERPRISE, "定州市经济开发示例区 30 号", "采购部", 80),
)  # fmt: skip

# the accounts `canteen` and `approver` act for the first, `nursery` for the second
CANTEEN_UNIT, NURSERY_UNIT = "no-9-school", "green-home"

PICKUP_POINTS: tuple[PickupFact, ...] = (
    PickupFact("beichengqu", "北城便民服务站（示例）", "Beicheng Service Point (sample)", "北城区街道示例街 2 号", "8:00–18:00"),
    PickupFact("nanchengqu", "南城便民服务站（示例）", "Nancheng Service Point (sample)", "南城区街道示例街 15 号", "8:00–18:00"),
    PickupFact("xichengqu", "西城便民服务站（示例）", "Xicheng Service Point (sample)", "西城区街道示例街 7 号", "8:30–18:00"),
    PickupFact("changanlu", "长安路便民服务站（示例）", "Chang'anlu Service Point (sample)", "长安路街道示例街 40 号", "8:30–19:00"),
    PickupFact("gaopeng", "高蓬镇暖心超市（示例）", "Gaopeng Warm-heart Shop (sample)", "高蓬镇示例街 1 号", "8:00–17:30"),
    PickupFact("dongting", "东亭镇暖心超市（示例）", "Dongting Warm-heart Shop (sample)", "东亭镇示例街 6 号", "8:00–17:30"),
)  # fmt: skip

CITIZENS = 24  # besides the account `citizen`
STREETS = ("示例街", "槐花示例巷", "示例西路", "书院示例街", "塔下示例胡同")
STOPS = ("到镇集货点，装车完毕", "过市区中转站", "到收货点附近，预计半小时内到")
SHORT_NOTES = ("过秤少了一些，已当面说明", "路上有破损，按实收", "秤头差一点，双方认可")
RETURN_REASONS = ("有几株根系受损，退回", "有压伤，退回一部分", "多收了，退回")
CANCEL_REASONS = ("食堂停伙，取消", "改天再买", "地址填错了，重新下单")
LOT_NOTES = (
    "自家地里种的，当天采当天装。", "家里两位老人打理，量不大，实在。", "没打蜡，个头不齐，味道好。", "村口能停车，可上门拉。",
    "装袋按 50 斤一袋。", "下雨天不采，顺延一天。", "", "", "",
)  # fmt: skip
SAPLING_NOTES = (
    "带土球，可代办检疫证。",
    "可先看苗，起苗前一天打电话。",
    "小车能进地头。",
    "一棵起卖，量大可分批起苗。",
    "",
)
GRADES = ("一级", "二级", "统货", "精选", "")
