# SPDX-License-Identifier: Apache-2.0
"""hansho-fetch-atom against a real web server: every telegram once, none lost, and a poll that
fails never looks like calm."""
import datetime
import json
import os
import random
import re
import subprocess
from pathlib import Path

import pytest

from fetch_rig import Fetcher, Intake
from web_site import Site, atom

NOW = None  # of the test: feeds that were made at the start of a long run would be old in its middle


@pytest.fixture(autouse=True)
def made_now():
    global NOW
    NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "cap" / "feeds"


def ago(seconds):
    return NOW - datetime.timedelta(seconds=seconds)


def options(site, *feeds, **values):
    """As the hub fills them in: milliseconds, and a cadence for tests."""
    pairs = [f if isinstance(f, tuple) else (f, None) for f in feeds or ("feed/extra.xml",)]
    given = [{"url": site.url(url), **({"long": site.url(long)} if long else {})} for url, long in pairs]
    return {"feeds": given, "interval": 150, "at": 0, "jitter": 0, "gap": 60000, "stale": 0, "down_after": 600,
            "missing_for": 600000, "retry_first": 50, "connect_timeout": 2000, "timeout": 10000,
            "max_feed": 1 << 20, "max_telegram": 65536, "requests_per_hour": 100000, "bytes_per_hour": 1 << 30,
            "remember": 86400000, "plain_http": False, "private_addresses": True, **values}


def name(number, kind="VPWW55", office="070000", second=None):
    stamp = (NOW - datetime.timedelta(seconds=1000 - (number if second is None else second))).strftime("%Y%m%d%H%M%S")
    return f"data/{stamp}_{number}_{kind}_{office}.xml"


def telegram(number):
    return b"<Report><Number>%d</Number></Report>" % number


def publish(site, numbers, feed="feed/extra.xml", names=name, base=None):
    """Puts the telegrams and a feed that lists them, newest first."""
    for number in numbers:
        site.put(names(number), telegram(number))
    links = [(f"{base or site.url('')}{names(number)}", ago(1000 - number)) for number in sorted(numbers, reverse=True)]
    site.put(feed, atom(links, updated=NOW))


@pytest.fixture(name="site")
def make_site(tmp_path):
    with Site(tmp_path) as site:
        yield site


@pytest.fixture(name="intake")
def make_intake(tmp_path):
    with Intake(tmp_path) as intake:
        yield intake


def test_each_telegram_once_oldest_first_then_not_modified(tmp_path, site, intake):
    publish(site, range(1, 21))
    with Fetcher("atom", tmp_path, intake, options(site)) as fetcher:
        assert intake.wait(20) == [telegram(n) for n in range(1, 21)]
        site.wait(lambda: len([r for r in site.requests("/feed/") if r[0] == 304]) >= 3)
        assert len(site.requests("/data/")) == 20
        publish(site, range(1, 23))
        intake.wait(22)
        fetcher.health("ok")
    assert len(site.requests("/data/")) == 22
    assert intake.seen == 22


def test_telegrams_of_one_second_keep_the_order_of_their_numbers(tmp_path, site, intake):
    numbers = [3, 12, 1, 2]
    same = lambda n: name(n, second=500)
    for number in numbers:
        site.put(same(number), telegram(number))
    site.put("feed/extra.xml", atom([(site.url(same(n)), ago(500)) for n in numbers], updated=NOW))
    with Fetcher("atom", tmp_path, intake, options(site)):
        assert intake.wait(4) == [telegram(n) for n in (1, 2, 3, 12)]


def test_only_wanted_types_are_fetched_and_national_ones_whatever_the_office(tmp_path, site, intake):
    kinds = [("VPWW55", "070000"), ("VPWW55", "130000"), ("VTSE41", "010000"), ("VPWS50", "070000"),
             ("VPFD51", "070000"), ("VXKO70", "150000")]
    links = []
    for number, (kind, office) in enumerate(kinds):
        site.put(name(number, kind, office), telegram(number))
        links.append((site.url(name(number, kind, office)), ago(100)))
    site.put("special/odd-name.xml", telegram(9))
    links.append((site.url("special/odd-name.xml"), ago(100)))
    site.put("feed/extra.xml", atom(links, updated=NOW))
    wanted = options(site, types=["VPWW*", "VTSE41", "VXKO*", "VPWS50"], offices=["070000"])
    with Fetcher("atom", tmp_path, intake, wanted):
        intake.wait(4)
        site.wait(lambda: len(site.requests("/feed/")) >= 4)
    assert sorted(intake.telegrams) == [telegram(n) for n in (0, 2, 5, 9)]
    assert len([r for r in site.requests() if "/feed/" not in r[1]]) == 4


def test_what_is_listed_and_not_there_yet_is_asked_for_again(tmp_path, site, intake):
    publish(site, range(1, 4))
    site.remove(name(2))
    with Fetcher("atom", tmp_path, intake, options(site)):
        intake.wait(2)
        site.wait(lambda: len(site.requests(name(2))) >= 3)
        site.put(name(2), telegram(2))
        assert intake.wait(3)[2] == telegram(2)
    assert {r[0] for r in site.requests(name(2))} == {404, 200}


def test_what_never_comes_is_given_up_and_told(tmp_path, site, intake):
    publish(site, range(1, 4))
    site.remove(name(2))
    with Fetcher("atom", tmp_path, intake, options(site, missing_for=300)) as fetcher:
        fetcher.health("degraded", "1 telegrams were given up")
        tries = len(site.requests(name(2)))
        polls = len(site.requests("/feed/"))
        site.wait(lambda: len(site.requests("/feed/")) >= polls + 4)
        assert len(site.requests(name(2))) == tries
    assert sorted(intake.telegrams) == [telegram(1), telegram(3)]


def test_a_telegram_cut_short_is_asked_for_until_it_is_whole(tmp_path, site, intake):
    publish(site, [1])
    site.put(name(1), telegram(1)[:-5])
    with Fetcher("atom", tmp_path, intake, options(site)):
        site.wait(lambda: len(site.requests(name(1))) >= 3)
        assert intake.seen == 0
        site.put(name(1), telegram(1))
        assert intake.wait(1) == [telegram(1)]


def test_an_outage_is_down_and_ends_without_loss(tmp_path, site, intake):
    publish(site, range(1, 4))
    with Fetcher("atom", tmp_path, intake, options(site)) as fetcher:
        intake.wait(3)
        well = fetcher.health("ok")
        site.stop()
        fetcher.health("degraded", "the last poll failed")
        down = fetcher.health("down", "no good poll for")
        assert down["last_ok"] >= well["last_ok"]
        site.start()
        publish(site, range(1, 6))
        intake.wait(5)
        assert fetcher.health("ok")["last_ok"] > down["last_ok"]
    assert intake.seen == 5


def test_an_error_of_the_server_is_no_empty_feed(tmp_path, site, intake):
    publish(site, [1])
    with Fetcher("atom", tmp_path, intake, options(site)) as fetcher:
        intake.wait(1)
        fetcher.health("ok")
        site.outage(True)
        fetcher.health("down", "status 503")
        site.outage(False)
        fetcher.health("ok")
    assert intake.seen == 1


def test_an_empty_feed_is_well(tmp_path, site, intake):
    site.put("feed/extra.xml", atom([]))
    with Fetcher("atom", tmp_path, intake, options(site)) as fetcher:
        fetcher.health("ok")


@pytest.mark.parametrize("feed,data,words", [
    ("feed/extra.xml", b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>", "no feed came"),
    ("feed/extra.xml", b"", "no feed came"),
    ("page/extra.xml", b"<!DOCTYPE html><html><body>maintenance</body></html>", "DOCTYPE"),
    ("page/extra.xml", b"<html><body>login</body></html>", "neither an Atom feed"),
    ("feed/extra.xml", b"<feed>" + b" " * (1 << 20) + b"</feed>", "larger than allowed"),
    ("packed/extra.xml", b"<feed>" + b" " * (8 << 20) + b"</feed>", "larger than allowed"),
    ("slow/extra.xml", b"<feed xmlns='http://www.w3.org/2005/Atom'>" + b" " * 200000 + b"</feed>", "no whole answer"),
    ("loop/extra.xml", b"", "too many redirects"),
    ("away/extra.xml", b"", "not allowed"),
    ("feed/missing.xml", None, "status 404"),
], ids=["cut", "nothing", "page", "no-feed", "huge", "bomb", "slow", "loop", "away", "missing"])
def test_what_is_no_feed_is_down_and_never_calm(tmp_path, site, intake, feed, data, words):
    if data is not None:
        site.put(feed, data)
    with Fetcher("atom", tmp_path, intake, options(site, feed, timeout=1000)) as fetcher:
        fetcher.health("down", words)
        assert not any(line.get("state") == "ok" for line in fetcher.lines)


def test_a_redirect_within_the_host_is_followed(tmp_path, site, intake):
    publish(site, [1, 2])
    with Fetcher("atom", tmp_path, intake, options(site, "moved/extra.xml")) as fetcher:
        intake.wait(2)
        fetcher.health("ok")


def test_one_bad_feed_does_not_stop_another(tmp_path, site, intake):
    publish(site, [1, 2])
    with Fetcher("atom", tmp_path, intake, options(site, "feed/extra.xml", "feed/missing.xml")) as fetcher:
        intake.wait(2)
        fetcher.health("down", "status 404")


def test_a_feed_that_says_nothing_new_is_stale(tmp_path, site, intake):
    site.put("feed/extra.xml", atom([], updated=ago(7200)))
    with Fetcher("atom", tmp_path, intake, options(site, stale=3600000)) as fetcher:
        fetcher.health("degraded", "nothing new for 12")
    with Fetcher("atom", tmp_path, intake, options(site, stale=3600000)) as fetcher:
        fetcher.health("degraded", "nothing new for 12")  # also after 304s only
        site.put("feed/extra.xml", atom([], updated=NOW))
        fetcher.health("ok")


def test_a_feed_told_anew_under_another_etag_brings_nothing_twice(tmp_path, site, intake):
    publish(site, range(1, 6))
    with Fetcher("atom", tmp_path, intake, options(site)):
        intake.wait(5)
        publish(site, range(1, 6))
        site.wait(lambda: len([r for r in site.requests("/feed/") if r[0] == 200]) >= 2)
        polls = len(site.requests("/feed/"))
        site.wait(lambda: len(site.requests("/feed/")) >= polls + 2)
    assert intake.seen == 5 and len(site.requests("/data/")) == 5


def test_a_telegram_no_longer_listed_has_not_ended(tmp_path, site, intake):
    publish(site, range(1, 6))
    with Fetcher("atom", tmp_path, intake, options(site)) as fetcher:
        intake.wait(5)
        publish(site, [5])
        polls = len(site.requests("/feed/"))
        site.wait(lambda: len(site.requests("/feed/")) >= polls + 2)
        fetcher.health("ok")
    assert intake.seen == 5


def test_links_with_another_scheme_are_the_same_telegram_and_other_hosts_are_not_asked(tmp_path, site, intake):
    publish(site, [1])
    links = [("http://192.0.2.1/" + name(1), ago(5)), (site.url(name(1)), ago(5)),
             ("https://evil.example/" + name(2), ago(5)), ("file:///etc/passwd", ago(5))]
    site.put("feed/extra.xml", atom(links, updated=NOW))
    with Fetcher("atom", tmp_path, intake, options(site)) as fetcher:
        intake.wait(1)
        fetcher.health("degraded", "lead to no telegram")
    assert len(site.requests("/data/")) == 1


def test_a_private_address_is_asked_only_when_allowed(tmp_path, site, intake):
    publish(site, [1])
    given = options(site, private_addresses=False)
    given["feeds"][0]["url"] = given["feeds"][0]["url"].replace("127.0.0.1", "localhost.localdomain")
    with Fetcher("atom", tmp_path, intake, {**given, "plain_http": True, "interval": 10000}) as fetcher:
        down = fetcher.health("down", "localhost.localdomain")
        assert "private address" in down["text"] or "resolve" in down["text"]
    assert site.requests() == []


def test_tls_is_verified_and_old_links_are_upgraded(tmp_path, intake):
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                    "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    with Site(tmp_path, tls=(cert, key)) as site:
        publish(site, [1, 2], base=site.url("").replace("https:", "http:"))
        with Fetcher("atom", tmp_path, intake, options(site)) as fetcher:
            fetcher.health("down", "certificate")
            assert intake.seen == 0
        with Fetcher("atom", tmp_path, intake, options(site, ca_file=str(cert))) as fetcher:
            intake.wait(2)
            fetcher.health("ok")


def test_the_long_feed_fills_a_gap_and_is_not_read_without_one(tmp_path, site, intake):
    old = lambda n: name(n, second=-20000 + n)
    state = tmp_path / "state" / "main" / "polled.json"
    publish(site, range(1, 4))
    publish(site, range(1, 9), feed="feed/extra_l.xml")
    given = options(site, ("feed/extra.xml", "feed/extra_l.xml"))
    with Fetcher("atom", tmp_path, intake, given) as fetcher:
        intake.wait(8)
        site.wait(lambda: state.exists() and "covered_ms" in state.read_text(), "the memory")
        first = len(site.requests("extra_l"))
    with Fetcher("atom", tmp_path, intake, given) as fetcher:
        fetcher.health("ok")
        polls = len(site.requests("extra.xml"))
        site.wait(lambda: len(site.requests("extra.xml")) >= polls + 2)
        assert len(site.requests("extra_l")) == first
    memory = json.loads(state.read_text())
    for source in memory["sources"].values():
        source["covered_ms"] -= 5 * 3600 * 1000
    state.write_text(json.dumps(memory))
    for number in range(10, 13):
        site.put(old(number), telegram(number))
    links = [(site.url(old(number)), ago(20000 - number)) for number in range(10, 13)]
    site.put("feed/extra_l.xml", atom(links, updated=NOW))
    with Fetcher("atom", tmp_path, intake, given) as fetcher:
        intake.wait(11)
        fetcher.health("ok")
    assert intake.seen == 11


def test_a_long_feed_made_before_the_gap_ended_is_read_again(tmp_path, site, intake):
    publish(site, [1])
    site.put("feed/extra_l.xml", atom([], updated=ago(3000)))
    given = options(site, ("feed/extra.xml", "feed/extra_l.xml"))
    with Fetcher("atom", tmp_path, intake, given) as fetcher:
        fetcher.health("degraded", "gap")
        site.wait(lambda: len(site.requests("extra_l")) >= 2)
        publish(site, [1, 2], feed="feed/extra_l.xml")
        intake.wait(2)
        fetcher.health("ok")


def test_what_is_new_does_not_wait_for_a_long_backlog(tmp_path, site, intake):
    old = lambda n: name(n, second=-90000 + n)
    for number in range(100, 160):
        site.put(old(number), telegram(number))
    site.put("feed/extra_l.xml", atom([(site.url(old(n)), ago(90000 - n)) for n in range(100, 160)], updated=NOW))
    publish(site, [1])
    given = options(site, ("feed/extra.xml", "feed/extra_l.xml"), requests_per_hour=60)
    with Fetcher("atom", tmp_path, intake, given) as fetcher:
        fetcher.health("degraded", "this hour's share")
        publish(site, [1, 2])
        intake.until(lambda: telegram(2) in intake.telegrams)
    assert len(site.requests()) <= 60
    asked = [r[1] for r in site.requests("/data/")]
    assert len(asked) <= 36 + 2
    assert asked.index("/" + name(1)) < 4


def test_the_hours_share_survives_a_restart(tmp_path, site, intake):
    publish(site, range(1, 41))
    given = options(site, requests_per_hour=20)
    for _ in range(3):
        with Fetcher("atom", tmp_path, intake, given) as fetcher:
            fetcher.health("down", "this hour's share")
    assert len(site.requests()) <= 20


def test_retry_is_no_answer_and_is_not_remembered(tmp_path, site):
    publish(site, range(1, 6))
    with Intake(tmp_path, lambda number, data: {"retry": "store full"}) as intake:
        with Fetcher("atom", tmp_path, intake, options(site)) as fetcher:
            intake.until(lambda: intake.seen >= 8)
            fetcher.kill()
        intake.answers = None
        with Fetcher("atom", tmp_path, intake, options(site)):
            intake.wait(5)
    assert sorted(intake.telegrams) == [telegram(n) for n in range(1, 6)]


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_moment_nothing_is_lost(tmp_path, site, intake, seed):
    """kill -9 at random: every telegram is accepted; what comes twice is a duplicate to the hub."""
    chance = random.Random(seed)
    last = 0
    for _ in range(6):
        last += chance.randrange(5, 30)
        publish(site, range(1, last + 1))
        before = intake.seen
        with Fetcher("atom", tmp_path, intake, options(site)) as fetcher:
            intake.until(lambda: intake.seen > before + chance.randrange(0, 5))
            fetcher.kill()
    with Fetcher("atom", tmp_path, intake, options(site)):
        intake.until(lambda: set(intake.telegrams) == {telegram(n) for n in range(1, last + 1)})


def test_a_memory_that_cannot_be_read_is_set_aside(tmp_path, site, intake):
    publish(site, [1])
    folder = tmp_path / "state" / "main"
    folder.mkdir(parents=True)
    (folder / "polled.json").write_text("{broken")
    with Fetcher("atom", tmp_path, intake, options(site)) as fetcher:
        intake.wait(1)
        fetcher.health("ok")
    assert (folder / "polled.json.bad").read_text() == "{broken"
    assert "sources" in json.loads((folder / "polled.json").read_text())


# ---- CAP ---------------------------------------------------------------------------------------

CAP = ('<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>a{n}</identifier><sender>s@example.jp</sender>'
       "<sent>2026-11-20T14:30:00+09:00</sent><status>Actual</status></alert>")


def test_alerts_inside_atom_entries(tmp_path, site, intake):
    entries = "".join(f'<entry><id>urn:x:{n}</id><content type="text/xml">{CAP.format(n=n)}</content></entry>'
                      for n in range(3))
    site.put("feed/cap.atom", f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>')
    with Fetcher("atom", tmp_path, intake, options(site, "feed/cap.atom")) as fetcher:
        intake.wait(3)
        fetcher.health("ok")
        polls = len(site.requests("/feed/"))
        site.wait(lambda: len(site.requests("/feed/")) >= polls + 2)
    assert intake.seen == 3
    assert all(b"<alert" in t and b"entry" not in t for t in intake.telegrams)


def test_rss_of_cap_links_and_an_address_used_again(tmp_path, site, intake):
    item = ('<item><title>Wind</title><link>{url}</link><pubDate>{at}</pubDate><guid isPermaLink="false">g</guid>'
            '<cap:event xmlns:cap="urn:oasis:names:tc:emergency:cap:1.1">Wind</cap:event></item>')
    rss = '<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'
    for number, at in ((1, "Fri, 20 Nov 2026 05:09:13 +0000"), (2, "Fri, 20 Nov 2026 06:09:13 +0000")):
        site.put("cap/current.xml", CAP.format(n=number))
        site.put("feed/rss.xml", rss.format(items=item.format(url="../cap/current.xml", at=at)))
        with Fetcher("atom", tmp_path, intake, options(site, "feed/rss.xml")) as fetcher:
            intake.wait(number)
            fetcher.health("ok")
    assert intake.telegrams == [CAP.format(n=1).encode(), CAP.format(n=2).encode()]


def test_a_feed_of_bad_utf8_is_mended_and_told(tmp_path, site, intake):
    site.put("cap/1.xml", CAP.format(n=1))
    feed = atom([(site.url("cap/1.xml"), ago(5))], updated=NOW).encode()
    site.put("feed/cap.atom", feed.replace("高頻度".encode(), "bulletin météo".encode("latin-1")))
    with Fetcher("atom", tmp_path, intake, options(site, "feed/cap.atom")) as fetcher:
        intake.wait(1)
        fetcher.health("degraded", "UTF-8")


@pytest.mark.skipif(not SHARED.exists(), reason="the shared feeds are not there")
@pytest.mark.parametrize("feed,telegrams,state,words", [
    ("amber-full-cap.atom", 1, "ok", ""),
    ("naads-canada-signed.atom", 1, "ok", ""),
    ("empty-index.atom", 0, "ok", ""),
    ("entry-without-id.atom", 0, "degraded", "lead to no telegram"),
    ("naads-bad-utf8.atom", 0, "degraded", "UTF-8"),
    ("nws-atom-index-oregon.atom", 0, "degraded", "lead to no telegram"),
    ("wmo-swic-au-bom.rss.xml", 0, "degraded", "lead to no telegram"),
    ("au-rfs-edxl-de.xml", 0, "down", "neither an Atom feed"),
])
def test_feeds_as_agencies_send_them(tmp_path, site, intake, feed, telegrams, state, words):
    """Links lead to hosts that are not allowed here: those entries are told, none is asked for."""
    site.put("feed/cap", (SHARED / feed).read_bytes())
    with Fetcher("atom", tmp_path, intake, options(site, "feed/cap")) as fetcher:
        fetcher.health(state, words)
        intake.wait(telegrams)
    assert intake.seen == telegrams


JMA = SHARED.parents[1] / "jmx" / "feed" / "extra-20240725-full.xml"


@pytest.mark.skipif(not JMA.exists(), reason="the shared feed of JMA is not there")
def test_a_real_feed_of_the_agency(tmp_path, site, intake):
    """Its own links and names, on our server: what is wanted is fetched once, in order, and nothing else."""
    text = JMA.read_text().replace("https://www.data.jma.go.jp/", site.url(""))
    listed = set(re.findall(r'href="[^"]*/(developer/xml/data/\d{14}_\d+_([A-Z0-9]+)_(\d+)\.xml)"', text))
    wanted = {path for path, kind, office in listed if kind in ("VPWW53", "VPWW54") and office in ("260000", "280000")}
    assert len(listed) > 100 and len(wanted) > 1
    for number, path in enumerate(sorted(wanted)):
        site.put(path, telegram(number))
    site.put("developer/xml/feed/extra.xml", text)
    given = options(site, "developer/xml/feed/extra.xml", types=["VPWW53", "VPWW54"], offices=["260000", "280000"])
    with Fetcher("atom", tmp_path, intake, given) as fetcher:
        intake.wait(len(wanted))
        fetcher.health("ok")
        site.wait(lambda: len([r for r in site.requests("extra.xml") if r[0] == 304]) >= 2)
    assert {r[1].lstrip("/") for r in site.requests("/data/")} == wanted
    assert intake.seen == len(wanted)
