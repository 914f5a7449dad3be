"""Who is watched over in the demo: incomes that officers know of, warnings in every state, problems of the "four ones"."""

from __future__ import annotations

import datetime as dt
import uuid
from random import Random

from farmers.monitoring.handle import take_step
from farmers.monitoring.models import OtherIncome, Rule, RuleKind, State, Warning, YearlyLine
from farmers.monitoring.problems import NewItem, NewProblem, close_problem, open_problem, tick
from farmers.monitoring.watch import watch
from farmers.registry.models import WATCHED_KINDS, HouseholdMark, Town
from marketplace.access.models import User
from marketplace.days import last_months

from .people import City
from .plans import moment

# no figure of any government's: each city enters what its province publishes
LINE_FEN, SOURCE = 800_000, "示例数额，不是政府公布的标准；请录入本省当年的文件"
# the first round was so long ago, and is worked off since
DAYS_AGO = 24
KINDS = OtherIncome.Kind
# per head and month, in yuan: what a family lives on besides its sales
LEAST, MOST = 380, 1_100

CHECKED = (
    "到户看了，地里还有没卖完的，老人在家带孩子。",
    "电话打不通，上门见到人，近来身体不好，地没种全。",
    "入户核实，今年雨水多，收成少。",
)
MEASURE = (
    "联系学校食堂下周收一批，镇里派车。",
    "报名公益岗位，十五日前上岗。",
    "农技站来人看了，补种一茬越冬菜。",
)
CLOSED = ("货卖出去了，连着两个月有收入。", "核实后收入没有少，是记在儿子名下。", "已上岗，按月有工资。")
REOPENED = "家里又有人住院，重新看。"


def watch_over(city: City) -> int:
    """How many warnings there are."""
    began = moment(city.day - dt.timedelta(days=DAYS_AGO), 2, 0)
    YearlyLine.objects.create(
        year=city.day.year - 1, line_fen=LINE_FEN, source=SOURCE, by=city.users["official"], at=began
    )
    _incomes(city)
    # what is unsold today was not so then, and whose silence is long is found this morning
    later = Rule.objects.filter(kind__in=[RuleKind.UNSOLD, RuleKind.SILENT])
    later.update(on=False)
    watch(began.date(), at=began)
    later.update(on=True)
    _work_off(city, began)
    watch(city.day, at=min(moment(city.day, 2, 0), city.now))
    _problems(city)
    return Warning.objects.count()


def _incomes(city: City) -> None:
    """Of the families that are watched, and of every fourth besides, the last fourteen months."""
    marks = HouseholdMark.objects.filter(kind__in=WATCHED_KINDS, until=None)
    watched = set(marks.values_list("household", flat=True))
    rng = Random("dingzhou: incomes")
    first = last_months(city.day, 14)[0]
    at = moment(city.day - dt.timedelta(days=DAYS_AGO + 20), 15, 0)
    rows = []
    for n, household in enumerate(city.households):
        yuan = rng.randrange(LEAST, MOST) * (household.members or 1) * 14
        kind = rng.choice((KINDS.WAGE, KINDS.WAGE, KINDS.TRANSFER, KINDS.PROPERTY))
        burden = rng.randrange(2_000, 9_000) if rng.random() < 0.2 else 0
        if household.pk not in watched and n % 4:
            continue
        facts = {"household": household, "by": city.officers[household.village.town_id], "at": at}
        rows.append(
            OtherIncome(
                **facts, kind=kind, amount_fen=yuan * 100, first_month=first, months=14, source="入户核实"
            )
        )
        if burden:
            rows.append(
                OtherIncome(**facts, kind=KINDS.BURDEN, amount_fen=burden * 100,
                            first_month=last_months(city.day, 4)[0], source="住院票据")
            )  # fmt: skip
    OtherIncome.objects.bulk_create(rows)


def _work_off(city: City, began: dt.datetime) -> None:
    """Each third of a town's warnings is closed, one opened again, and some wait for longer than they may."""
    place = {household.pk: n for n, household in enumerate(city.households)}
    town_of = {household.pk: household.village.town_id for household in city.households}
    seen: dict[int, int] = {}
    for one in sorted(Warning.objects.all(), key=lambda one: (place[one.household_id], one.kind)):
        town = town_of[one.household_id]
        number = seen[town] = seen.get(town, -1) + 1
        by = city.officers[town]
        for days, to, words, reason in _way(number):
            at = began + dt.timedelta(days=days, hours=7 + number % 5, minutes=7 * number % 60)
            take_step(one.pk, to, words, by, reason=reason, at=at)


def _way(number: int) -> list[tuple[int, State, str, str]]:
    """The steps of a town's warning: after how many days, where to, in which words, and the reason of an end."""
    checked = (3, State.CHECKED, CHECKED[number % 3], "")
    measure = (9, State.MEASURE, MEASURE[number % 3], "")
    lifted = (20, State.CLOSED, CLOSED[number % 3], "lifted")
    return {
        0: [checked, measure],
        1: [checked],
        2: [checked, measure, lifted],
        3: [],
        4: [checked, (12, State.CLOSED, CLOSED[1], "no_risk"), (19, State.REOPENED, REOPENED, "")],
        5: [checked, measure, lifted],
    }[number % 6]


def _problems(city: City) -> None:
    official, officer = city.users["official"], city.users["officer"]
    home = city.households[0].village.town
    mine = Warning.objects.filter(household__village__town=home).exclude(state=State.CLOSED)
    place = {household.pk: n for n, household in enumerate(city.households)}
    came_of = min(mine, key=lambda one: (place[one.household_id], one.kind), default=None)
    _problem(
        city,
        NewProblem(
            "秋菜集中上市，几户卖不动", "连着三周没有食堂来收，冷库已满。", "示例副市长", "农业农村局（示例）",
            "产销对接专班：农业农村局、商务局、镇政府各一人", city.day - dt.timedelta(days=3), home, came_of,
        ),
        [
            NewItem("problem", "摸清各村还有多少斤没卖", officer, city.day - dt.timedelta(days=12)),
            NewItem("duty", "每个村定一名联系人", officer, city.day - dt.timedelta(days=10)),
            NewItem("mending", "联系三家食堂下周集采", official, city.day - dt.timedelta(days=4)),
            NewItem("mending", "腾出冷库两间", officer, city.day + dt.timedelta(days=2)),
            NewItem("result", "卖出数量与台账核对", official, city.day - dt.timedelta(days=3)),
        ],
        ticked=2, days_ago=18,
    )  # fmt: skip
    other = Town.objects.get(slug="dongting")
    _problem(
        city,
        NewProblem(
            "两个村的冷棚漏雨", "", "示例副市长", "住建局（示例）", "设施维修专班三人",
            city.day + dt.timedelta(days=20), other,
        ),
        [
            NewItem("problem", "逐棚登记", city.officers[other.pk]),
            NewItem("duty", "落实维修队", official),
            NewItem("mending", "更换棚膜", None, city.day + dt.timedelta(days=15)),
            NewItem("result", "下雨后复查", None, city.day + dt.timedelta(days=20)),
        ],
        ticked=1, days_ago=6,
    )  # fmt: skip
    closed = _problem(
        city,
        NewProblem(
            "苗木检疫证办得慢", "客商来了证还没下来。", "示例副市长", "林业局（示例）", "检疫专班两人",
            city.day - dt.timedelta(days=5), None,
        ),
        [
            NewItem("problem", "统计等证的批次", official),
            NewItem("duty", "林业局派人驻点", official),
            NewItem("mending", "三天内出证", official),
            NewItem("result", "连续两周无超期", official),
        ],
        ticked=4, days_ago=30,
    )  # fmt: skip
    close_problem(
        closed, "驻点办证，平均两天出证。", official, at=moment(city.day - dt.timedelta(days=7), 16, 0)
    )


def _problem(city: City, new: NewProblem, items: list[NewItem], *, ticked: int, days_ago: int) -> int:
    """The first `ticked` of its items are ticked off, one every three days, by whose they are."""
    official: User = city.users["official"]
    at = moment(city.day - dt.timedelta(days=days_ago), 9, 30)
    problem = open_problem(new, items, official, uuid.uuid4(), at)
    for n, item in enumerate(problem.items.all()[:ticked], 1):
        tick(item.pk, item.whose or official, at=at + dt.timedelta(days=3 * n))
    return problem.pk
