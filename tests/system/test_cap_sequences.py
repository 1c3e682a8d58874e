# SPDX-License-Identifier: Apache-2.0
"""What CAP messages come to one after another, through the real hub: the nine sequences of the
shared README, told with messages of our own; those of the real authorities where they are here."""
import datetime

import pytest

import harness
from harness import SHARED, basic_config, fake, now

REAL = SHARED / "data" / "cap"
WORLD = "-89,-179 89,-179 89,0 89,179 -89,179 -89,0 -89,-179"
TOWN = {"code": "07204", "name": "いわき市", "polygon": WORLD}
AREA = "<polygon>36.9,140.7 37.1,140.7 37.1,141.0 36.9,140.7</polygon>"
INFO = ("<info>{lang}<category>Met</category><event>{event}</event>{more}<urgency>{urgency}</urgency>"
        "<severity>{severity}</severity><certainty>Likely</certainty>{expires}<headline>{headline}</headline>"
        "<area><areaDesc>Coast</areaDesc>{area}</area></info>")


def stamp(at, offset=9):
    return at.astimezone(datetime.timezone(datetime.timedelta(hours=offset))).isoformat(timespec="seconds")


def info(event="Flood", lang="en", more="", urgency="Immediate", severity="Severe", expires=True, headline="Water", area=AREA):
    end = f"<expires>{stamp(now() + datetime.timedelta(hours=2))}</expires>" if expires is True else expires
    return INFO.format(lang=f"<language>{lang}</language>", event=event, more=more, urgency=urgency, severity=severity,
                       expires=end, headline=headline, area=area)


def cap(number, kind="Alert", references="", status="Actual", scope="Public", infos=None, at=None, sender="gauge@river.example",
        more=""):
    infos = [info()] if infos is None else infos
    names = f"<references>{references}</references>" if references else ""
    return (f'<?xml version="1.0"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>r-{number}</identifier>'
            f"<sender>{sender}</sender><sent>{stamp(at or now())}</sent><status>{status}</status><msgType>{kind}</msgType>"
            f"<scope>{scope}</scope>{more}{names}{''.join(infos)}</alert>").encode()


def reference(number, at, offset=9, sender="gauge@river.example"):
    return f"{sender},r-{number},{stamp(at, offset)}"


@pytest.fixture(name="hub")
def run_hub(folder):
    channels = [fake("web", folder, languages=["en", "ja"]), fake("mail", folder, targets=["m"])]
    rules = [{"name": "all", "channels": ["web", "mail"]}]
    config = basic_config(folder, channels, rules=rules, drill=[])
    config["municipalities"] = [TOWN]
    with harness.Hub(config, folder=folder) as running:
        yield running


def take(hub, data):
    return hub.settled(hub.send(data)["accepted"])


def events(shown):
    return [b["broadcast"]["event"] for b in shown["broadcasts"]]


def states(shown):
    return {d["state"] for b in shown["broadcasts"] for d in b["deliveries"]}


def body(shown, lang="en"):
    return shown["broadcasts"][-1]["broadcast"]["texts"][lang]["body"]


def test_a_cancel_finds_its_alert_in_another_offset(hub):
    at = now()
    assert events(take(hub, cap(1, at=at))) == ["issued"]
    shown = take(hub, cap(2, "Cancel", reference(1, at, offset=-8), infos=[info(headline="Shelter now")]))
    assert events(shown) == ["cancelled"]
    assert "Shelter now" not in body(shown) and "withdrawn" not in body(shown) and "cancelled by its issuer" in body(shown)


def test_a_cancel_that_comes_first(hub):
    at = now()
    assert events(take(hub, cap(2, "Cancel", reference(1, at), infos=[]))) == []
    shown = take(hub, cap(1, at=at))
    assert events(shown) == [] and shown["alert"]["verdict"] == "old"


def test_two_references_joined_by_a_comma_cancel_nothing(hub):
    at = now()
    take(hub, cap(1, at=at))
    both = reference(1, at) + "," + reference(9, at)
    assert events(take(hub, cap(3, "Cancel", both, infos=[]))) == []
    assert events(take(hub, cap(2, "Cancel", reference(1, at), infos=[]))) == ["cancelled"]


def test_the_same_message_twice_and_another_under_its_name(hub):
    at = now()
    first = cap(1, at=at)
    assert events(take(hub, first)) == ["issued"]
    assert "duplicate" in hub.send(first)
    shown = take(hub, cap(1, at=at, infos=[info(severity="Extreme")]))
    assert events(shown) == [] and shown["alert"]["verdict"] == "old" and shown["alert"]["alarm"]
    assert "the first holds" in shown["alert"]["reason"]


def test_a_message_that_references_itself_is_an_end_told_once(hub):
    at = now()
    take(hub, cap(1, at=at))
    clear = info(more="<responseType>AllClear</responseType>", urgency="Past", expires="")
    later = now()
    shown = take(hub, cap(2, "Update", reference(2, later) + "\n" + reference(1, at), infos=[clear], at=later))
    assert events(shown) == ["released"]


def test_an_update_without_its_predecessor_is_told(hub):
    shown = take(hub, cap(2, "Update", "PAAQ,r-1," + stamp(now() - datetime.timedelta(minutes=9))))
    assert events(shown) == ["issued"]
    assert any("never came" in line for line in shown["alert"]["trace"])


@pytest.mark.parametrize("status, scope", [
    ("Test", "Public"), ("System", "Public"), ("Exercise", "Public"), ("Actual", "Private"), ("Actual", "Restricted")])
def test_what_is_not_for_the_live_public(hub, status, scope):
    assert events(take(hub, cap(1, status=status, scope=scope))) == []


def test_every_channel_hears_its_languages(hub):
    infos = [info(lang="ar", headline="\u200fماء"), info(lang="en", headline="Water"), info(lang="ja", headline="増水")]
    shown = take(hub, cap(1, infos=infos))
    assert events(shown) == ["issued"] and "増水" in body(shown, "ja") and "Water" in body(shown, "en")


def test_words_of_a_test_in_what_telephones_would_show(hub):
    at = now()
    said = "<parameter><valueName>CMAMlongtext</valueName><value>This is a test.</value></parameter>"
    with_words = info().replace("<area>", said + "<area>")
    shown = take(hub, cap(1, at=at, infos=[with_words]))
    assert states(shown) == {"held"}
    assert hub.ask("status")["feeds"][0]["defects"]["test-words"] == 1


def real(name):
    return (REAL / name).read_bytes()


def test_what_its_originator_blocks_goes_nowhere(hub):
    block = "<parameter><valueName>BLOCKCHANNEL</valueName><value>PUBLIC</value></parameter>"
    shown = take(hub, cap(1, infos=[info().replace("<area>", block + "<area>")]))
    assert events(shown) == [] and shown["alert"]["verdict"] == "no-rule"


needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the shared samples are not here")


@needs_real
def test_real_cancel_of_the_same_instant_in_both_orders(folder):
    """The alert itself waits for staff: it is years old and says that it is a test."""
    for i, order in enumerate((["alert", "cancel"], ["cancel", "alert"])):
        place = folder / str(i)
        place.mkdir()
        web = {**fake("web", place), "blocked_by": []}
        config = basic_config(place, [web], rules=[{"name": "all", "channels": ["web"]}])
        config["municipalities"] = [TOWN]
        with harness.Hub(config, folder=place) as hub:
            # SAME only: not ours by its codes, so put it here.
            area = "<polygon>36.9,140.7 37.1,140.7 37.1,141.0 36.9,140.7</polygon><geocode>"
            shown = [take(hub, real(f"valid/ipaws-2025-signed-{name}.xml").replace(b"<geocode>", area.encode()))
                     for name in order]
        if order[0] == "alert":
            assert states(shown[0]) == {"held"}
        else:
            assert shown[1]["alert"]["verdict"] == "old" and events(shown[1]) == []


@needs_real
def test_every_invalid_file_in_one_run(hub):
    answers = {}
    for path in sorted((REAL / "invalid").iterdir()):
        answers[path.name] = hub.send(path.read_bytes())
    assert all(set(a) & {"accepted", "refused", "duplicate"} for a in answers.values())
    for name in ("xxe-remote-and-file.xml", "xml-billion-laughs.xml", "derived-billion-laughs-in-cap.xml"):
        assert answers[name]["refused"] == "doctype"
    assert events(take(hub, cap(1))) == ["issued"]


@needs_real
def test_real_messages_that_are_not_for_the_live_public(hub):
    for name in ("ph-pagasa-status-test", "ph-tsunami-exercise", "ca-alertable-scope-private", "cap11-private-no-timezone"):
        assert events(take(hub, real(f"valid/{name}.xml"))) == [], name


@needs_real
def test_real_conflict_and_duplicate(hub):
    assert "accepted" in hub.send(real("valid/oasis-ex2-thunderstorm.xml"))
    assert "duplicate" in hub.send(real("valid/oasis-ex2-thunderstorm.xml"))
    assert "accepted" in hub.send(real("invalid/derived-same-triple-other-content.xml"))
