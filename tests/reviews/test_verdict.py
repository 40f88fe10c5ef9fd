"""自動判定: the table of docs/rules.md §7."""

import pytest

from headquarters.reviews.verdict import Late, verdict

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("grades", "state", "grade", "word"),
    [
        ({"1-1": "A", "1-2": "D"}, {}, "D", "1-2がD"),
        ({"1-1": "A"}, {"late": [Late(29)]}, "C", "遅延のマイルストーン1件（最長29日）"),
        ({"1-1": "A"}, {"late": [Late(30)]}, "D", "（最長30日）"),
        ({"1-1": "A"}, {"late": [Late(1, False)]}, "D", "（最長1日、見込日なし1件）"),
        ({"1-1": "A"}, {"late": [Late(3), Late(45)]}, "D", "2件（最長45日）"),
        ({"1-1": "D"}, {"late": [Late(3)]}, "D", "1-1がD、遅延のマイルストーン1件"),
        ({"1-1": "C"}, {"late": [Late(3)], "stale": 1}, "C", "1-1がC、遅延のマイルストーン1件"),
        ({"1-1": "A", "1-2": "C"}, {}, "C", "1-2がC"),
        ({"1-1": "A"}, {"slipping": 2}, "C", "期日がずれる見込み2件"),
        ({"1-1": None}, {"stale": 1}, "C", "更新待ち1件"),
        ({"1-1": "A", "1-2": "B"}, {}, "B", "1-2がB"),
        ({"1-1": "A", "1-2": None}, {}, "A", "1-1がA"),
        ({"1-1": None}, {"milestones": 1}, "A", "KPIは評価対象外"),
        ({"1-1": None}, {}, None, "ありません"),
        ({}, {}, None, "ありません"),
    ],
)
def test_table(grades, state, grade, word):
    judged = verdict(grades=grades, **state)
    assert judged.grade == grade
    assert word in judged.why
