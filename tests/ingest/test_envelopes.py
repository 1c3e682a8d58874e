# SPDX-License-Identifier: Apache-2.0
"""EDXL-DE 1.0: each message in it is an alert of its own, under one answer line."""
import json
import re
from pathlib import Path

import pytest

from ingest_hub import Hub, cap, counted, feed

TOP = Path(__file__).resolve().parents[2]
ANSWER = json.loads((TOP / "schemas" / "feed-answer.schema.json").read_text())


def inner(document):
    return re.sub(rb"<\?xml.*?\?>", b"", document).strip()


def content(*documents):
    """One contentObject."""
    return (b"<e:contentObject><e:contentDescription>x</e:contentDescription><e:xmlContent><e:embeddedXMLContent>"
            + b"".join(inner(d) for d in documents) + b"</e:embeddedXMLContent></e:xmlContent></e:contentObject>")


def envelope(*contents, status="Actual", kind="Report"):
    return (b'<?xml version="1.0"?><e:EDXLDistribution xmlns:e="urn:oasis:names:tc:emergency:EDXL:DE:1.0">'
            b"<e:distributionID>d</e:distributionID><e:senderID>s@x</e:senderID>"
            b"<e:dateTimeSent>2026-11-20T14:30:00+09:00</e:dateTimeSent>"
            + f"<e:distributionStatus>{status}</e:distributionStatus>"
              f"<e:distributionType>{kind}</e:distributionType>".encode()
            + b"<e:combinedConfidentiality>none</e:combinedConfidentiality>" + b"".join(contents)
            + b"</e:EDXLDistribution>")


def send(folder, data, **members):
    """The answers, and the alerts the hub was told."""
    jsonschema = pytest.importorskip("jsonschema")
    with Hub(folder, [feed("main", **members)]) as hub, hub.client("main") as client:
        hub.answer_all()
        answers = client.send_whole(data)
    for answer in answers:
        jsonschema.validate(answer, ANSWER)
    return answers, [m["alert"] for m in hub.kept if m["op"] == "alert"]


def test_one_alert_is_answered_as_if_it_were_bare(tmp_path):
    answers, alerts = send(tmp_path, counted(envelope(content(cap())), cap()))
    assert answers[0] == answers[1] == {"accepted": alerts[0]["digest"][:16]}
    assert alerts[0]["digest"] == alerts[1]["digest"]


def test_several_alerts_in_one_or_in_several_contents(tmp_path):
    for i, data in enumerate([envelope(content(cap(1)), content(cap(2))), envelope(content(cap(1), cap(2)))]):
        folder = tmp_path / str(i)
        folder.mkdir()
        answers, alerts = send(folder, data)
        ids = [a["digest"][:16] for a in alerts]
        assert [a["series"] for a in alerts] == ["tower@town.example,hansho-1", "tower@town.example,hansho-2"]
        assert answers == [{"accepted": ids[0], "alerts": [{"accepted": ids[0]}, {"accepted": ids[1]}]}]


def test_a_part_that_is_no_telegram_is_refused_alone(tmp_path):
    other = content(b'<a xmlns="http://xml.publiccommons.ne.jp/pcxml1/"/>')
    picture = b"<e:contentObject><e:nonXMLContent><e:mimeType>image/png</e:mimeType></e:nonXMLContent></e:contentObject>"
    with Hub(tmp_path, [feed("main")]) as hub, hub.client("main") as client:
        client.send(envelope(other, picture, content(cap())))
        client.end()
        first, second = hub.wait("refused"), hub.wait("refused")
        assert (first["code"], second["code"]) == ("not-handled", "not-handled")
        assert "pcxml1" in first["reason"] and "not XML" in second["reason"]
        message = hub.wait("alert")
        assert client.sock.gettimeout() and not client.buffer
        hub.answer(message, {"accepted": "1"})
        (answer,) = client.rest()
    assert answer["accepted"] == "1"
    assert [next(iter(a)) for a in answer["alerts"]] == ["refused", "refused", "accepted"]


def test_one_alert_that_must_come_again_makes_all_come_again(tmp_path):
    with Hub(tmp_path, [feed("main")]) as hub, hub.client("main") as client:
        client.send(envelope(content(cap(1)), content(cap(2))))
        client.end()
        first, second = hub.wait("alert"), hub.wait("alert")
        hub.answer(second, {"accepted": "2"})
        hub.answer(first, {"retry": "store full"})
        assert client.rest() == [{"retry": "store full"}]


def test_answers_of_several_messages_keep_their_order(tmp_path):
    with Hub(tmp_path, [feed("main")]) as hub, hub.client("main") as client:
        client.send(counted(envelope(content(cap(1)), content(cap(2))), cap(3)))
        client.end()
        messages = [hub.wait("alert") for _ in range(3)]
        for message in reversed(messages):
            hub.answer(message, {"duplicate": message["alert"]["series"][-1]})
        assert client.rest() == [{"duplicate": "1", "alerts": [{"duplicate": "1"}, {"duplicate": "2"}]},
                                 {"duplicate": "3"}]


def test_a_client_that_leaves_before_the_answers(tmp_path):
    with Hub(tmp_path, [feed("main")]) as hub:
        with hub.client("main") as client:
            client.send(counted(envelope(content(cap(1)), content(cap(2)))))
            messages = [hub.wait("alert") for _ in range(2)]
        hub.answer(messages[0])
        hub.answer(messages[1])
        with hub.client("main") as client:
            client.send(cap(3))
            client.end()
            hub.answer(hub.wait("alert"), {"accepted": "3"})
            assert client.rest() == [{"accepted": "3"}]


@pytest.mark.parametrize("outer, inside, status", [
    ("Actual", "Actual", "actual"), ("Actual", "Exercise", "exercise"), ("Actual", "Test", "test"),
    ("Exercise", "Actual", "exercise"), ("Exercise", "Test", "test"), ("Test", "Actual", "test"),
    ("System", "Actual", "test"), ("Test", "Exercise", "test"),
])
def test_the_envelope_lowers_the_status_and_never_raises_it(tmp_path, outer, inside, status):
    _, (bare, enveloped) = send(tmp_path, counted(cap(status=inside), envelope(content(cap(status=inside)), status=outer)))
    assert enveloped["status"] == status
    lowered = status != bare["status"]
    assert ("status-lowered" in [w["code"] for w in enveloped["warnings"]]) == lowered
    # The real alert must never be taken for a second copy of its own test.
    assert (enveloped["digest"] != bare["digest"]) == lowered


@pytest.mark.parametrize("data, code", [
    (envelope(content(cap()), status="Realtime"), "unknown-status"),
    (envelope(content(cap()), status=""), "unknown-status"),
    (envelope(content(cap()), kind="Ack"), "not-handled"),
    (envelope(content(cap()), kind="SensorStatus"), "not-handled"),
    (envelope(content(cap()), kind="Cancel"), "envelope-mismatch"),
    (envelope(), "not-handled"),
    (envelope(content()), "not-handled"),
    (envelope(*[content(cap(i)) for i in range(40)]), "too-large"),
    (envelope(content(envelope(content(cap())))), "not-handled"),
    (envelope(content(cap())).replace(b"DE:1.0", b"DE:3.0"), "not-handled"),
])
def test_envelopes_that_are_refused(tmp_path, data, code):
    answers, alerts = send(tmp_path, data)
    assert [a["refused"] for a in answers] == [code] and alerts == []


def test_a_cancel_inside_a_cancel(tmp_path):
    cancel = cap(2).replace(b"<msgType>Alert", b"<msgType>Cancel").replace(
        b"<scope>", b"<references>tower@town.example,hansho-1,2026-11-20T14:30:00+09:00</references><scope>")
    _, (alert,) = send(tmp_path, envelope(content(cancel), kind="Cancel"))
    assert alert["action"] == "cancel"


def test_a_telegram_of_the_meteorological_agency_inside(tmp_path):
    sample = sorted((TOP / "schemas" / "samples" / "jmx").glob("*.xml"))[0].read_bytes()
    _, (bare, enveloped) = send(tmp_path, counted(sample, envelope(content(sample), status="Exercise")), formats=["jmx"])
    assert enveloped["series"] == bare["series"] and enveloped["format"] == "jmx"
    assert enveloped["status"] == min(bare["status"], "exercise", key=["test", "exercise", "actual"].index)


def test_formats_and_senders_hold_inside_an_envelope(tmp_path):
    for i, (members, code) in enumerate([({"formats": ["jmx"]}, "format-not-allowed"),
                                         ({"senders": ["other@town.example"]}, "sender-not-allowed")]):
        folder = tmp_path / str(i)
        folder.mkdir()
        answers, _ = send(folder, envelope(content(cap())), **members)
        assert [a["refused"] for a in answers] == [code]


SHARED = TOP.parent / "shared" / "data" / "cap" / "feeds"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")
def test_a_real_envelope(tmp_path):
    _, (alert,) = send(tmp_path, (SHARED / "au-rfs-edxl-de.xml").read_bytes())
    assert alert["series"] == "webmaster@rfs.nsw.gov.au,2014-05-08T10:31:00-00:00:160068"
