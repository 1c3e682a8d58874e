# SPDX-License-Identifier: Apache-2.0
"""A day of the whole country's alerts, in the real formats: what every weather office, the seismic centre, rivers and volcanoes
send, much of it twice, some of it rubbish, and in the middle a bad day for one town (いわき市). Each entry is made when it is
sent, so that its times are those of the moment."""

import csv
import dataclasses
import datetime
import pathlib
import random
import sys
from collections.abc import Callable

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "replay"))

import writer  # noqa: E402

DAY = 24 * 3600
CODES = TOP / "config" / "codes"
OURS = ("070000", "福島県", "福島地方気象台")
IWAKI = ("0720400", "いわき市")


@dataclasses.dataclass
class Entry:
    at: float  # seconds since the beginning of the day
    make: Callable[[datetime.datetime], bytes]
    feed: str = "jma"
    twice: bool = False  # comes again over the second feed


def rows(name):
    with open(CODES / name, encoding="utf-8") as file:
        lines = [line for line in file if not line.startswith("#")]
    return list(csv.reader(lines, delimiter="\t"))


def municipalities():
    """(7-digit code, name) by 6-digit prefecture area."""
    found = {}
    for row in rows("municipalities.tsv"):
        prefecture = next((p for p in row[8].split() if p.endswith("0000")), None) or (row[8].split() or [""])[-1]
        for code in row[5].split():
            found.setdefault(prefecture, []).append((code, row[1]))
    return found


class Country:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.entries = []
        self.towns = municipalities()
        self.offices = [(code, office) for code, office in (r[:2] for r in rows("offices.tsv")) if code in self.towns]

    def add(self, at, make, **more):
        if 0 <= at < DAY:
            self.entries.append(Entry(at, make, **more))

    def often(self, count):
        return sorted(self.random.uniform(0, DAY) for _ in range(count))

    def day(self):
        self.heartbeat()
        self.warnings()
        self.earth()
        self.rivers()
        self.flashes()
        self.noise()
        self.our_day()
        for entry in self.entries:
            entry.twice = entry.twice or self.random.random() < 0.35
        return sorted(self.entries, key=lambda e: e.at)

    # ---- everywhere ----

    def heartbeat(self):
        for hour in range(24):
            self.add(hour * 3600 + 2, writer.eew_test)

    def warnings(self):
        codes = {"VPWW55": ("10", "03", "43", "33"), "VPWW56": ("29", "09", "49"), "VPWW57": ("19", "08"),
                 "VPWW58": ("15", "05"), "VPWW59": ("16", "07"), "VPWW60": ("12", "06"), "VPWW61": ("14", "20", "21")}  # fmt: skip
        for area, office in self.offices:
            if area == OURS[0]:
                continue
            for kind, levels in codes.items():
                for at in self.often(self.random.randint(1, 4)):
                    level = self.random.choice((None, *levels))
                    self.warning(at, kind, area, office, level)

    def warning(self, at, kind, area, office, level):
        towns = self.towns[area]
        hit = set(self.random.sample(range(len(towns)), k=max(1, len(towns) // 3)))
        cities = [(c, n, [(level, "発表", None)] if level and i in hit else []) for i, (c, n) in enumerate(towns)]
        self.add(at, lambda t: writer.warning(t, kind, (area, office), office, cities))

    def earth(self):
        for number, at in enumerate(self.often(12)):
            event = f"2026{number:010}"
            self.add(at, lambda t, e=event: writer.intensity_flash(t, e, [("100", "石狩地方北部", "3")]))
            self.add(at + 240, lambda t, e=event: writer.earthquake(t, e, "1", [("100", "石狩地方北部", "0110100", "札幌市", "3")]))
        for at in self.often(4):
            self.add(at, lambda t: writer.volcano(t, "506", "桜島", 3, [("4620100", "鹿児島市")], "02"))

    def rivers(self):
        for number in range(25):
            river = (f"1300{number:02}000100", f"第{number}川")
            for serial, (at, code) in enumerate(zip(self.often(4), ("20", "30", "40", "10"))):
                self.add(at, lambda t, r=river, s=serial, c=code: writer.flood(t, r, str(s + 1), c, "気象庁本庁", [("1310100", "千代田区")]))

    def flashes(self):
        for number, at in enumerate(self.often(30)):
            event, places = f"KJPTK{number:012}_{number:012}", [("130010", "東京地方")]
            self.add(at, lambda t, e=event, p=places: writer.flash(t, e, "1", "記録雨", p, "気象庁本庁", [("1310100", "千代田区", "１００ミリ")]))
            self.add(at + 30, lambda t, e=event[1:], p=places: writer.record_rain_old(t, e, "1", p, "気象庁本庁"))

    def noise(self):
        for at in self.often(700):
            self.add(at, lambda t: writer.report("府県天気予報", t, office="気象庁本庁"))
        for number, at in enumerate(self.often(20)):
            self.add(at, lambda t, n=number: b"<Report" + b"x" * n)

    # ---- our town ----

    def our_day(self):
        """Hours of the day, so that a shorter run has a part of it."""
        self.our_rain()
        self.our_tsunami()
        for hour, code in ((1.2, "30"), (1.6, "40"), (8.5, "51"), (12.3, "30"), (16.0, "10")):
            serial = str(int(hour * 10))
            self.add(hour * 3600, lambda t, c=code, s=serial: writer.flood(t, ("070028000100", "夏井川"), s, c, OURS[2], [IWAKI]), twice=True)
        self.add(1.4 * 3600, lambda t: writer.flash(t, "KJPTC202611200001_202611200001", "1", "記録雨", [("070020", "浜通り")], OURS[2],
                                                   [(*IWAKI, "約１１０ミリ")]), twice=True)  # fmt: skip
        self.add(1.41 * 3600, lambda t: writer.record_rain_old(t, "JPTC202611200001_202611200001", "1", [("070000", "福島県")], OURS[2]))
        self.our_cap()

    def our_rain(self):
        towns = self.towns[OURS[0]]
        steps = ((0.3, "10"), (0.9, "03"), (1.5, "43"), (1.8, "43"), (7.0, "33"), (9.0, "43"), (11.0, "03"), (15.0, "10"), (18.0, None),
                 (20.0, "03"), (22.5, None))  # fmt: skip
        for hour, level in steps:
            cities = [(c, n, [(level, "発表", None)] if level and c == IWAKI[0] else []) for c, n in towns]
            self.add(hour * 3600, lambda t, c=cities: writer.warning(t, "VPWW55", OURS[:2], OURS[2], c), twice=True)

    def our_tsunami(self):
        event, area = "20261120143000", ("251", "福島県浜通り")
        start = 0.6 * 3600
        self.add(start, lambda t: writer.eew(t, event, "1", "9070", [area]), twice=True)
        self.add(start + 90, lambda t: writer.intensity_flash(t, event, [(*area, "5+")]), twice=True)
        self.add(start + 240, lambda t: writer.earthquake(t, event, "1", [(*area, *IWAKI, "6-")]), twice=True)
        coasts = ((180, "53", "00", "5"), (600, "52", "53", "10"), (1500, "51", "52", "3"), (3000, "62", "51", "1"), (14000, "72", "62", None))
        for after, code, last, height in coasts:
            rows_ = [("250", "福島県", code, last, height), ("100", "北海道太平洋沿岸東部", "62" if code != "72" else "60", "62", None)]
            self.add(start + after, lambda t, r=rows_: writer.tsunami(t, event, r), twice=True)
        drill = [("250", "福島県", "53", "00", "10")]
        for hour in (0.7, 1.7, 10.0, 17.0):
            self.add(hour * 3600, lambda t: writer.tsunami(t, event, drill, status="訓練"))

    def our_cap(self):
        sent = {}

        def cap(t, number, kind, severity):
            sent[number] = t
            before = f"<references>relay@pref.example,s-{number - 1},{writer.japan(sent[number - 1])}</references>" if number - 1 in sent else ""
            return f"""<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>s-{number}</identifier>
<sender>relay@pref.example</sender><sent>{writer.japan(t)}</sent><status>Actual</status><msgType>{kind if before else "Alert"}</msgType>
<scope>Public</scope>{before}<info><language>ja</language><category>Safety</category><event>停電</event><urgency>Immediate</urgency>
<severity>{severity}</severity><certainty>Observed</certainty><headline>停電のお知らせ{number}</headline>
<parameter><valueName>hansho:kind</valueName><value>weather.storm</value></parameter>
<area><areaDesc>いわき市</areaDesc><geocode><valueName>JIS</valueName><value>07204</value></geocode></area></info></alert>""".encode()

        for number, (hour, kind, severity) in enumerate(((0.5, "Alert", "Moderate"), (1.3, "Update", "Severe"), (3.5, "Update", "Minor"),
                                                         (4.0, "Cancel", "Minor"))):  # fmt: skip
            self.add(hour * 3600, lambda t, n=number, k=kind, s=severity: cap(t, n, k, s), twice=True)
