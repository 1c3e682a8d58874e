# SPDX-License-Identifier: Apache-2.0
"""Telegrams that JMA sent, and JMA's samples, through `hansho explain`: what a careful officer of
the town, who read the XML, would send. Each expectation says why.
"""
import json
import os
import subprocess
from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "../shared/data/jmx/samples"

CONFIG = """\
site: real
municipalities: [{towns}]
feeds:
  - {{name: local, unix: local.sock}}
channels:
  - {{name: siren, driver: fake}}
  - {{name: mail, driver: fake, drill: true}}
rules:
  live:
    - {{name: worst, match: {{severity: extreme}}, channels: [siren, mail]}}
    - {{name: rest, channels: [mail]}}
  drill:
    - {{name: exercise, channels: [mail]}}
"""

TORISHIMA = "real_20231009T0640_VTSE41_torishima.xml"
TORISHIMA_END = "real_20231009T1200_VTSE41_torishima_release.xml"
KOZAGAWA = "real_20260603T0535_VXKO70_kozagawa_L5.xml"
KAGAWA = "real_20260603T1016_VPWW56_kagawa_release.xml"
KIROKU = "real_20260822T1717_VPBS50_tokyo_kiroku.xml"
TOYAMA = "real_20260827T0258_VPBS50_toyama_senjo.xml"
FUKUI = "real_20260830T0651_VPWW55_fukui_L5.xml"
KIROKU_OLD = "real_20260822T1717_VPOA50_tokyo_kiroku.xml"
FUKUI_SWITCH = "real_20260830T1140_VPNO50_fukui_switch.xml"
NARA, NARA_END = "15_08_01_130412_VPWW53.xml", "15_08_05_130412_VPWW53.xml"
NARA_NOTICE, NARA_NOTICE_END = "62_01_01_130412_VPNO50.xml", "62_01_05_130412_VPNO50.xml"
SHIMANE_OLD = "15_17_01_250123_VPWW54.xml"
SHIMANE = "15_17_01_250630_VPWW55.xml"
KANAGAWA = "17_04_01_250630_VXWW50.xml"
TOHOKU = "32-39_11_02_250206_VTSE41.xml"
TOHOKU_END = "32-39_11_13_250206_VTSE41.xml"
EEW = "37_01_01_240613_VXSE43.xml"
EEW_CANCEL = "37_01_03_240613_VXSE43.xml"
ONTAKE = "67_01_01_140927_VFVO56.xml"
HAKONE = "45_02_01_200522_VFVO50.xml"
SHIRANE_END = "45_03_01_200731_VFVO50.xml"
TIDES = "32-39_11_03_250206_VTSE51.xml"
OFFSHORE = "61_11_01_250206_VTSE52.xml"
TWO_EVENTS_END = "38-39_02_04_250206_VTSE41.xml"
NANKAI_INQUIRY = "74_01_01_200512_VYSE50.xml"
NANKAI_ALERT = "74_01_04_200512_VYSE50.xml"
NANKAI_TEXT = "75_01_01_200512_VYSE51.xml"
HOKKAIDO = "80_01_01_240821_VYSE60.xml"
LONG_PERIOD = "78_01_01_240613_VXSE62.xml"
EEW_FORECAST = "77_01_32_240613_VXSE45.xml"
EEW_TEST = "54_01_01_100514_VXSE42.xml"
ASH = "66_01_02_210514_VFVO54.xml"
COMMENTARY = "44_02_01_200522_VFVO51.xml"
IZU_DRILL = "32-35_01_03_240613_VXSE53.xml"

# name, towns, telegrams; per telegram the verdict and its broadcasts as
# (event, severity, level, siren, parts of body or speech); "-" before a part: must not be there.
CASES = [
    # 伊豆諸島 320 is 62, last 00; 1 m; 06:40. Later 72 with last 62: released, not cancelled.
    ("Torishima, seen from Oshima", ["13361"], [
        (TORISHIMA, "acted", [("issued", "moderate", 0, False,
                               ["大島町に津波注意報", "10月9日6時40分", "高さ：1m", "-小笠原"])]),
        (TORISHIMA, "no-change", []),
        (TORISHIMA_END, "acted", [("released", "moderate", 0, False,
                                   ["津波注意報は解除", "12時00分", "-取消", "-誤報", "-海から上が"])]),
        (TORISHIMA_END, "no-change", []),
        (TORISHIMA, "old", []),
    ]),
    # The older one after the newer one: nothing is announced that is over.
    ("Torishima, the wrong way round", ["13361"], [
        (TORISHIMA_END, "no-change", []),
        (TORISHIMA, "old", []),
    ]),
    # A town without coast.
    ("Torishima, seen from Itabashi", ["13119"], [(TORISHIMA, "not-ours", [])]),
    # Code 51, level 5; 浸水想定地区 lists 3042400. The rivers of its profile are commented out: the
    # list in the telegram decides.
    ("Kozagawa river", ["30424"], [
        (KOZAGAWA, "acted", [("issued", "extreme", 5, True,
                              ["古座川町に和歌山県古座川水系古座川の氾濫特別警報", "警戒レベル５相当",
                               "6月3日5時35分", "-警戒レベル５緊急安全確保"])]),
    ]),
    # 記録雨, 120 mm near 板橋区 only; the 一次細分区域 around it must not wake the next ward.
    ("record rain in Itabashi", ["13119", "13120"], [
        (KIROKU, "acted", [("issued", "severe", 0, False,
                            ["板橋区に記録的短時間大雨情報", "１２０ミリ以上", "-練馬区"])]),
    ]),
    # 線状降水帯発生 for 富山県西部 (160020): 高岡市 lies in it, 富山市 (東部) does not.
    ("rain band over western Toyama", ["16201", "16202"], [
        (TOYAMA, "acted", [("issued", "severe", 0, False, ["高岡市に線状降水帯", "-富山市"])]),
    ]),
    # The same second, the same event; the old one knows 東京都 only. In the order sent ...
    ("record rain told twice", ["13119", "13120"], [
        (KIROKU, "acted", [("issued", "severe", 0, False, ["板橋区に", "-練馬区"])]),
        (KIROKU_OLD, "nothing", []),
    ]),
    # ... and turned: nothing newer is known from this office, so the prefecture is told, once.
    ("record rain told twice, the old one first", ["13119", "13120"], [
        (KIROKU_OLD, "acted", [("issued", "severe", 0, False, ["板橋区、練馬区に記録的短時間大雨情報"])]),
        (KIROKU, "no-change", []),
    ]),
    # 特別警報 at 06:51 by VPWW55; VPNO50 at 11:40 is idle beside it, and alone it is no all-clear.
    ("Fukui's switch beside the warnings", ["18201"], [
        (FUKUI, "acted", [("issued", "extreme", 5, True, ["大雨特別警報"])]),
        (FUKUI_SWITCH, "nothing", []),
    ]),
    ("Fukui's switch alone", ["18201"], [
        (FUKUI_SWITCH, "acted", [("info", "minor", 0, False,
                                  ["特別警報を警報に切り替えました", "-解除されました", "-誤報"])]),
    ]),
    # The old set alone, as in 2011: 十津川村 33 土砂災害、浸水害 + 04 + 14 + 15. The notice repeats it; its
    # code 00 ends nothing, the warning's release does.
    ("Nara by the old set", ["29449"], [
        (NARA, "acted", [("issued", "extreme", 5, True, ["十津川村に土砂災害特別警報", "大雨特別警報"]),
                         ("issued", "moderate", 3, False, ["氾濫警報", "レベル３相当以上", "雷注意報"])]),
        (NARA_NOTICE, "no-change", []),
        (NARA_NOTICE_END, "acted", [("info", "minor", 0, False, ["-特別警報は解除されました"])]),
        (NARA_END, "acted", [("released", "extreme", 5, True, ["特別警報は解除されました"]),
                             ("released", "moderate", 3, False, ["氾濫警報は解除"])]),
    ]),
    # 松江市 has 大雨危険警報 by the Notice; the code says 03. The newer telegram of 11:19 said 03 too.
    ("Matsue by the old set", ["32201"], [
        (SHIMANE_OLD, "acted", [("issued", "moderate", 3, False,
                                 ["松江市に大雨警報", "レベル３相当以上", "〈レベル４大雨危険警報〉松江市",
                                  "-レベル４相当"])]),
    ]),
    ("Matsue by both sets", ["32201"], [
        (SHIMANE, "acted", [("issued", "moderate", 3, False, ["松江市に大雨警報", "-相当以上"])]),
        (SHIMANE_OLD, "nothing", []),
    ]),
    # 小田原市 3 警戒; 横浜市 (two parts) なし.
    ("landslides in Kanagawa by the old set", ["14206", "14100"], [
        (KANAGAWA, "acted", [("issued", "severe", 4, False,
                              ["小田原市に土砂災害危険警報", "レベル４相当", "-横浜市", "-相当以上"])]),
    ]),
    # さいたま市 is in the list; it ends at 10:30. 板橋区 is next door.
    ("tornado watch in Saitama", ["11100", "13119"], [
        ("19_08_03_250630_VPHW50.xml", "acted", [
            ("issued", "moderate", 0, False, ["さいたま市に竜巻注意情報", "-板橋区", "-目撃"])]),
    ]),
    ("tornado seen in Kyoto", ["26100"], [
        ("19_06_01_140425_VPHW51.xml", "acted", [
            ("issued", "severe", 0, False, ["京都市に竜巻注意情報（目撃情報あり）"])]),
    ]),
    ("heat in Saitama", ["11202", "10201"], [
        ("57_03_01_240401_VPFT50.xml", "acted", [
            ("issued", "minor", 0, False, ["熊谷市に熱中症警戒アラート", "WBGT", "-前橋市"])]),
    ]),
    ("rain band expected over Shikoku", ["39201", "13119"], [
        ("83_01_01_250630_VPZJ51.xml", "acted", [
            ("info", "minor", 0, False, ["高知市", "１４日未明から", "-板橋区", "-警戒レベル"])]),
    ]),
    # Nothing reaches the class of an advisory.
    ("outlook without danger", ["01214"], [("81_01_04_250630_VPWP50.xml", "nothing", [])]),
    # 福井市 33, 坂井市 43, 鯖江市 03, 敦賀市 without: three levels, none told to another town.
    ("Fukui at three levels", ["18201", "18210", "18207", "18202"], [
        (FUKUI, "acted", [
            ("issued", "extreme", 5, True, ["福井市に大雨特別警報", "レベル５相当", "-坂井市", "-敦賀市"]),
            ("issued", "severe", 4, False, ["坂井市に大雨危険警報", "レベル４相当", "-福井市に"]),
            ("issued", "moderate", 3, False, ["鯖江市に大雨警報", "レベル３相当", "-福井市に"])]),
        (FUKUI, "no-change", []),
    ]),
    # Code 29 with Status 解除: nothing was known to be in force, so there is nothing to end.
    ("Kagawa's release alone", ["37201"], [(KAGAWA, "no-change", [])]),
    # 宮城県 and 福島県 53 with 巨大, 千葉県九十九里・外房 51 with 高い; days later all released.
    ("Tohoku 2011", ["04202", "07204", "12202"], [
        (TOHOKU, "acted", [
            ("issued", "extreme", 0, True, ["石巻市、いわき市に大津波警報", "巨大", "-銚子市"]),
            ("issued", "severe", 0, False, ["銚子市に津波警報", "高い", "-いわき市"])]),
        (TOHOKU_END, "acted", [
            ("released", "extreme", 0, True, ["大津波警報は解除", "-誤報"]),
            ("released", "severe", 0, None, ["銚子市の津波警報は解除", "-誤報"])]),
    ]),
    # 愛媛 is warned; the cancel repeats the serial of the last report and says 取消.
    ("early warning, then cancelled", ["38201"], [
        (EEW, "acted", [("issued", "severe", 0, False, ["松山市に緊急地震速報", "身の安全"])]),
        (EEW_CANCEL, "acted", [("cancelled", "severe", 0, False, ["取り消されました", "-解除"])]),
        (EEW, "old", []),
    ]),
    # 大阪 is not among the warned areas.
    ("early warning elsewhere", ["27100"], [(EEW, "not-ours", [])]),
    # 箱根町 01, volcano level 5 (15).
    ("Hakone at level 5", ["14382"], [
        (HAKONE, "acted", [("issued", "extreme", 0, True,
                            ["箱根町に箱根山の噴火警報", "噴火警戒レベル５", "-警戒レベル５相当"])]),
    ]),
    # 王滝村 lies under 御嶽山, 板橋区 does not.
    ("Ontake erupts", ["20429", "13119"], [
        (ONTAKE, "acted", [("issued", "extreme", 0, True,
                            ["王滝村に御嶽山の噴火速報", "火口付近", "-板橋区"])]),
        (ONTAKE, "no-change", []),
    ]),
    # 嬬恋村 04 after 02, but no warning was known here.
    ("Kusatsu-Shirane's release alone", ["10425"], [(SHIRANE_END, "no-change", [])]),
    # 石巻市 (宮城県 220): 大津波警報 with 15:00, then the gauges of 鮎川 and 仙台港; the estimate offshore is
    # for 岩手県 alone. No second warning comes of either.
    ("tide gauges of Miyagi", ["04202"], [
        (TOHOKU, "acted", [("issued", "extreme", 0, True,
                            ["予想到達時刻：15時00分", "東日本大震災クラス", "15時00分です"])]),
        (TIDES, "acted", [("info", "minor", 0, False,
                           ["津波情報", "石巻市鮎川、到達予想15時10分、満潮19時54分",
                            "仙台港、到達予想15時40分", "-宮古"])]),
        (OFFSHORE, "not-ours", []),
    ]),
    # 釜石市 (岩手県 210): 津波到達中と推測; offshore stations saw it at 14:50.
    ("the wave is there", ["03211"], [
        (TOHOKU, "acted", [("issued", "extreme", 0, True,
                            ["すでに到達していると推測", "-予想到達時刻"])]),
        (OFFSHORE, "acted", [("info", "minor", 0, False,
                              ["岩手釜石沖、第１波14時50分", "すでに到達"])]),
    ]),
    # VTSE51 without its VTSE41: news, and no warning.
    ("tide gauges without the warning", ["04202"], [
        (TIDES, "acted", [("info", "minor", 0, False, ["津波情報", "-避難ビル"])])]),
    # 静岡市 is designated (by prefecture), いわき市 is not: 111, then 120 with another EventID.
    ("Nankai Trough", ["22100", "07204"], [
        (NANKAI_INQUIRY, "acted", [("issued", "moderate", 0, False,
                                    ["静岡市に関係する南海トラフ地震臨時情報（調査中）", "-いわき市"])]),
        (NANKAI_ALERT, "acted", [("raised", "severe", 0, False,
                                  ["巨大地震警戒", "-いわき市"])]),
        (NANKAI_TEXT, "acted", [("info", "minor", 0, False, ["解説情報", "-いわき市"])]),
    ]),
    ("subsequent earthquake", ["22100", "07204"], [
        (HOKKAIDO, "acted", [("issued", "moderate", 0, False,
                              ["いわき市に北海道・三陸沖後発地震注意情報", "-静岡市"])])]),
    # 宮城県北部 220: class 3 although the intensity was 4.
    ("long-period motion in Osaki", ["04215"], [
        (LONG_PERIOD, "acted", [("issued", "severe", 0, False,
                                 ["長周期地震動階級：３", "高層"])])]),
    # The forecast's areas stand under a warning's codes; people hear VXSE43 alone.
    ("forecasts are for machines", ["38201"], [(EEW_FORECAST, "no-change", [])]),
    ("hourly test of the line", ["38201"], [(EEW_TEST, "test", [])]),
    # 鹿児島市 stands under 72, 71 and 75.
    ("falling stones on Kagoshima", ["46201"], [
        (ASH, "acted", [("info", "moderate", 0, False,
                         ["桜島の降灰予報", "小さな噴石の落下", "屋根の下"])])]),
    # 嬬恋村 lies under 草津白根山, but nothing is known to be in force.
    ("commentary on a volcano nobody follows", ["10425"], [(COMMENTARY, "not-ours", [])]),
    # Two EventIDs, code 60, nothing known.
    ("Kagoshima's release alone", ["46201"], [(TWO_EVENTS_END, "no-change", [])]),
    # 熱海市 had 4 although its region 静岡県伊豆 had 5弱. The sample is a drill (訓練).
    ("Atami's own intensity", ["22205"], [
        (IZU_DRILL, "acted", [("issued", "moderate", 0, False,
                               ["これは訓練です", "熱海市で震度４", "-５弱の揺れ"])]),
    ]),
]


def explain(folder, towns, files):
    program = Path(os.environ.get("HANSHO_BIN", "")) / "hansho"
    if not os.environ.get("HANSHO_BIN") or not program.exists():
        pytest.skip("HANSHO_BIN does not name the folder of the built programs")
    config = folder / "real.yaml"
    config.write_text(CONFIG.format(towns=", ".join(f'{{code: "{t}"}}' for t in towns)))
    for file in files:
        if not (SAMPLES / file).exists():
            pytest.skip("shared data not present")
    done = subprocess.run(
        [program, "--json", "-c", config, "explain", *[SAMPLES / f for f in files]],
        capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    decoder = json.JSONDecoder()
    decisions, rest = [], done.stdout.lstrip()
    while rest:
        decision, end = decoder.raw_decode(rest)
        decisions.append(decision)
        rest = rest[end:].lstrip()
    return decisions


def check(told, wanted):
    event, severity, level, siren, parts = wanted
    broadcast = told["broadcast"]
    assert (broadcast["event"], broadcast["severity"], broadcast.get("level", 0)) == (
        event, severity, level)
    if siren is not None:
        assert ("siren" in told["channels"]) == siren
    assert not told["hold"]
    texts = broadcast["texts"]
    text = texts["ja"] if isinstance(texts, dict) else texts[0]
    assert len(text["title"]) <= 15
    everything = "\n".join(text[form] for form in ("title", "body", "speech"))
    for part in parts:
        assert (part[1:] not in everything) if part[0] == "-" else (part in everything), everything


@pytest.mark.parametrize("towns,steps", [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_careful_officer_would_send(tmp_path, towns, steps):
    decisions = explain(tmp_path, towns, [s[0] for s in steps])
    assert [d["verdict"] for d in decisions] == [s[1] for s in steps]
    for decision, (_, _, wanted) in zip(decisions, steps):
        assert len(decision["broadcasts"]) == len(wanted), decision["trace"]
        for told, one in zip(decision["broadcasts"], wanted):
            check(told, one)
