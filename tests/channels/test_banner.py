# SPDX-License-Identifier: Apache-2.0
"""The banner driver: what stands in its folder after each batch."""
import json
import re
import shutil
import signal
import subprocess
import time
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

import driver_harness as h

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
ATOM = "{http://www.w3.org/2005/Atom}"
SCHEMA = h.TOP / ".." / "shared" / "data" / "cap" / "schema" / "CAP-v1.2.xsd"
FILES = ["banner.html", "index.html", "banner.json", "feed.atom"]


def start(folder, env=None, **more):
    options = {"folder": str(folder), "publisher": "半鐘市", "sender": "bosai@city.hansho.example",
               "url": "https://www.city.hansho.example/alert", "home": "", "notice_minutes": 60,
               "refresh": 300000, **more}
    return h.start_driver("banner", options, env=env)


def send(d, broadcast, expected="delivered", op="deliver"):
    d.deliver(broadcast["id"] + "/banner", ["banner"], broadcast, op=op)
    assert d.classes() == {"banner": expected}


def board(folder):
    page = json.loads((folder / "banner.json").read_text())
    return {e["id"]: e["state"] for e in page["in_force"] + page["ended"]}


class Checker(HTMLParser):
    """Every element closed in order; collects what the tests ask about."""
    VOID = {"meta", "link", "br", "path"}

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.text = [], [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open)
        self.open.pop()

    def handle_data(self, data):
        if not {"script", "style"} & set(self.open):
            self.text.append(data)

    def all_text(self):
        return "".join(self.text)


def page(folder, name="index.html"):
    return Checker((folder / name).read_text())


def check_cap(path):
    root = ET.parse(path).getroot()
    assert root.tag == CAP + "alert"
    order = ["identifier", "sender", "sent", "status", "msgType", "scope", "note", "references",
             "info"]
    places = [order.index(e.tag.removeprefix(CAP)) for e in root]
    assert places == sorted(places)
    info_order = ["language", "category", "event", "responseType", "urgency", "severity",
                  "certainty", "eventCode", "effective", "expires", "senderName", "headline",
                  "description", "web", "parameter", "area"]
    for info in root.iter(CAP + "info"):
        places = [info_order.index(e.tag.removeprefix(CAP)) for e in info]
        assert places == sorted(places)
        for name in ("category", "event", "urgency", "severity", "certainty"):
            assert info.find(CAP + name).text
    if SCHEMA.exists() and shutil.which("xmllint"):
        subprocess.run(["xmllint", "--nonet", "--noout", "--schema", str(SCHEMA), str(path)],
                       check=True, capture_output=True, timeout=h.WAIT_S)
    return root


def cap_text(root, name):
    return root.findtext(CAP + name)


# ---- empty page ----

def test_pages_stand_before_the_first_alert(tmp_path):
    with start(tmp_path):
        pass
    for place in (tmp_path, tmp_path / "drill"):
        for name in FILES:
            assert (place / name).exists()
        p = page(place)
        assert any(a.get("aria-live") == "polite" and "data-live" in a for _, a in p.seen)
        assert "発表中の緊急情報はありません" in p.all_text()
        live = [a for _, a in page(place, "banner.html").seen if "data-live" in a]
        assert live[0]["role"] == "status"


@pytest.mark.parametrize("options, key", [
    ({"sender": "a b"}, "sender"), ({"sender": "a,b"}, "sender"), ({"sender": ""}, "sender"),
    ({"url": "javascript:alert(1)"}, "url"), ({"home": "ftp://x"}, "home")], ids=str)
def test_refused_options(tmp_path, options, key):
    d = h.start_driver("banner")
    good = {"folder": str(tmp_path), "publisher": "半鐘市", "sender": "a@b.example"}
    answer = d.hello({**good, **options}, "banner")
    assert (answer["op"], answer["option"]) == ("fault", key)
    assert d.close() == 78


# ---- one broadcast ----

def test_a_warning_is_in_every_file(tmp_path):
    b = h.make_broadcast()
    with start(tmp_path) as d:
        send(d, b)
        assert d.at_risk() == ["rest"]
    root = check_cap(tmp_path / "cap" / f"{b['id']}.xml")
    assert [cap_text(root, n) for n in ("identifier", "sender", "sent", "status", "msgType")] == [
        b["id"], "bosai@city.hansho.example", b["issued"], "Actual", "Alert"]
    infos = root.findall(CAP + "info")
    assert [i.findtext(CAP + "language") for i in infos] == ["ja", "en"]
    assert infos[0].findtext(CAP + "event") == "津波警報"
    assert infos[1].findtext(CAP + "event") == "Tsunami Warning"
    assert infos[0].findtext(CAP + "severity") == "Severe"
    assert infos[0].findtext(CAP + "responseType") == "Evacuate"
    assert infos[0].findtext(f"{CAP}area/{CAP}geocode/{CAP}value") == "99201"
    for name in ("index.html", "banner.html"):
        p = page(tmp_path, name)
        assert "津波警報" in p.all_text() and "Tsunami warning" in p.all_text()
        assert {a.get("lang") for _, a in p.seen} >= {"ja", "en"}
        assert "危険" in p.all_text()     # the word says what the colour says
        assert any(a.get("data-expires") == b["expires"] for _, a in p.seen)
    assert [a["role"] for _, a in page(tmp_path, "banner.html").seen if "data-live" in a] == [
        "alert"]
    feed = ET.parse(tmp_path / "feed.atom").getroot()
    link = feed.find(f"{ATOM}entry/{ATOM}link")
    assert link.get("href") == f"https://www.city.hansho.example/alert/cap/{b['id']}.xml"
    assert board(tmp_path) == {b["id"]: "in_force"}
    assert board(tmp_path / "drill") == {}


HOSTILE = "<script>alert(1)</script>\"'&\u202e]]>"


def test_hostile_text_stays_text(tmp_path):
    b = h.make_broadcast(
        id="../../etc/x<y>", source=HOSTILE, value=HOSTILE, code=HOSTILE,
        areas=[{"system": HOSTILE, "code": HOSTILE, "name": HOSTILE}],
        texts={"ja": {"title": HOSTILE, "short": HOSTILE, "body": HOSTILE}})
    with start(tmp_path, publisher=HOSTILE) as d:
        send(d, b)
    names = sorted(p.name for p in (tmp_path / "cap").iterdir())
    assert names == ["_._.._etc_x_y_.xml"]
    assert ET.parse(tmp_path / "cap" / names[0]).getroot().findtext(
        f"{CAP}info/{CAP}description") == HOSTILE
    for name in ("index.html", "banner.html"):
        p = page(tmp_path, name)
        assert len([t for t, _ in p.seen if t == "script"]) == 1
        assert "alert(1)" in p.all_text()
    ET.parse(tmp_path / "feed.atom")
    assert not (tmp_path / ".." / "etc").exists()


def test_a_second_delivery_changes_nothing(tmp_path):
    b = h.make_broadcast()
    with start(tmp_path) as d:
        send(d, b)
        before = (tmp_path / "cap" / f"{b['id']}.xml").read_bytes()
        send(d, b)
        assert (tmp_path / "cap" / f"{b['id']}.xml").read_bytes() == before
    assert board(tmp_path) == {b["id"]: "in_force"}


def test_level_of_the_agency_only_corresponds(tmp_path):
    with start(tmp_path) as d:
        send(d, h.make_broadcast(id="a", kind="weather.landslide", level=4))
        assert "警戒レベル4相当" in page(tmp_path).all_text()
        send(d, h.make_broadcast(id="b", kind="evacuation.order", level=4))
        assert re.search("警戒レベル4(?!相当)", page(tmp_path).all_text())


# ---- the life of an entry ----

def test_update_replaces(tmp_path):
    first, second = h.make_broadcast(id="a.1"), h.make_broadcast(
        id="a.2", event="raised", kind="tsunami.major_warning", severity="extreme", update=2,
        replaces=["a.1"])
    with start(tmp_path) as d:
        send(d, first)
        send(d, second)
        assert board(tmp_path) == {"a.2": "in_force"}
        root = check_cap(tmp_path / "cap" / "a.2.xml")
        assert cap_text(root, "msgType") == "Update"
        assert cap_text(root, "references") == (
            f"bosai@city.hansho.example,a.1,{first['issued']}")
        assert "第2報" in page(tmp_path).all_text()
        send(d, first)   # a late retry does not bring it back
        assert board(tmp_path) == {"a.2": "in_force"}


def test_late_retry_of_something_never_seen_stays_past(tmp_path):
    with start(tmp_path) as d:
        send(d, h.make_broadcast(id="a.2", event="raised", replaces=["a.1"]))
        send(d, h.make_broadcast(id="a.1"))
        assert board(tmp_path) == {"a.2": "in_force"}


@pytest.mark.parametrize("event, state, word, other, message", [
    ("released", "released", "解除", "取消", "Update"),
    ("cancelled", "cancelled", "取消", "解除", "Cancel")])
def test_ends_show_a_notice(tmp_path, event, state, word, other, message):
    texts = {"ja": {"title": "津波警報", "short": "お知らせ", "body": "お知らせ"}}
    with start(tmp_path) as d:
        send(d, h.make_broadcast(id="a.1"))
        send(d, h.make_broadcast(id="a.2", event=event, texts=texts, replaces=["a.1"]))
    assert board(tmp_path) == {"a.2": state}
    seen = page(tmp_path).all_text()
    assert word in seen and other not in seen
    root = check_cap(tmp_path / "cap" / "a.2.xml")
    assert cap_text(root, "msgType") == message
    assert root.findtext(f"{CAP}info/{CAP}responseType") == "AllClear"


def test_a_release_that_names_nothing_ends_its_thread(tmp_path):
    with start(tmp_path) as d:
        send(d, h.make_broadcast(id="a", thread="t1"))
        send(d, h.make_broadcast(id="b", thread="t2"))
        send(d, h.make_broadcast(id="c", thread="t1", event="released"))
    assert board(tmp_path) == {"b": "in_force", "c": "released"}


def test_withdraw_takes_it_down_with_a_notice(tmp_path):
    b = h.make_broadcast()
    with start(tmp_path) as d:
        send(d, b)
        send(d, b, op="withdraw")
        assert board(tmp_path) == {b["id"]: "withdrawn"}
        assert "取り下げ" in page(tmp_path).all_text()
        send(d, b, op="withdraw")
        assert board(tmp_path) == {b["id"]: "withdrawn"}


def wait_for(check):
    """The driver acts by itself, at most once a second: watch its files until it has."""
    end = time.monotonic() + h.WAIT_S
    while not check():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_expired_entries_leave_by_themselves(tmp_path):
    with start(tmp_path) as d:
        send(d, h.make_broadcast(id="short", expires=h.text_now(seconds=2)))
        send(d, h.make_broadcast(id="long"))
        assert board(tmp_path)["long"] == "in_force"
        wait_for(lambda: board(tmp_path) == {"long": "in_force"})
        wait_for(lambda: (tmp_path / "index.html").read_text().count("<article") == 1)


def test_warning_stays_until_it_is_lifted(tmp_path):
    """A tsunami warning does not end when its message may no longer be sent."""
    with start(tmp_path) as d:
        send(d, h.make_broadcast(id="open", expires=h.text_now(seconds=1), until_ended=True))
        send(d, h.make_broadcast(id="short", expires=h.text_now(seconds=1)))
        wait_for(lambda: board(tmp_path) == {"open": "in_force"})
        page = (tmp_path / "index.html").read_text()
        assert "解除・切替の発表まで" in page
        send(d, h.make_broadcast(id="end", event="released", replaces=["open"]))
        assert board(tmp_path)["end"] == "released" and board(tmp_path).get("open") != "in_force"


def test_expired_while_the_driver_was_down(tmp_path):
    with start(tmp_path) as d:
        send(d, h.make_broadcast(id="old", expires=h.text_now(seconds=1)))
    wait_for(lambda: h.text_now() > json.loads(
        (tmp_path / ".state.json").read_text())["entries"][0]["until"])
    with start(tmp_path):
        assert board(tmp_path) == {}


def test_restart_keeps_what_is_in_force(tmp_path):
    b = h.make_broadcast()
    d = start(tmp_path)
    send(d, b)
    d.signal(signal.SIGKILL)
    d.wait()
    d.close()
    with start(tmp_path) as d:
        assert board(tmp_path) == {b["id"]: "in_force"}
        send(d, h.make_broadcast(id="next"))
        assert set(board(tmp_path)) == {b["id"], "next"}


def test_damaged_state_does_not_stop_an_alert(tmp_path):
    with start(tmp_path) as d:
        (tmp_path / ".state.json").write_text("{half")
        send(d, h.make_broadcast(id="now"))
        assert board(tmp_path) == {"now": "in_force"}
    assert "damaged" in d.log()


@pytest.mark.parametrize("point", ["agent.at_risk", "agent.delivered", "agent.reported"])
def test_resend_after_a_crash_leaves_one_entry(tmp_path, point):
    if not h.has_crash_points("banner"):
        pytest.skip("built without crash points")
    b = h.make_broadcast()
    d = start(tmp_path, env={"HANSHO_CRASH_AT": point})
    d.deliver(b["id"] + "/banner", ["banner"], b)
    assert d.receive_rest()[0]["op"] == "at_risk"
    assert d.wait() == -signal.SIGKILL
    d.close()
    with start(tmp_path) as d:
        send(d, b)
    assert board(tmp_path) == {b["id"]: "in_force"}
    assert [p.suffix for p in tmp_path.iterdir() if p.suffix == ".tmp"] == []


# ---- drills ----

@pytest.mark.parametrize("status, cap_status", [("exercise", "Exercise"), ("test", "Test")])
def test_drills_stay_apart_and_look_different(tmp_path, status, cap_status):
    b = h.make_broadcast(status=status)
    with start(tmp_path) as d:
        send(d, b)
    assert board(tmp_path) == {}
    assert list((tmp_path / "cap").iterdir()) == []
    assert "津波" not in (tmp_path / "index.html").read_text()
    drill = tmp_path / "drill"
    assert board(drill) == {b["id"]: "in_force"}
    p = page(drill)
    assert "これは訓練です" in p.all_text() and "THIS IS A DRILL" in p.all_text()
    assert ("body", {"class": "drill"}) in p.seen
    assert ("meta", {"name": "robots", "content": "noindex"}) in p.seen
    root = check_cap(drill / "cap" / f"{b['id']}.xml")
    assert cap_text(root, "status") == cap_status
    assert cap_text(root, "note")
    if status == "exercise":
        assert "【訓練】津波警報" in p.all_text()


def test_a_drill_cannot_end_what_is_real(tmp_path):
    with start(tmp_path) as d:
        send(d, h.make_broadcast(id="real", thread="t"))
        send(d, h.make_broadcast(id="x", thread="t", status="exercise", event="cancelled",
                                 replaces=["real"]))
        assert board(tmp_path) == {"real": "in_force"}


# ---- size, failure ----

def test_page_stays_small(tmp_path):
    texts = {lang: {"title": f"大雨 {lang}", "short": "危険な場所から避難してください。" * 3,
                    "body": "危険な場所から全員避難してください。\n" * 40}
             for lang in ("ja", "en", "zh", "ko", "pt", "vi")}
    with start(tmp_path) as d:
        for i in range(45):
            send(d, h.make_broadcast(id=f"b{i:02d}", texts=texts, thread=f"t{i}"))
    assert (tmp_path / "index.html").stat().st_size <= 30 * 1024
    assert "ほか15件" in page(tmp_path).all_text()
    assert len(board(tmp_path)) == 45


def test_most_urgent_first(tmp_path):
    with start(tmp_path) as d:
        for severity in ("minor", "extreme", "moderate"):
            send(d, h.make_broadcast(id=severity, severity=severity, thread=severity))
    classes = [a["class"] for t, a in page(tmp_path).seen if t == "article"]
    assert classes == ["extreme", "moderate", "minor"]


def test_folder_away_is_transient(tmp_path):
    folder = tmp_path / "public"
    with start(folder) as d:
        assert d.probe()["state"] == "ok"
        shutil.rmtree(folder)
        assert d.probe()["state"] == "down"
        send(d, h.make_broadcast(), expected="transient")


def test_pages_are_refreshed_while_nothing_happens(tmp_path):
    with start(tmp_path, refresh=1000):
        first = json.loads((tmp_path / "banner.json").read_text())["updated"]
        wait_for(lambda: json.loads((tmp_path / "banner.json").read_text())["updated"] != first)


def test_script_is_the_only_one_allowed(tmp_path):
    import base64
    import hashlib
    with start(tmp_path):
        pass
    text = (tmp_path / "index.html").read_text()
    script = re.search("<script>(.*?)</script>", text, re.S).group(1)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
