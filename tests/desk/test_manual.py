"""操作マニュアル: true to the screens, whole, reachable, found; every 「？」 leads to a section."""

import re
from functools import cache

import pytest
from django.urls import get_resolver, reverse

from headquarters.desk.manual.contents import ENTRIES, TROUBLE
from headquarters.desk.manual.doors import SECTIONS, help_for
from headquarters.desk.manual.drawing import FOLDER, PICTURES, drawn, pages
from tests.pages import page_text
from tests.words import ROOT, found_in, pairs, spoken

SOURCES = sorted(FOLDER.glob("*.md"))
QUOTED = re.compile(r"「([^「」]+)」")
TAGS = re.compile(r"\{[%#].*?[%#]\}|<[^>]*>", re.DOTALL)
VARIABLE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
PICTURE = re.compile(r"!\[([^]]*)\]\(pictures/([\w-]+\.webp)\)")
LINK = re.compile(r"(?<!!)\[[^]]+\]\(([a-z-]+)\.md(?:#([a-z-]+))?\)")
PLACE = re.compile(r' id="([^"]+)"')
MOST = 1_500_000  # bytes of all pictures together
ELSEWHERE = {  # in 「」 and not of the portal: typed by people, buttons of Excel, what a cell holds
    *("0件", "名前ボックス", "データの取得", "更新", "すべて更新", "?", "？"),
}


def text_of(path):
    return path.read_text(encoding="utf-8")


@cache
def said_by_the_portal():
    """Everything that templates, code and scripts say, without blanks: as it is
    written, and without the signs of templates."""
    texts = [text for path, text in spoken() if not is_of_us(path)]
    plain = [TAGS.sub("", VARIABLE.sub("…", text)) for text in texts]
    return re.sub(r"\s+", "", "\n".join([*plain, *texts]))


def is_of_us(path):
    return path.suffix == ".md" or "manual" in path.relative_to(ROOT).as_posix()


@pytest.mark.pure
def test_each_file_is_in_the_contents_and_each_entry_has_its_file():
    assert [path.stem for path in SOURCES] == sorted(entry.key for entry in ENTRIES)
    titles = [page.title for page in pages().values()]
    assert len(set(titles)) == len(titles) == len(ENTRIES)


@pytest.mark.pure
def test_every_job_of_the_town_has_its_page():
    for job in ("KPIを入力", "Excelの様式", "差し戻す", "月を締め", "マイルストーン", "計画を改定"):
        assert any(job in page.title for page in pages().values()), job


@pytest.mark.pure
@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_what_is_quoted_really_stands_on_a_screen(path):
    said = said_by_the_portal()
    quoted = set(QUOTED.findall(text_of(path).replace("\n", ""))) - ELSEWHERE
    assert [words for words in quoted if re.sub(r"\s+", "", words) not in said] == []


@pytest.mark.pure
@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_page_says_no_word_that_is_not_said(path):
    assert found_in(text_of(path), pairs()) == []


@pytest.mark.pure
@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_links_within_the_manual_lead_to_sections_that_are_there(path):
    for key, section in LINK.findall(text_of(path)):
        sections = {part.key for part in pages()[key].sections}
        assert not section or section in sections, (key, section)


@pytest.mark.pure
def test_sections_of_a_page_have_places_of_their_own_and_end_their_sentences():
    for page in pages().values():
        keys = [part.key for part in page.sections]
        assert len(set(keys)) == len(keys), page.key
        assert page.summary.endswith("。")
        assert all(part.html for part in page.sections)


@pytest.mark.pure
def test_each_picture_is_there_small_told_in_words_and_none_is_left_over():
    named = [found for path in SOURCES for found in PICTURE.findall(text_of(path))]
    files = {path.name: path.stat().st_size for path in PICTURES.glob("*")}
    assert sorted(name for _, name in named) == sorted(files)
    assert sum(files.values()) < MOST
    assert all(len(words) > 15 for words, _ in named)


@pytest.mark.pure
def test_what_looks_like_html_is_text():
    page = drawn("x", "# 題\n\n文。\n\n## 節 {#a}\n\n<script>alert(1)</script> [x](javascript:a)\n")
    assert "<script" not in page.sections[0].html
    assert "href" not in page.sections[0].html


@pytest.mark.pure
def test_a_heading_without_a_place_is_refused():
    with pytest.raises(ValueError, match="節"):
        drawn("x", "# 題\n\n文。\n\n## 節\n\n文。\n")


def view_names():
    """Every view of the portal's own rooms."""
    resolver = get_resolver()
    return [
        f"{space}:{name}"
        for space, (_, inner) in resolver.namespace_dict.items()
        if space != "admin"
        for name in inner.reverse_dict
        if isinstance(name, str)
    ]


@pytest.mark.pure
@pytest.mark.parametrize("name", SECTIONS)
def test_a_sign_on_a_screen_leads_to_a_section(name):
    page, _, section = SECTIONS[name].partition("#")
    assert section in {part.key for part in pages()[page].sections}
    assert any(view.startswith(name) for view in view_names()), f"no screen is called {name}"


@pytest.mark.pure
def test_every_screen_but_the_manual_itself_has_its_section():
    without = {name for name in view_names() if "#" not in help_for(name)}
    ours = {name for name in without if name.startswith("desk:manual")}
    assert without - ours == {"desk:date_read", "sample:switch"}  # no screens


@pytest.fixture
def reader(viewer, sign_in):
    return sign_in(viewer)


@pytest.mark.django_db
def test_every_page_is_reached_from_the_contents_and_turned_over(reader):
    contents = page_text(reader.get(reverse("desk:manual_contents")))
    for number, entry in enumerate(ENTRIES):
        address = reverse("desk:manual", args=[entry.key])
        assert f'href="{address}"' in contents
        text = page_text(reader.get(address))
        places = PLACE.findall(text)
        assert len(places) == len(set(places)), f"{entry.key}: two places of one name"
        for part in pages()[entry.key].sections:
            assert f'id="{part.key}"' in text
            assert f'href="#{part.key}"' in text
        around = ENTRIES[max(0, number - 1) : number + 2]
        for other in around:
            assert (
                other == entry or f'href="{reverse("desk:manual", args=[other.key])}" rel=' in text
            )


@pytest.mark.django_db
def test_what_my_role_does_stands_first(request, sign_in):
    for who, mine in (("staff", True), ("viewer", False)):
        client = sign_in(request.getfixturevalue(who))
        own = client.get("/help/").context["mine"]
        assert ("kpi-entry" in [page.key for page in own]) is mine
        assert "reading" in [page.key for page in own]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["差戻し", "ＥＸＣＥＬ　貼り付け", "excel 貼り付け"])
def test_a_section_is_found_in_either_width(reader, typed):
    found = reader.get("/help/", {"q": typed}).context["found"]
    assert found
    for hit in found:
        assert reader.get(hit.address).status_code == 200


@pytest.mark.django_db
def test_what_is_not_there_is_said_and_the_search_of_the_portal_offered(reader):
    text = page_text(reader.get("/help/", {"q": "ぬかるみ"}))
    assert "は操作マニュアルにありません" in text
    assert 'href="/search/?q=%E3%81%AC' in text


@pytest.mark.django_db
def test_the_search_of_the_portal_finds_the_manual_too(reader):
    text = page_text(reader.get("/search/", {"q": "締め直す"}))
    assert 'href="/help/closing/#again"' in text


@pytest.mark.django_db
def test_the_sign_in_the_header_leads_to_the_section_about_the_screen(reader):
    for address, section in (("/kpis/", "reading/#list"), ("/roadmap/", "roadmap/#read")):
        link = re.search(r'<a class="dx-help"[^>]*>', reader.get(address).content.decode())[0]
        assert f'href="/help/{section}"' in link
        assert 'aria-label="この画面の使い方"' in link


@pytest.mark.django_db
def test_only_the_page_about_trouble_is_read_without_signing_in(client):
    address = reverse("desk:manual", args=[TROUBLE])
    assert f'href="{address}"' in page_text(client.get("/accounts/login/"))
    assert "ログインできない" in page_text(client.get(address))
    for other in ("/help/", "/help/start/", "/help/pictures/home.webp"):
        assert client.get(other)["Location"].startswith("/accounts/login/")


@pytest.mark.pure
def test_the_public_page_shows_no_picture_and_no_name():
    text = text_of(FOLDER / f"{TROUBLE}.md")
    assert not PICTURE.findall(text)
    assert "http" not in text


@pytest.mark.django_db
def test_pages_and_pictures_that_are_not_there_are_not_found(reader):
    for address in (
        "/help/nothing/",
        "/help/pictures/nothing.webp",
        "/help/pictures/..%2Fstart",
    ):
        assert reader.get(address).status_code == 404
