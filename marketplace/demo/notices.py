"""Notices of the demo, in both languages: invented, and said to be so in their first line. `{year}` is the paper's."""

from __future__ import annotations

from typing import NamedTuple


class Paper(NamedTuple):
    title: str
    office: str
    paragraphs: tuple[str, ...]


class Notice(NamedTuple):
    slug: str
    number: str
    days_ago: int
    zh: Paper
    en: Paper


SAID_ZH = "演示文本，并非正式公文；单位、文号与数字均为虚构。"
SAID_EN = "Text for demonstration, not an official paper: offices, numbers and figures are invented."

OFFICE = ("定州市消费帮扶工作专班（示例）", "Consumption Aid Task Force (sample)")
FINANCE = ("定州市财政部门（示例）", "City Finance Office (sample)")
FORESTRY = ("定州市林业服务站（示例）", "Forestry Service Station (sample)")

NOTICES: tuple[Notice, ...] = (
    Notice(
        "weekly-needs-of-canteens",
        "演示〔{year}〕12 号",
        5,
        Paper(
            "关于机关、学校和医院食堂每周集中申报需求的通知",
            OFFICE[0],
            (
                "各预算单位食堂：为使农户早知道、早准备，请于每周三 17:00 前申报下一周的需求，写明品类、数量和送货日期。",
                "一个单位的需求可由多户共同供应。发运单按村生成，随车一份，食堂按实收数量逐行验收；短少部分不计入台账，也不付款。",
                "对鲜活品类，请在申报时注明可替换的品类。确需取消的，请在发运之前取消。",
            ),
        ),
        Paper(
            "Weekly needs of office, school and hospital canteens",
            OFFICE[1],
            (
                "To all canteens of budget units: so that households can prepare, state next week's needs by Wednesday, "
                "17:00, with product, quantity and day of delivery.",
                "One unit's needs may be met by several households. There is a consignment for each village; the canteen "
                "accepts line by line what it has really received. What is short is neither entered nor paid.",
                "For perishables, name what may stand in. If you must cancel, do so before the goods have left.",
            ),
        ),
    ),
    Notice(
        "reserved-share",
        "演示财〔{year}〕7 号",
        38,
        Paper(
            "关于填报年度食堂食材采购预算和预留份额的通知",
            FINANCE[0],
            (
                "有食堂的预算单位应填报全年食堂食材采购预算，并按不低于 10% 的比例预留，用于采购脱贫地区农副产品。",
                "没有食堂的单位请标明“无食堂”，不需预留；几个单位合用一个食堂的，由其中一个单位统一填报；"
                "食堂外包的，请将采购权限授予承办企业。工会和职工自愿购买的，计入本单位完成额。",
                "填报情况由财政部门审核，完成进度每月公布一次，对进度偏慢的单位予以提醒。",
            ),
        ),
        Paper(
            "Filing the year's canteen budget and reserved share",
            FINANCE[1],
            (
                "Budget units with a canteen file their food budget for the year and reserve at least 10% of it for produce "
                "from areas lifted out of poverty.",
                "A unit without a canteen says so and owes nothing; units that share one name one of them to file for all; "
                "where a contractor runs the canteen, give it the right to buy for you. What the trade union and staff buy "
                "counts for the unit.",
                "The finance office checks the filings, publishes progress every month, and reminds units that are behind.",
            ),
        ),
    ),
    Notice(
        "green-channel-for-saplings",
        "演示林〔{year}〕4 号",
        66,
        Paper(
            "苗木运输绿色通道办理须知",
            FORESTRY[0],
            (
                "农户自产的绿化苗木，成交后由乡镇统一代办产地检疫证和植物检疫证书，农户不跑路、不交费。",
                "起苗时间一般为 3 月、4 月和 10 月、11 月。请买家在上架信息里核对胸径、树高和冠幅，必要时可到苗圃看苗。",
                "装车前请核对株数，到货后当天验收；土球散、主根断的，可当场退回，台账即时冲正。",
            ),
        ),
        Paper(
            "The green channel for saplings: what to know",
            FORESTRY[1],
            (
                "For saplings that households have grown themselves, the town obtains the certificates of origin and plant "
                "health once they are sold. Households neither travel nor pay for them.",
                "Trees are lifted in March and April, and in October and November. Buyers compare trunk, height and crown "
                "with the listing, and may come to the nursery to look.",
                "Count before loading and accept on the day of arrival. Broken root balls may be given back at once; the "
                "ledger is corrected the same moment.",
            ),
        ),
    ),
    Notice(
        "weights-and-payment",
        "演示〔{year}〕9 号",
        95,
        Paper(
            "关于按实收数量验收和结算的说明",
            OFFICE[0],
            (
                "所有订单以收货方过秤或点数的实收数量为准，单价为下单时的价格，金额四舍五入到分，只计算一次。",
                "单位挂账的订单按月出对账单，次月 10 日前核对无误后付款；居民订单可货到付款或在线支付，少收的部分原路退回。",
                "对数量有异议的，请在三日内提出。更正一律以冲正分录记录，原分录不改、不删。",
            ),
        ),
        Paper(
            "Accepting and paying for what was really received",
            OFFICE[1],
            (
                "What counts is the quantity weighed or counted by whoever receives the goods, at the price of the day of "
                "the order. Amounts are rounded to the fen, once.",
                "Orders on account are put into a monthly statement and paid once it has been checked. Residents pay on "
                "delivery or online; what was short is given back the way it was paid.",
                "Objections are welcome within three days. A correction is an entry of its own: no entry is ever changed "
                "or deleted.",
            ),
        ),
    ),
    Notice(
        "consent-to-be-shown",
        "",
        140,
        Paper(
            "农户信息公开须知",
            OFFICE[0],
            (
                "集市只公开农户所在的乡镇、村和姓氏，并且须经本人同意。电话、身份证号和银行账号加密保存，不对外显示。",
                "同意可以随时收回：告诉帮扶责任人，或拨打页面下方的电话，当天生效，不影响已经上架的农产品销售。",
            ),
        ),
        Paper(
            "What is shown of households",
            OFFICE[1],
            (
                "The market shows a household's town, village and family name, and only with its consent. Phone, identity "
                "number and bank account are stored encrypted and never shown.",
                "Consent can be taken back at any time: tell the village officer or ring the number at the foot of the "
                "page. It holds from that day on, and goods already listed go on being sold.",
            ),
        ),
    ),
)
