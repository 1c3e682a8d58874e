# SPDX-License-Identifier: Apache-2.0
"""Writes JMA telegrams in the formats in which they are sent, as far as a hub reads them. Own texts:
nothing here was issued by JMA. Used by the replays and by the soak."""

import datetime
from xml.sax.saxutils import escape

JST = datetime.timezone(datetime.timedelta(hours=9))
CITY = "気象・地震・火山情報／市町村等"
FORECAST = "気象情報／府県予報区・細分区域等"
WARNINGS = {"VPWW55": "大雨", "VPWW56": "土砂", "VPWW57": "高潮", "VPWW58": "暴風", "VPWW59": "波浪", "VPWW60": "大雪",
            "VPWW61": "その他注意報"}  # fmt: skip


def japan(t):
    return t.astimezone(JST).isoformat()


def utc(t):
    return t.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def report(title, at, body="", *, family="meteorology1", sent_after=9, status="通常", info="発表", event="", serial="",
           office="気象庁本庁", text="", headline="", valid=None):
    """The envelope. headline: Information elements; body: what stands in Body."""
    sent = at + datetime.timedelta(seconds=sent_after)
    valid_element = f"<ValidDateTime>{japan(valid)}</ValidDateTime>" if valid else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Report xmlns="http://xml.kishou.go.jp/jmaxml1/" xmlns:jmx="http://xml.kishou.go.jp/jmaxml1/">
<Control><Title>{title}</Title><DateTime>{utc(sent)}</DateTime><Status>{status}</Status>
<EditorialOffice>{office}</EditorialOffice><PublishingOffice>{office}</PublishingOffice></Control>
<Head xmlns="http://xml.kishou.go.jp/jmaxml1/informationBasis1/">
<Title>{title}</Title><ReportDateTime>{japan(at)}</ReportDateTime><TargetDateTime>{japan(at)}</TargetDateTime>{valid_element}
<EventID>{event}</EventID><InfoType>{info}</InfoType><Serial>{serial}</Serial>
<InfoKind>{title}</InfoKind><InfoKindVersion>1.0_0</InfoKindVersion>
<Headline><Text>{escape(text)}</Text>{headline}</Headline></Head>
<Body xmlns="http://xml.kishou.go.jp/jmaxml1/body/{family}/" xmlns:jmx_eb="http://xml.kishou.go.jp/jmaxml1/elementBasis1/">{body}</Body>
</Report>
""".encode()


def areas(places, code_type):
    rows = "".join(f"<Area><Name>{name}</Name><Code>{code}</Code></Area>" for code, name in places)
    return f'<Areas codeType="{code_type}">{rows}</Areas>'


def information(kind_of_list, kind, places, code_type):
    return f'<Information type="{kind_of_list}"><Item><Kind>{kind}</Kind>{areas(places, code_type)}</Item></Information>'


# ---- earth ----


def tsunami(at, event, coasts, **more):
    """VTSE41. coasts: (code, name, kind code, last code, height in metres or None)."""
    names = {"52": "大津波警報", "53": "大津波警報：発表", "51": "津波警報", "62": "津波注意報", "71": "津波予報（若干の海面変動）",
             "72": "津波予報（若干の海面変動）", "73": "津波予報（若干の海面変動）", "50": "警報解除", "60": "津波注意報解除",
             "00": "津波なし"}  # fmt: skip
    rows = ""
    for code, name, kind, last, height in coasts:
        tall = (f'<MaxHeight><jmx_eb:TsunamiHeight type="津波の高さ" unit="m" description="{height}ｍ">{height}'
                "</jmx_eb:TsunamiHeight></MaxHeight>") if height else ""  # fmt: skip
        rows += (f"<Item><Area><Name>{name}</Name><Code>{code}</Code></Area><Category><Kind><Name>{names[kind]}</Name>"
                 f"<Code>{kind}</Code></Kind><LastKind><Name>{names[last]}</Name><Code>{last}</Code></LastKind></Category>"
                 f"{tall}</Item>")  # fmt: skip
    return report("津波警報・注意報・予報a", at, f"<Tsunami><Forecast>{rows}</Forecast></Tsunami>", family="seismology1",
                  event=event, text="津波警報等のお知らせ", **more)  # fmt: skip


def tsunami_info(at, event, serial, coasts, **more):
    """VTSE51: when it will arrive. coasts: (code, name, kind code, minutes from now, tide gauge)."""
    rows = ""
    for code, name, kind, minutes, (gauge, gauge_name) in coasts:
        arrival = japan(at + datetime.timedelta(minutes=minutes))
        rows += (f"<Item><Area><Name>{name}</Name><Code>{code}</Code></Area><Category><Kind><Name>津波</Name><Code>{kind}</Code></Kind>"
                 f"</Category><FirstHeight><ArrivalTime>{arrival}</ArrivalTime></FirstHeight><Station><Name>{gauge_name}</Name>"
                 f"<Code>{gauge}</Code><FirstHeight><ArrivalTime>{arrival}</ArrivalTime></FirstHeight></Station></Item>")  # fmt: skip
    return report("津波情報a", at, f"<Tsunami><Forecast>{rows}</Forecast></Tsunami>", family="seismology1", event=event,
                  serial=serial, text="津波の到達予想時刻をお知らせします。", **more)  # fmt: skip


def intensity_flash(at, event, rows, **more):
    """VXSE51. rows: (area code, name, intensity)."""
    inside = "".join(f"<Area><Name>{n}</Name><Code>{c}</Code><MaxInt>{i}</MaxInt></Area>" for c, n, i in rows)
    body = (f"<Intensity><Observation><MaxInt>{rows[0][2]}</MaxInt><Pref><Name>-</Name><Code>{rows[0][0][:2]}</Code>"
            f"<MaxInt>{rows[0][2]}</MaxInt>{inside}</Pref></Observation></Intensity>")  # fmt: skip
    return report("震度速報", at, body, family="seismology1", event=event, text="震度速報", **more)


def earthquake(at, event, serial, rows, **more):
    """VXSE53. rows: (area code, area name, city code, city name, intensity)."""
    inside = "".join(
        f"<Area><Name>{an}</Name><Code>{ac}</Code><MaxInt>{i}</MaxInt><City><Name>{cn}</Name><Code>{cc}</Code>"
        f"<MaxInt>{i}</MaxInt></City></Area>" for ac, an, cc, cn, i in rows)  # fmt: skip
    body = (f"<Earthquake><OriginTime>{japan(at)}</OriginTime><ArrivalTime>{japan(at)}</ArrivalTime></Earthquake>"
            f"<Intensity><Observation><MaxInt>{rows[0][4]}</MaxInt><Pref><Name>-</Name><Code>{rows[0][2][:2]}</Code>"
            f"<MaxInt>{rows[0][4]}</MaxInt>{inside}</Pref></Observation></Intensity>")  # fmt: skip
    return report("震源・震度に関する情報", at, body, family="seismology1", event=event, serial=serial, text="地震がありました", **more)


def eew_test(at):
    """VXSE42: every hour, status 試験: the heartbeat of the line."""
    return report("緊急地震速報配信テスト", at, "<Text>テスト</Text>", family="seismology1", status="試験", event=at.strftime("%Y%m%d%H%M%S"),
                  serial="1", info="発表")  # fmt: skip


def eew(at, event, serial, pref, places, **more):
    """VXSE43. places: (area code, name)."""
    inside = "".join(
        f"<Area><Name>{n}</Name><Code>{c}</Code><Category><Kind><Name>緊急地震速報（警報）</Name><Code>10</Code></Kind></Category>"
        "<ForecastInt><From>5-</From><To>5+</To></ForecastInt></Area>" for c, n in places)  # fmt: skip
    body = f"<Intensity><Forecast><Pref><Name>-</Name><Code>{pref}</Code>{inside}</Pref></Forecast></Intensity>" if places else ""
    return report("緊急地震速報（警報）", at, body, family="seismology1", sent_after=1, event=event, serial=serial,
                  text="強い揺れに警戒", **more)  # fmt: skip


def volcano(at, code, name, level, cities, kind, **more):
    """VFVO50. kind: of the municipalities, 01 to 05."""
    lists = (("噴火警報・予報（対象火山）", f"1{level}", [(code, name)], "火山名"), ("噴火警報・予報（対象市町村等）", kind, cities, CITY))
    head = body = ""
    for words, number, places, code_type in lists:
        element = f"<Name>噴火警報</Name><Code>{number}</Code>"
        head += information(words, element, places, code_type)
        body += f'<VolcanoInfo type="{words}"><Item><Kind>{element}</Kind>{areas(places, code_type)}</Item></VolcanoInfo>'
    return report("噴火警報・予報", at, body, family="volcanology1", event=code, text=f"{name}の噴火警報", headline=head, **more)


# ---- weather ----


def warning(at, kind, prefecture, office, cities, **more):
    """VPWW55-61. prefecture: (code, name); cities: (code, name, [(code, status, last code)]); an empty list: nothing."""
    def kinds(rows):
        if not rows:
            return "<Kind><Status>発表警報・注意報はなし</Status></Kind>"
        return "".join(f"<Kind><Name>警報・注意報</Name><Code>{c}</Code><Status>{s}</Status>"
                       + (f"<LastKind><Name>警報・注意報</Name><Code>{last}</Code></LastKind>" if last else "") + "</Kind>"
                       for c, s, last in rows)  # fmt: skip

    def part(words, rows):
        items = "".join(f"<Item>{kinds(r)}<Area><Name>{n}</Name><Code>{c}</Code></Area></Item>" for c, n, r in rows)
        return f'<Warning type="気象警報・注意報（{words}）">{items}</Warning>'

    worst = next((r for _, _, r in cities if r), [])
    head = information("気象警報・注意報（府県予報区等）", "<Name>-</Name><Code>00</Code>", [prefecture], FORECAST)
    body = part("府県予報区等", [(*prefecture, worst)]) + part("市町村等", cities)
    return report(f"気象警報・注意報（Ｒ０６）（{WARNINGS[kind]}）", at, body, office=office, headline=head,
                  text=f"{prefecture[1]}の{WARNINGS[kind]}に関する警報・注意報", **more)  # fmt: skip


def special_notice(at, prefecture, office, code, text, **more):
    """VPNO50, the transition telegram that follows a special warning."""
    head = information("気象特別警報報知（府県予報区等）", f"<Name>-</Name><Code>{code}</Code>", [prefecture], FORECAST)
    return report("気象特別警報報知", at, office=office, headline=head, text=text, **more)


def flash(at, event, serial, tag, places, office, cities=(), **more):
    """VPBS50. places: forecast areas; cities: (code, name, words), for record rain."""
    head = information("情報タグ", f"<Name>情報タグ</Name><Condition>{tag}</Condition>", places, FORECAST)
    rows = "".join(
        '<Item><Kind><Property><Type>雨の実況</Type><PrecipitationPart><jmx_eb:Precipitation unit="mm" type="前１時間解析雨量" '
        f'description="{words}">100</jmx_eb:Precipitation></PrecipitationPart></Property></Kind>'
        f'<Area codeType="{CITY}"><Name>{n}</Name><Code>{c}</Code><Status>付近</Status></Area></Item>'
        for c, n, words in cities)  # fmt: skip
    body = f'<MeteorologicalInfos type="観測実況"><MeteorologicalInfo>{rows}</MeteorologicalInfo></MeteorologicalInfos>' if rows else ""
    return report("府県気象防災速報", at, body, event=event, serial=serial, office=office, headline=head, text=f"{tag}のお知らせ", **more)


def record_rain_old(at, event, serial, places, office, **more):
    """VPOA50, the transition telegram of record rain."""
    kind = "<Name>記録的短時間大雨情報</Name><Code>1</Code>"
    words = "記録的短時間大雨情報（発表細分）"
    head = information(words, kind + "<Condition>発表</Condition>", places, FORECAST)
    rows = "".join(f"<Item><Kind>{kind}<Status>発表</Status></Kind><Area><Name>{n}</Name><Code>{c}</Code></Area></Item>" for c, n in places)
    return report("記録的短時間大雨情報", at, f'<Warning type="{words}">{rows}</Warning>', event=event, serial=serial, office=office,
                  headline=head, text="記録的短時間大雨", **more)  # fmt: skip


def flood(at, river, serial, code, office, cities=(), **more):
    """VXKO. river: (12 digits, name); cities: (code, name)."""
    words = "指定河川洪水予報（予報区域）"
    head = information(words, f"<Name>氾濫</Name><Code>{code}</Code><Condition>-</Condition>", [river], words)
    rows = "".join(f"<Area><Name>-</Name><City>{n}</City><CityCode>{c}</CityCode></Area>" for c, n in cities)
    body = (f'<Warning type="指定河川洪水予報"><Item><Kind><Name>浸水想定地区</Name></Kind><Areas>{rows}</Areas></Item></Warning>'
            if cities else "")  # fmt: skip
    return report("指定河川洪水予報", at, body, event=river[0], serial=serial, office=office, headline=head,
                  text=f"{river[1]}の洪水予報", **more)  # fmt: skip
