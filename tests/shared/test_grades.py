from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils import translation

from marketplace.demo.names import GRADES
from marketplace.grades import in_english


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("一级", "grade 1"),
        ("统货", "ungraded"),
        ("胸径 5 厘米 · 高 3.5 米 · 冠幅 1.6 米", "trunk at breast height 5 cm · height 3.5 m · crown 1.6 m"),
        ("盆径21厘米", "pot 21 cm"),
        ("自家留的老品种一级", "自家留的老品种一级"),
        ("", ""),
    ],
)
def test_a_grade_is_read_in_english_as_far_as_its_words_are_known(written: str, read: str) -> None:
    assert in_english(written) == read


def test_the_demo_s_grades_are_all_known() -> None:
    assert all(in_english(grade).isascii() for grade in GRADES)


def test_a_chinese_reader_reads_it_as_it_was_written() -> None:
    shown = Template("{% load market %}{{ grade|grade }}")
    assert shown.render(Context({"grade": "一级"})) == "一级"
    with translation.override("en"):
        assert shown.render(Context({"grade": "一级"})) == "grade 1"
