"""The main screens, each as a role sees it, with the picture of the design that it is held against.

`like`: no picture was drawn of it; its like among the best five stands beside it.
"""

from dataclasses import dataclass

from headquarters.meetings.models import Meeting
from roadmap.models import Milestone

SIZES = {"1366×768": (1366, 768), "1280×720": (1280, 720), "1920×1080": (1920, 1080)}
PHONE = (390, 844)


@dataclass(frozen=True)
class Screen:
    """`who` "" : not signed in. `picture`, `phone`: files of the design, without `.png`."""

    title: str
    who: str
    address: str
    picture: str
    phone: str = ""
    like: bool = False


@dataclass(frozen=True)
class Print:
    """What the printer gives of an address, for the secretariat; `picture` as of a Screen."""

    title: str
    address: str
    picture: str


PRINTS = (
    Print("総括", "/dashboard/", "print-a4-dashboard"),
    Print("KPI一覧", "/kpis/", "25b-viewpoint-list"),
    Print("KPI", "/kpis/3-1/", "05-kpi-detail"),
    Print("施策（計画）", "/measures/1/", "06-measure"),
    Print("施策（工程表）", "/measures/3/roadmap/", "06c-measure-roadmap"),
    Print("工程表（A3）", "/roadmap/", "print-a3-roadmap"),
    Print("工程表の年度（A3）", "/roadmap/?year=2026", "print-a3-roadmap"),
    Print("提出の一覧", "/kpis/months/", "24b-months"),
    Print("版の比較", "/reports/compare/?a=2026-07.1&b=2026-09.1", "11-monthly-report"),
    Print("会議", "/meetings/1/", "10-meeting"),
    Print("会議録", "/meetings/1/minutes/", "10-meeting"),
    Print("引継ぎ", "/handover/", "02-home"),
    Print("計画を読む", "/plan/", "14-plan"),
    Print("PDCAシート", "/reviews/2026-mid/1/", "print-a4-pdca"),
    Print("体制図", "/plan/organisation/chart/", "print-a4-organisation"),
)


def screens() -> dict[str, list[Screen]]:
    """{sheet: its screens}."""
    return {
        "homes": _homes(),
        "figures": _figures(),
        "measures": _measures(),
        "months": _months(),
        "roads": _roads(),
        "meetings": _meetings(),
        "plan": _plan(),
        "people": _people(),
    }


def _homes() -> list[Screen]:
    head = ("18b-home-head", "18b-home-head-mobile")
    headquarters = ("18-home-headquarters", "18-home-headquarters-mobile")
    return [
        Screen("ホーム（本部長）", "honbu", "/", *headquarters),
        Screen("ホーム（副本部長）", "fukuhonbu", "/", *headquarters),
        Screen("ホーム（課長）", "jumin-kacho", "/", *head),
        Screen("ホーム（担当者）", "kikaku-tanto", "/", *head),
        Screen(
            "ホーム（事務局）",
            "jimukyoku",
            "/",
            "18e-home-secretariat",
            "18e-home-secretariat-mobile",
        ),
        Screen("ホーム（閲覧）", "etsuran", "/", "18c-home-viewer", "18c-home-viewer-mobile"),
    ]


def _figures() -> list[Screen]:
    return [
        Screen("総括（版）", "honbu", "/dashboard/", "03-dashboard"),
        Screen("総括（速報）", "honbu", "/dashboard/?at=2026-10", "25-viewpoint"),
        Screen("KPI一覧", "etsuran", "/kpis/", "25b-viewpoint-list"),
        Screen("KPI", "honbu", "/kpis/1-2/", "05-kpi-detail"),
        Screen("さがす", "jimukyoku", "/search/?q=窓口", "20c-search", "20c-search-mobile"),
        Screen("変更履歴", "jimukyoku", "/history/?area=kpi", "06d-measure-history", like=True),
    ]


def _measures() -> list[Screen]:
    return [
        Screen("個別施策", "etsuran", "/measures/", "03-dashboard", like=True),
        Screen("施策（計画）", "jumin-kacho", "/measures/2/", "06-measure"),
        Screen("施策（KPI）", "jumin-kacho", "/measures/2/kpis/", "06b-measure-kpi"),
        Screen("施策（工程表）", "jumin-kacho", "/measures/2/roadmap/", "06c-measure-roadmap"),
        Screen("施策（PDCA）", "jumin-kacho", "/measures/2/reviews/", "09-pdca", like=True),
        Screen("施策（履歴）", "jumin-kacho", "/measures/2/history/", "06d-measure-history"),
    ]


def _months() -> list[Screen]:
    return [
        Screen("KPI入力", "jimukyoku", "/kpis/entry/2026-10/", "04-kpi-entry"),
        Screen("締めた月の入力", "soumu-kacho", "/kpis/entry/2026-09/", "24-closed-month"),
        Screen("1件の入力", "jumin-kacho", "/kpis/entry/2026-10/2-3/", "04-kpi-entry", like=True),
        Screen("入力様式", "jimukyoku", "/kpis/intake/", "12-import-preview", like=True),
        Screen("月次と提出", "jimukyoku", "/kpis/months/", "24b-months"),
        Screen("月の提出と締め", "jimukyoku", "/kpis/months/2026-10/", "24b-months", like=True),
        Screen("月次報告", "jimukyoku", "/reports/", "11-monthly-report"),
        Screen("月を締める", "jimukyoku", "/reports/2026-10/close/", "13-setup", like=True),
    ]


def _roads() -> list[Screen]:
    late = Milestone.objects.get(name="調査報告").pk
    form = ("19-milestone-form", "19-milestone-form-mobile")
    return [
        Screen("工程表", "soumu-kacho", "/roadmap/", "07-roadmap"),
        Screen(
            "マイルストーン",
            "jumin-kacho",
            "/roadmap/milestones/",
            "08-milestone",
            "08-milestone-mobile",
        ),
        Screen("マイルストーンの更新", "jumin-kacho", f"/roadmap/milestones/{late}/", *form),
        Screen("計画改定（基準版）", "jimukyoku", "/roadmap/baselines/", "07-roadmap", like=True),
        Screen("評価サイクル", "jimukyoku", "/reviews/2026-mid/", "09-pdca", like=True),
        Screen("PDCAシート", "honbu", "/reviews/2026-mid/1/", "09-pdca"),
    ]


def _meetings() -> list[Screen]:
    coming, held = Meeting.objects.order_by("-held_on").values_list("pk", flat=True)[:2]
    return [
        Screen("会議", "honbu", "/meetings/", "10-meeting", like=True),
        Screen("会議（開いた）", "jimukyoku", f"/meetings/{held}/", "10-meeting"),
        Screen("会議録", "etsuran", f"/meetings/{held}/minutes/", "10-meeting", like=True),
        Screen(
            "会議モード（一覧）", "honbu", f"/meetings/{coming}/present/", "17b-meeting-overview"
        ),
        Screen(
            "会議モード（施策）", "honbu", f"/meetings/{coming}/present/?slide=4", "17-meeting-mode"
        ),
    ]


def _plan() -> list[Screen]:
    return [
        Screen("計画を読む", "etsuran", "/plan/", "14-plan"),
        Screen("まちの現状", "etsuran", "/plan/context/", "05-kpi-detail", like=True),
        Screen("要確認", "jimukyoku", "/plan/checks/", "13-setup"),
        Screen("計画のきまり", "jimukyoku", "/plan/settings/", "21-settings"),
        Screen("定義の表", "jimukyoku", "/kpis/definitions/", "23-definition-table"),
        Screen("目標の表", "jimukyoku", "/kpis/targets/", "23b-target-table"),
        Screen("推進体制", "jimukyoku", "/plan/organisation/", "22-organisation"),
        Screen("体制図", "etsuran", "/plan/organisation/chart/", "22d-organisation-chart"),
    ]


def _people() -> list[Screen]:
    return [
        Screen("サインイン", "", "/accounts/login/", "01-login"),
        Screen("利用者", "jimukyoku", "/accounts/users/", "25b-viewpoint-list", like=True),
        Screen("引継ぎ", "jimukyoku", "/handover/", "02-home", like=True),
        Screen("接続キー", "jimukyoku", "/settings/feeds/", "21-settings", like=True),
        Screen(
            "ログインの記録", "jimukyoku", "/accounts/sign-ins/", "25b-viewpoint-list", like=True
        ),
        Screen("まとめて異動・退職", "jimukyoku", "/handover/transfers/", "21-settings", like=True),
        Screen("操作マニュアル", "jumin-kacho", "/help/kpi-entry/", "14-plan", like=True),
        Screen("マスタ管理", "jimukyoku", "/admin/", "13-setup", like=True),
        Screen("ページが見つかりません", "honbu", "/nothing/", "26d-404"),
        Screen("権限がありません", "etsuran", "/kpis/intake/", "26e-403"),
    ]
