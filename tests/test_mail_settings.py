"""How the mail server is reached is set by the town; its password is told to nobody."""

import json

import pytest

from osaki_dx.configuration import load
from tests.portal import command

pytestmark = pytest.mark.pure
SAID = """
import json
from django.conf import settings
names = ("EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_USE_SSL", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD")
print(json.dumps([getattr(settings, name) for name in names]))
"""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, [25, False, False, "", ""]),
        ({"TLS": "starttls", "USER": "dx", "PASSWORD": "a b"}, [587, True, False, "dx", "a b"]),
        ({"TLS": "ssl"}, [465, False, True, "", ""]),
        ({"TLS": "ssl", "PORT": "1465"}, [1465, False, True, "", ""]),
    ],
)
def test_what_is_set_reaches_the_mail_of_django(given, said, tmp_path):
    variables = {f"OSAKI_DX_MAIL_{name}": text for name, text in given.items()}
    told = command(
        tmp_path,
        "shell",
        "-v",
        "0",
        "--no-imports",
        "-c",
        SAID,
        OSAKI_DX_MAIL_HOST="m",
        **variables,
    )
    assert json.loads(told.stdout) == said, told.stderr


def test_the_password_is_left_out_of_what_a_backup_keeps(tmp_path):
    given = {"OSAKI_DX_MAIL_USER": "dx", "OSAKI_DX_MAIL_PASSWORD": "hush-hush"}
    assert load(given, tmp_path).without_secrets() == "OSAKI_DX_MAIL_USER=dx\n"
