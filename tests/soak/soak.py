# SPDX-License-Identifier: Apache-2.0
"""The soak itself: sends, watches the processes, and compares with a replay."""

import json
import os
import pathlib
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

import country

sys.path[:0] = [str(country.TOP / "tests" / part) for part in ("system", "bench")]

import harness  # noqa: E402
from bench_rig import family  # noqa: E402

CHANNELS = ("siren", "mail", "web")
OURS = "07204"
SAMPLES = 200  # of memory, over the whole run


def config(folder):
    channels = [harness.fake(name, folder) for name in CHANNELS]
    made = harness.basic_config(folder, channels, feeds=("jma", "second"), rules=[
        {"name": "life", "match": {"severity": "severe"}, "channels": list(CHANNELS)},
        {"name": "rest", "match": {"severity": "moderate"}, "channels": ["mail", "web"]}],
        drill=[{"name": "drill", "match": {"kinds": ["*"]}, "channels": ["mail"]}])  # fmt: skip
    made["guards"] = {"cap": 0}  # a day within a quarter of an hour
    made["municipalities"] = [{"code": OURS, "rivers": ["070028000100"]}]
    return made


# ---- memory ----


class Memory:
    """Private memory of each process of the hub over the day."""

    def __init__(self, pid):
        self.pid = pid
        self.samples = {}

    def look(self, hour):
        for pid in family(self.pid):
            try:
                name = pathlib.Path(os.readlink(f"/proc/{pid}/exe")).name
                text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue
            sizes = dict(line.split(":", 1) for line in text.splitlines()[1:])
            private = sum(int(sizes[k].split()[0]) for k in ("Private_Dirty", "Private_Clean") if k in sizes)
            self.samples.setdefault((pid, name), []).append((hour, private))

    def growth(self):
        """name, KiB at the end, KiB gained in 24 hours of the day by the line through all after the warm-up."""
        for (pid, name), samples in sorted(self.samples.items(), key=lambda item: item[0][1]):
            warm = samples[len(samples) // 3 :]
            if len(warm) < 3:
                continue
            mean_x = sum(x for x, _ in warm) / len(warm)
            mean_y = sum(y for _, y in warm) / len(warm)
            spread = sum((x - mean_x) ** 2 for x, _ in warm)
            slope = sum((x - mean_x) * (y - mean_y) for x, y in warm) / spread if spread else 0
            yield f"{name}[{pid}]", warm[0][1], warm[-1][1], slope * 24


# ---- sending ----


class Sender:
    def __init__(self, hub, recording):
        self.hub = hub
        self.recording = recording
        self.index = []
        self.answers = {}
        self.bytes = 0

    def send(self, data, feed):
        name = f"{len(self.index):06}.xml"
        (self.recording / name).write_bytes(data)
        at = time.time()
        self.index.append(f"{name}\t{harness.datetime.datetime.fromtimestamp(at, harness.JST).isoformat(timespec='milliseconds')}\n")
        answer = next(iter(self.hub.send(data, feed=feed)))
        self.answers[answer] = self.answers.get(answer, 0) + 1
        self.bytes += len(data)

    def close(self):
        (self.recording / "index.tsv").write_text("".join(self.index))


def play(hub, entries, sender, speed, memory, hours):
    begun = time.monotonic()
    again = []  # (hour, bytes) for the second feed, which is half a minute behind
    next_look = 0.0

    def until(at):
        nonlocal next_look
        while True:
            now = (time.monotonic() - begun) * speed
            if now >= next_look:
                memory.look(next_look / 3600)
                next_look += hours * 3600 / SAMPLES
            if now >= at:
                return
            time.sleep(min(max(0, at - now), max(0, next_look - now)) / speed)

    for entry in entries:
        while again and again[0][0] <= entry.at:
            at, data = again.pop(0)
            until(at)
            sender.send(data, "second")
        until(entry.at)
        # Written ten seconds ago: the time of sending lies behind that of issue, but not ahead of the clock.
        data = entry.make(harness.now() - harness.datetime.timedelta(seconds=10))
        sender.send(data, "jma")
        if entry.twice:
            again.append((entry.at + 30, data))
    for _, data in again:
        sender.send(data, "second")
    sender.close()


# ---- what came of it ----


def replay(hub, recording):
    done = subprocess.run([harness.BIN / "hansho", "--json", "-c", hub.config_path, "replay", recording], capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def settle(hub):
    """Everything for which there is something to do is done; what is held stays."""
    control = harness.Control(hub.control_path)
    deadline = time.monotonic() + harness.PATIENCE
    while control.ask("status")["totals"]["unfinished"] > control.ask("status")["totals"]["held"]:
        assert time.monotonic() < deadline, "deliveries do not come to an end"
        time.sleep(0.05)
    control.close()


def compare(folder, lines, faults):
    """The record of the fake channels and the verdicts in the store against the replay."""
    expected, areas = set(), {}
    for line in lines:
        for b in line.get("broadcasts", []) if line["event"] == "telegram" else []:
            areas[b["broadcast"]["id"]] = {a.get("code") for a in b["broadcast"]["areas"]}
            expected |= set() if b["hold"] else {f"{b['broadcast']['id']}/{channel}" for channel in b["channels"]}
    faults += [f"{b} is about {sorted(a)}" for b, a in areas.items() if a != {OURS}]
    sent = [json.loads(line)["delivery"] for channel in CHANNELS for line in harness.recorded(folder, channel)]
    faults += [f"{d} was delivered {sent.count(d)} times" for d in set(sent) if sent.count(d) > 1]
    faults += [f"{d} was delivered and is not in the replay" for d in set(sent) - expected]
    store = sqlite3.connect(folder / "state" / "hansho.db")
    withdrawn = {row[0] for row in store.execute("SELECT id FROM deliveries WHERE state = 'cancelled' AND delivered = 0")}
    missing = expected - set(sent)
    faults += [f"{d} is in the replay and was not delivered" for d in missing - withdrawn]
    verdicts = dict(store.execute("SELECT id, verdict FROM alerts"))
    judged = {line["alert"]: line["verdict"] for line in lines if line["event"] == "telegram"}
    faults += [f"{a}: {v} in the hub, {judged.get(a)} in the replay" for a, v in verdicts.items() if judged.get(a) != v]
    faults += [f"{a} is not in the store" for a in set(judged) - set(verdicts)]
    store.close()
    return len(sent), len(missing), verdicts


def run(hours, speed, seed, keep=None, memory_limit=None):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hansho-soak-"))
    recording = folder / "recording"
    recording.mkdir()
    entries = [e for e in country.Country(seed).day() if e.at < hours * 3600]
    faults = []
    print(f"seed {seed}, {hours:g} hours at {speed:g} times life: {len(entries)} telegrams, {sum(e.twice for e in entries)} of them twice", flush=True)
    try:
        hub = harness.Hub(config(folder), folder=folder)
        with hub:
            memory = Memory(hub.process.pid)
            sender = Sender(hub, recording)
            play(hub, entries, sender, speed, memory, hours)
            settle(hub)
            memory.look(hours)
            status = hub.ask("status")
            faults += [f"health {status['health']['state']}: {status['health']['reasons']}"] if status["health"]["state"] == "down" else []
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        lines = replay(hub, recording)
        sent, missing, verdicts = compare(folder, lines, faults)
        count = {v: list(verdicts.values()).count(v) for v in sorted(set(verdicts.values()))}
        store = sum(f.stat().st_size for f in (folder / "state").iterdir() if f.is_file())
        print(f"answers {sender.answers}; verdicts {count}")
        print(f"deliveries {sent}, withdrawn before they left {missing}; replay: {lines[-1]['broadcasts']} broadcasts, {lines[-1]['held']} held")
        print(f"store {store / 1024:.0f} KiB for {sender.bytes / 1024:.0f} KiB of telegrams; processor time {cpu_s:.1f} s")
        for name, first, last, day in memory.growth():
            print(f"memory {name:<32} {first:>7} KiB after the warm-up, {last:>7} at the end, {day:>+8.0f} KiB in 24 h")
            if memory_limit is not None and day > memory_limit:
                faults.append(f"{name} grows by {day:.0f} KiB in 24 h")
        return faults
    finally:
        if keep:
            shutil.move(folder, keep)
        else:
            shutil.rmtree(folder, ignore_errors=True)
