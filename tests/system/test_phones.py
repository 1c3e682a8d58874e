# SPDX-License-Identifier: Apache-2.0
"""Telephone numbers from the file to the gateway, through the whole hub."""

import json
import sys
from urllib.parse import parse_qs, urlsplit

import harness
import pytest
from harness import basic_config, delivery, telegram
from test_staff import out, run

sys.path.insert(0, str(harness.TOP / "tests" / "channels"))
from http_server import CLOSE, Answer, HttpServer  # noqa: E402

NUMBERS = ["+819012345678", "080-1234-5678", "07012345678"]
ACCEPTED = Answer(202, body=b"0: Accepted for delivery")


def town(folder, server, **options):
    secret = folder / "secret"
    secret.write_text("5ecret\n")
    secret.chmod(0o600)
    options = {"url": server.url, "rate": 1000, **options}
    if options["dialect"] == "kannel":
        options.update(username="hansho", password_file=str(secret))
    channel = {"name": "sms", "driver": "sms", "audience": "phones", "languages": ["ja"], "drill": True, "options": options}
    return harness.Hub(basic_config(folder, [channel]), folder=folder)


def import_numbers(hub):
    path = hub.folder / "phones.csv"
    path.write_text("電話番号,言語\n" + "".join(f"{n},ja\n" for n in NUMBERS))
    out(run(hub, "subscribers", "import", "--list", "phones", "--phones", path))


def test_each_number_gets_one_message(folder):
    with HttpServer(Answer(200, body=b'{"ok": true}')) as server:
        body = {"to": "{to}", "messages": [{"text": "{text}"}], "ttl": "{validity_s}"}
        with town(folder, server, dialect="json", body=body, success_member="ok", success_value="true") as hub:
            import_numbers(hub)
            shown = hub.settled(hub.send(telegram("tsunami-1-major.xml"))["accepted"])
            words = shown["broadcasts"][-1]["broadcast"]["texts"]["ja"]["short"]
            assert delivery(shown, "sms")["delivered"] == 3
    sent = [json.loads(r.body) for r in server.requests]
    assert sorted(s["to"] for s in sent) == sorted(n.replace("-", "") for n in NUMBERS)
    assert all(isinstance(s["ttl"], int) and s["ttl"] > 0 for s in sent)
    assert {s["messages"][0]["text"] for s in sent} == {words}


def test_unknown_is_held_below_severe_and_asked_of_staff(folder):
    with HttpServer([CLOSE, ACCEPTED]) as server, town(folder, server, dialect="kannel") as hub:
        import_numbers(hub)
        alert = hub.send(telegram("advisories.xml"))["accepted"]
        shown = hub.settled(alert)
        assert shown["broadcasts"][-1]["broadcast"]["severity"] == "minor"
        states = delivery(shown, "sms")
        assert (states["delivered"], states["unknown"]) == (2, 1)
        assert len(server.requests) == 3
        assert "5ecret" not in json.dumps(shown)
    assert len({parse_qs(urlsplit(r.path).query)["to"][0] for r in server.requests}) == 3


@pytest.mark.parametrize("number", ["sato@example.jp", "12", "090x12345678"])
def test_what_is_no_number_is_not_imported(folder, number):
    with HttpServer(ACCEPTED) as server, town(folder, server, dialect="kannel") as hub:
        path = hub.folder / "phones.csv"
        path.write_text(f"phone\n{NUMBERS[0]}\n{number}\n")
        ended = run(hub, "subscribers", "import", "--list", "phones", "--phones", path)
        assert ended.returncode == 65 and b":3: this is no telephone number" in ended.stderr
        assert out(run(hub, "subscribers", "count", "--list", "phones")).strip() == "0"
