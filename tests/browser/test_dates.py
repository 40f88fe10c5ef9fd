"""Under a box for a date stands what the portal reads in it, before anything is saved."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerk(visitor):
    """The secretariat where a department is set up."""
    person = visitor()
    person.come_as("jimukyoku")
    person.open("/accounts/departments/new/")
    return person


def write(person, name, text):
    box = person.page.locator(f"input[name={name}]").first
    box.fill("")
    box.focus()
    person.page.keyboard.type(text)
    return box


def says(person, name, words):
    under = person.page.locator(f"input[name={name}] ~ .dx-read").first
    under.filter(has_text=words).wait_for()
    return under


def test_the_day_that_was_read_stands_under_the_box(clerk):
    write(clerk, "valid_from", "R8.11.3")
    says(clerk, "valid_from", "令和8年11月3日（火）")
    write(clerk, "valid_from", "2/30")
    under = says(clerk, "valid_from", "という日はありません")
    assert "is-refused" in under.get_attribute("class")
    write(clerk, "valid_from", "1027/1/15")
    says(clerk, "valid_from", "までの日を入力してください")
    clerk.check()
    clerk.page.locator("input[name=valid_from]").fill("")
    clerk.page.locator("input[name=valid_from] ~ .dx-read").wait_for(state="hidden")


def test_rows_of_the_milestones_say_it_too(clerk):
    clerk.open("/roadmap/milestones/?all=1")
    clerk.page.locator("tbody:has(th:has-text('eL-QRの運用開始')) a.btn").click()
    clerk.page.wait_for_selector(".dx-msf")
    write(clerk, "forecast_on", "R8.12.11")
    says(clerk, "forecast_on", "令和8年12月11日（金）")
    clerk.check()


def test_it_works_without_scripts(visitor):
    person = visitor(scripts=False)
    person.open("/accounts/login/")
    assert person.page.locator(".dx-read").count() == 0
