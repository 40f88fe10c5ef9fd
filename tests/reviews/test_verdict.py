"""自動判定: the table of docs/rules.md §7."""

import pytest

from headquarters.reviews.old_words import verdict_in_a_sentence
from headquarters.reviews.verdict import Late, verdict

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("grades", "state", "grade", "word"),
    [
        ({"1-1": "A", "1-2": "D"}, {}, "D", "1-2 がDになりました"),
        ({"1-1": "A"}, {"late": [Late(29)]}, "C", "マイルストーンに遅延1件（最長29日）があります"),
        ({"1-1": "A"}, {"late": [Late(30)]}, "D", "（最長30日）"),
        ({"1-1": "A"}, {"late": [Late(1, False)]}, "D", "（最長1日、見込日なし1件）"),
        ({"1-1": "A"}, {"late": [Late(3), Late(45)]}, "D", "2件（最長45日）"),
        ({"1-1": "D"}, {"late": [Late(3)]}, "D", "1-1 がDになり、マイルストーンに遅延1件"),
        (
            {"1-1": "C"},
            {"late": [Late(3)], "stale": 1},
            "C",
            "1-1 がCになり、マイルストーンに遅延1件（最長3日）と更新待ち1件があります",
        ),
        ({"1-1": "A", "1-2": "C"}, {}, "C", "1-2 がCになりました"),
        ({"1-1": "A"}, {"slipping": 2}, "C", "マイルストーンに期日のずれる見込み2件があります"),
        ({"1-1": None}, {"stale": 1}, "C", "マイルストーンに更新待ち1件があります"),
        ({"1-1": "A", "1-2": "B"}, {}, "B", "1-2 がBになりました"),
        ({"1-1": "A", "1-2": None}, {}, "A", "1-1 がAになりました"),
        (
            {"1-1": None},
            {"milestones": 1},
            "A",
            "KPIは評価対象外で、工程表は予定どおりです",
        ),
        ({"1-1": None}, {}, None, "ありません"),
        ({}, {}, None, "ありません"),
    ],
)
def test_table(grades, state, grade, word):
    judged = verdict(grades=grades, **state)
    assert judged.grade == grade
    assert word in judged.why


@pytest.mark.parametrize(
    ("kept", "today"),
    [
        ("1-2がD", "1-2 がDになりました"),
        ("1-1・1-2がC", "1-1・1-2 がCになりました"),
        ("1-1がA、マイルストーンは予定どおり", "1-1 がAで、工程表は予定どおりです"),
        (
            "KPIは評価対象外、マイルストーンは予定どおり",
            "KPIは評価対象外で、工程表は予定どおりです",
        ),
        ("更新待ち1件", "マイルストーンに更新待ち1件があります"),
        (
            "1-1がC、遅延のマイルストーン1件（最長3日、見込日なし1件）、期日がずれる見込み2件、更新待ち1件",
            "1-1 がCになり、マイルストーンに遅延1件（最長3日、見込日なし1件）と"
            "期日のずれる見込み2件と更新待ち1件があります",
        ),
        ("評価できるKPIとマイルストーンがありません", "評価できるKPIとマイルストーンがありません"),
        ("", ""),
    ],
)
def test_what_was_kept_as_a_telegram_is_compared_as_a_sentence(kept, today):
    """A sheet kept before the words became sentences has not changed by that."""
    assert verdict_in_a_sentence(kept) == verdict_in_a_sentence(today) == today
