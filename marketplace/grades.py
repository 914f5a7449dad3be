"""Grades and measures as sellers write them (一级, 胸径 5 厘米), for a reader of English.

The terms of trunk, height and crown are those of China's nursery stock standards (GB 6000-1999, CJ/T 24-2018).
"""

from __future__ import annotations

import re

_WORDS = {
    "特级": "premium",
    "一级苗": "grade I",
    "二级苗": "grade II",
    "一级": "grade 1",
    "二级": "grade 2",
    "三级": "grade 3",
    "统货": "ungraded",
    "精选": "selected",
    "大果": "large",
    "中果": "medium",
    "小果": "small",
    "胸径": "trunk at breast height",
    "地径": "trunk at ground",
    "米径": "trunk at one metre",
    "盆径": "pot",
    "冠幅": "crown",
    "带土球": "with root ball",
    "土球": "root ball",
    "裸根": "bare roots",
    "容器苗": "in containers",
    "容器": "container",
    "苗高": "height",
    "株高": "height",
    "高": "height",
    "年生": "years old",
    "厘米": "cm",
    "公分": "cm",
    "米": "m",
}
# longer words first, so that 厘米 is not read as 厘 and 米
_WORD = re.compile("|".join(sorted(_WORDS, key=len, reverse=True)))
_ONE_YEAR = re.compile(r"(?<![\d.–-])1 years old")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def in_english(written: str) -> str:
    """`胸径 5 厘米 · 高 3.5 米` as `trunk at breast height 5 cm · height 3.5 m`; as it stands where a word is unknown."""
    english = _WORD.sub(lambda word: f" {_WORDS[word[0]]} ", written)
    if _HAN.search(english):
        return written
    return _ONE_YEAR.sub("1 year old", " ".join(english.split()))
