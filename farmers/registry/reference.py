"""The 25 township-level units of Dingzhou: 4 subdistricts, 16 towns, 5 townships.

Source: the city's division of administrative areas. Pure data, so that a migration can read it.
"""

from __future__ import annotations

from typing import NamedTuple


class TownFact(NamedTuple):
    """`kind` is one of `subdistrict`, `town`, `township`; `slug` is the pinyin without the suffix."""

    slug: str
    name: str
    name_en: str
    kind: str


TOWNS: tuple[TownFact, ...] = (
    TownFact("nanchengqu", "南城区街道", "Nanchengqu Subdistrict", "subdistrict"),
    TownFact("beichengqu", "北城区街道", "Beichengqu Subdistrict", "subdistrict"),
    TownFact("xichengqu", "西城区街道", "Xichengqu Subdistrict", "subdistrict"),
    TownFact("changanlu", "长安路街道", "Chang'anlu Subdistrict", "subdistrict"),
    TownFact("liuzao", "留早镇", "Liuzao Town", "town"),
    TownFact("qingfengdian", "清风店镇", "Qingfengdian Town", "town"),
    TownFact("pangcun", "庞村镇", "Pangcun Town", "town"),
    TownFact("zhuanlu", "砖路镇", "Zhuanlu Town", "town"),
    TownFact("mingyuedian", "明月店镇", "Mingyuedian Town", "town"),
    TownFact("dingningdian", "叮咛店镇", "Dingningdian Town", "town"),
    TownFact("dongting", "东亭镇", "Dongting Town", "town"),
    TownFact("daxinzhuang", "大辛庄镇", "Daxinzhuang Town", "town"),
    TownFact("dongwang", "东旺镇", "Dongwang Town", "town"),
    TownFact("gaopeng", "高蓬镇", "Gaopeng Town", "town"),
    TownFact("xingyi", "邢邑镇", "Xingyi Town", "town"),
    TownFact("liqingu", "李亲顾镇", "Liqingu Town", "town"),
    TownFact("ziwei", "子位镇", "Ziwei Town", "town"),
    TownFact("kaiyuan", "开元镇", "Kaiyuan Town", "town"),
    TownFact("zhoucun", "周村镇", "Zhoucun Town", "town"),
    TownFact("xizhong", "息冢镇", "Xizhong Town", "town"),
    TownFact("dongliuchun", "东留春乡", "Dongliuchun Township", "township"),
    TownFact("haotouzhuang", "号头庄回族乡", "Haotouzhuang Hui Township", "township"),
    TownFact("yangjiazhuang", "杨家庄乡", "Yangjiazhuang Township", "township"),
    TownFact("daluzhuang", "大鹿庄乡", "Daluzhuang Township", "township"),
    # not the subdistrict 西城区: a township of its own
    TownFact("xicheng", "西城乡", "Xicheng Township", "township"),
)
