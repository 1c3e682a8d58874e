# SPDX-License-Identifier: Apache-2.0
"""The driver mqtt with brokers that are away, refuse, lie or die."""
import signal
import subprocess
import time

import pytest

from driver_harness import WAIT_S, has_crash_points, make_broadcast, start_driver
from mqtt_harness import (AREA, SITE, Mosquitto, broker, devices, free_port, keys, options,
                          receipts, sirens, start)
from mqtt_server import FakeBroker


def test_broker_away(keys):
    with start(keys, free_port()) as d:
        d.deliver("b.1/sirens", devices(2))
        o = d.outcomes()["siren-01"]
        assert (o["class"], o["scope"], o["reason"]) == ("transient", "channel", "unreachable")
        assert d.at_risk() == []
        assert d.probe()["state"] == "down"


def test_failover_to_the_second_broker(keys, broker, sirens):
    sirens("--count", 1)
    with start(keys, free_port(), broker.port) as d:
        d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1"))
        assert d.classes() == {"siren-01": "delivered"}
        receipts(d, ["siren-01"], "confirmed")
        health = d.probe()
        assert health["state"] == "degraded" and "standby" in health["text"]


def test_second_broker_when_the_first_never_greets(keys, broker):
    with FakeBroker(connack=None) as deaf:
        with start(keys, deaf.port, broker.port, connect_timeout=300) as d:
            d.deliver("b.1/sirens", devices(1))
            assert d.classes() == {"siren-01": "delivered"}
        assert deaf.published == []


def test_wrong_password(keys, tmp_path):
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("hill\n")
    wrong.write_text("dale\n")
    for f in (right, wrong):
        f.chmod(0o600)
    users = tmp_path / "users"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(users), "hansho", "hill"], check=True,
                   capture_output=True)
    b = Mosquitto(tmp_path / "broker", f"password_file {users}", "allow_anonymous false")
    try:
        for password, expected in ((wrong, ("transient", "auth")), (right, ("delivered", "unheard"))):
            brokers = [{"host": "127.0.0.1", "port": b.port, "username": "hansho",
                        "password_file": str(password)}]
            with start(keys, brokers=brokers) as d:
                d.deliver("b.1/sirens", devices(1))
                o = d.outcomes()["siren-01"]
                assert (o["class"], o["reason"]) == expected
                assert "dale" not in d.log()
    finally:
        b.stop()


def test_acl_refuses_the_order(keys, tmp_path):
    acl = tmp_path / "acl"
    acl.write_text(f"topic read hansho/{SITE}/#\n")
    acl.chmod(0o600)
    b = Mosquitto(tmp_path / "broker", f"acl_file {acl}")
    try:
        with start(keys, b.port) as d:
            d.deliver("b.1/sirens", devices(1))
            o = d.outcomes()["siren-01"]
            assert (o["class"], o["reason"], o["code"]) == ("permanent", "auth", 0x87)
    finally:
        b.stop()


@pytest.mark.parametrize("puback, expected", [
    (0x00, ("delivered", "target", "none")), (0x10, ("delivered", "target", "unheard")),
    (0x80, ("transient", "target", "refused")), (0x87, ("permanent", "target", "auth")),
    (0x97, ("transient", "channel", "rate")), (0x99, ("permanent", "target", "content")),
])
def test_puback_codes(keys, puback, expected):
    with FakeBroker(puback=puback) as fake, start(keys, fake.port) as d:
        d.deliver("b.1/sirens", devices(1))
        o = d.outcomes()["siren-01"]
        assert (o["class"], o["scope"], o.get("reason", "none")) == expected


def test_never_connack_is_transient(keys):
    with FakeBroker(connack=None) as fake, start(keys, fake.port) as d:
        d.deliver("b.1/sirens", devices(1), deadline_ms=700)
        o = d.outcomes()["siren-01"]
        assert (o["class"], o["scope"]) == ("transient", "channel")
        assert fake.published == [] and d.at_risk() == []


def test_refused_connection_is_transient(keys):
    with FakeBroker(connack=0x88) as fake, start(keys, fake.port) as d:
        d.deliver("b.1/sirens", devices(1))
        o = d.outcomes()["siren-01"]
        assert (o["class"], o["scope"], o["code"]) == ("transient", "channel", 0x88)


def test_connection_lost_after_publish_is_unknown_and_never_resent(keys):
    with FakeBroker(drop_on_publish=True) as fake, start(keys, fake.port) as d:
        d.deliver("b.1/sirens", devices(1))
        assert d.outcomes()["siren-01"]["class"] == "unknown"
        assert d.probe()["state"] == "ok"  # a new session
        assert len(fake.published) == 1 and fake.duplicates == 0


def test_no_puback_by_the_deadline_is_unknown_and_never_resent(keys):
    with FakeBroker(puback=None) as fake, start(keys, fake.port, addressing="device") as d:
        d.deliver("b.1/sirens", devices(30), deadline_ms=700, broadcast=make_broadcast())
        assert set(d.classes().values()) == {"unknown"}
        sent = len(fake.published)
        assert d.probe()["state"] == "ok"
        assert len(fake.published) == sent and fake.duplicates == 0


def test_window_holds_back_what_is_not_acknowledged(keys):
    with FakeBroker(puback=None) as fake:
        with start(keys, fake.port, addressing="device", inflight=20) as d:
            d.deliver("b.1/sirens", devices(30), deadline_ms=700)
            got = d.classes()
        assert sorted(got.values()) == ["transient"] * 10 + ["unknown"] * 20
        assert len(fake.published) == 20


def test_broker_killed_after_publish(keys, tmp_path):
    b = Mosquitto(tmp_path / "broker")
    try:
        with start(keys, b.port) as d:
            assert d.probe()["state"] == "ok"
            b.process.send_signal(signal.SIGSTOP)  # takes the order, cannot answer
            d.deliver("b.1/sirens", devices(1))
            d.receive_until(lambda f: f.get("op") == "at_risk")
            b.process.kill()
            assert d.outcomes()["siren-01"]["class"] == "unknown"
    finally:
        b.stop()


def test_expired_broadcast_goes_nowhere(keys, broker):
    with start(keys, broker.port) as d:
        d.deliver("b.1/sirens", devices(1), make_broadcast(expires="2020-01-01T00:00:00+09:00"))
        o = d.outcomes()["siren-01"]
        assert (o["class"], o["reason"]) == ("permanent", "expired")


# ---- death of the driver ----

def test_killed_after_publish_then_sent_again_confirms_once(keys, broker, sirens):
    """The hub reads at_risk and nothing after it. What it sends next has the same order id: the
    device does not sound again, and answers that it did."""
    if not has_crash_points("mqtt"):
        pytest.skip("built without crash points")
    s = sirens("--count", 1)
    with start_driver("mqtt", options(keys, broker.port), "sirens", SITE,
                      env={"HANSHO_CRASH_AT": "mqtt.published"}) as d:
        assert d.probe()["state"] == "ok"
        d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1"))
        rest = d.receive_rest()
        assert d.at_risk() == ["rest"]
        assert not any(f.get("op") == "outcome" for f in rest)
        assert d.wait() == -signal.SIGKILL
    # The order was in the library's hands, or in the system's, or at the broker: that is unknown.
    with start(keys, broker.port) as d:
        d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1"), attempt=2)
        assert d.classes() == {"siren-01": "delivered"}
        receipts(d, ["siren-01"], "confirmed")
    s.stop()
    heard = [l for l in s.lines if l.get("action") == "heard"]
    assert len(heard) == 1


def test_killed_after_the_siren_sounded_then_sent_again_confirms_once(keys, broker, sirens):
    """The driver dies with the acks unread, in a session the broker does not keep."""
    s = sirens("--count", 1)
    d = start(keys, broker.port, client_id="first")
    d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1"))
    s.until(lambda l: l.get("action") == "finished")
    d.process.kill()
    d.wait()
    d.close()
    with start(keys, broker.port, client_id="second") as d:
        d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1"), attempt=2)
        assert d.classes() == {"siren-01": "delivered"}
        receipts(d, ["siren-01"], "confirmed", "finished: seen")
    refused = s.until(lambda l: l.get("action") == "refused")[0]
    assert (refused["id"], refused["reason"]) == (f"b.1/sirens/{AREA}", "seen")
    assert sum(l.get("action") == "heard" for l in s.lines) == 1


# ---- TLS ----

def openssl(*argv):
    subprocess.run(["openssl", *map(str, argv)], check=True, capture_output=True, timeout=WAIT_S)


def make_certificates(folder, name):
    """An authority and a broker certificate for one name."""
    folder.mkdir()
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", "/CN=test authority", "-keyout", folder / "ca.key",
            "-out", folder / "ca.pem")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=broker", "-keyout", folder / "broker.key", "-out", folder / "broker.csr")
    (folder / "ext").write_text(f"subjectAltName={name}\n")
    openssl("x509", "-req", "-in", folder / "broker.csr", "-CA", folder / "ca.pem",
            "-CAkey", folder / "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", folder / "ext", "-out", folder / "broker.pem")
    return folder


@pytest.fixture
def tls_broker(tmp_path):
    started = []

    def start_one(name):
        certs = make_certificates(tmp_path / "certs", name)
        started.append(Mosquitto(
            tmp_path / "broker", f"cafile {certs / 'ca.pem'}", f"certfile {certs / 'broker.pem'}",
            f"keyfile {certs / 'broker.key'}"))
        return started[-1], certs
    yield start_one
    for b in started:
        b.stop()


def over_tls(port, ca):
    return [{"host": "127.0.0.1", "port": port, "tls": {"ca_file": str(ca)}}]


def test_tls(keys, tls_broker, sirens):
    b, certs = tls_broker("IP:127.0.0.1")
    sirens("--count", 300, "--ca-file", certs / "ca.pem", port=b.port)
    names = [t["id"] for t in devices(300)]
    with start(keys, brokers=over_tls(b.port, certs / "ca.pem"), addressing="device") as d:
        d.deliver("b.1/sirens", devices(300), make_broadcast(id="b.1"))
        assert set(d.classes().values()) == {"delivered"}
        receipts(d, names, "confirmed", "finished")
        assert d.probe()["state"] == "ok"


@pytest.mark.parametrize("name, authority", [("DNS:other.example", "own"),
                                             ("IP:127.0.0.1", "another")])
def test_tls_that_cannot_be_trusted_gets_no_order(keys, tls_broker, tmp_path, name, authority):
    b, certs = tls_broker(name)
    if authority == "another":
        certs = make_certificates(tmp_path / "another", name)
    with start(keys, brokers=over_tls(b.port, certs / "ca.pem")) as d:
        d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1"))
        o = d.outcomes()["siren-01"]
        assert (o["class"], o["scope"], o["reason"]) == ("transient", "channel", "unreachable")
        assert d.at_risk() == []
        assert d.probe()["state"] == "down"


def test_plain_client_at_a_tls_port_gets_no_order(keys, tls_broker):
    b, _ = tls_broker("IP:127.0.0.1")
    with start(keys, b.port, connect_timeout=500) as d:
        begun = time.monotonic()
        d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1"), deadline_ms=3000)
        assert d.classes() == {"siren-01": "transient"}
        assert time.monotonic() - begun < 3.0
        assert d.at_risk() == []
