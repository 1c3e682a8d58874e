#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes config/codes/*.tsv from the agency's code tables; see README.md beside this file."""

import csv
import json
import pathlib
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
SOURCE = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else TOP / "../shared/data/jmx/codes"
TARGET = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else TOP / "config/codes"

PREFECTURES = """北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都
神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県
奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県
大分県 宮崎県 鹿児島県 沖縄県""".split()

# 府県予報区 -> who writes its weather telegrams (EditorialOffice).
OFFICES = {
    "011000": "稚内地方気象台", "012000": "旭川地方気象台", "012010": "旭川地方気象台",
    "012020": "旭川地方気象台", "013000": "網走地方気象台", "013010": "網走地方気象台",
    "013020": "網走地方気象台", "013030": "網走地方気象台", "014010": "釧路地方気象台",
    "014020": "釧路地方気象台", "014030": "帯広測候所", "014100": "釧路地方気象台",
    "015000": "室蘭地方気象台", "015010": "室蘭地方気象台", "015020": "室蘭地方気象台",
    "016000": "札幌管区気象台", "016010": "札幌管区気象台", "016020": "札幌管区気象台",
    "016030": "札幌管区気象台", "017000": "函館地方気象台", "017010": "函館地方気象台",
    "017020": "函館地方気象台",
    "02": "青森地方気象台", "03": "盛岡地方気象台", "04": "仙台管区気象台", "05": "秋田地方気象台",
    "06": "山形地方気象台", "07": "福島地方気象台", "08": "水戸地方気象台", "09": "宇都宮地方気象台",
    "10": "前橋地方気象台", "11": "熊谷地方気象台", "12": "銚子地方気象台", "13": "気象庁本庁",
    "14": "横浜地方気象台", "15": "新潟地方気象台", "16": "富山地方気象台", "17": "金沢地方気象台",
    "18": "福井地方気象台", "19": "甲府地方気象台", "20": "長野地方気象台", "21": "岐阜地方気象台",
    "22": "静岡地方気象台", "23": "名古屋地方気象台", "24": "津地方気象台", "25": "彦根地方気象台",
    "26": "京都地方気象台", "27": "大阪管区気象台", "28": "神戸地方気象台", "29": "奈良地方気象台",
    "30": "和歌山地方気象台", "31": "鳥取地方気象台", "32": "松江地方気象台", "33": "岡山地方気象台",
    "34": "広島地方気象台", "35": "下関地方気象台", "36": "徳島地方気象台", "37": "高松地方気象台",
    "38": "松山地方気象台", "39": "高知地方気象台", "40": "福岡管区気象台", "41": "佐賀地方気象台",
    "42": "長崎地方気象台", "43": "熊本地方気象台", "44": "大分地方気象台", "45": "宮崎地方気象台",
    "460040": "名瀬測候所", "46": "鹿児島地方気象台", "471000": "沖縄気象台",
    "472000": "南大東島地方気象台", "473000": "宮古島地方気象台", "474000": "石垣島地方気象台",
}

# 津波予報区 -> prefectures (by number) whose coast it is. 312 東京湾内湾 and 712 有明・八代海 are shared.
TSUNAMI = {
    "100": "01", "101": "01", "102": "01", "110": "01", "111": "01", "120": "01",
    "200": "02", "201": "02", "202": "02", "210": "03", "220": "04", "230": "05", "240": "06",
    "250": "07", "300": "08", "310": "12", "311": "12", "312": "12 13 14", "320": "13", "321": "13",
    "330": "14", "340": "15", "341": "15", "350": "16", "360": "17", "361": "17", "370": "18",
    "380": "22", "390": "23", "391": "23 24", "400": "24", "500": "26", "510": "27", "520": "28",
    "521": "28", "522": "28", "530": "30", "540": "31", "550": "32", "551": "32", "560": "33",
    "570": "34", "580": "36", "590": "37", "600": "38", "601": "38", "610": "39", "700": "35",
    "701": "35", "710": "40", "711": "40", "712": "40 41 42 43", "720": "41", "730": "42",
    "731": "42", "740": "43", "750": "44", "751": "44", "760": "45", "770": "46", "771": "46",
    "772": "46", "773": "46", "800": "47", "801": "47", "802": "47",
}

# Where a prefecture has several tsunami forecast areas: (its number, part of the name of the seismic
# area, the areas that can be meant). Checked in this order; no row: all of the prefecture.
NARROW = [
    ("01", "石狩", "111"), ("01", "後志", "111"), ("01", "北海道奥尻島", "111"), ("01", "檜山", "111"),
    ("01", "渡島地方東部", "102"), ("01", "渡島", "102 111"), ("01", "留萌", "110"),
    ("01", "宗谷地方北部", "110 120"), ("01", "宗谷地方南部", "110 120"), ("01", "利尻礼文", "110"),
    ("01", "網走", "120"), ("01", "北見", "120"), ("01", "紋別", "120"), ("01", "胆振", "102"),
    ("01", "日高", "101"), ("01", "十勝", "101"), ("01", "釧路", "100"), ("01", "根室", "100"),
    ("02", "津軽", "200 202"), ("02", "三八上北", "201 202"), ("02", "下北", "201 202"),
    ("12", "北東部", "310"), ("12", "北西部", "311 312"), ("12", "南部", "310 311 312"),
    ("13", "２３区", "312"), ("13", "多摩", "312"), ("13", "小笠原", "321"), ("13", "", "320"),
    ("14", "西部", "330"), ("15", "佐渡", "341"), ("15", "", "340"),
    ("17", "能登", "360"), ("17", "加賀", "361"), ("23", "西部", "391"), ("24", "北部", "391"),
    ("28", "北部", "520"), ("28", "淡路島", "521 522"), ("28", "", "521"),
    ("32", "隠岐", "551"), ("32", "", "550"), ("38", "東予", "601"), ("38", "中予", "601"),
    ("35", "北部", "700"), ("35", "東部", "701"), ("35", "中部", "701"),
    ("40", "北九州", "710 711"), ("40", "筑後", "712"), ("40", "福岡県福岡", "711"),
    ("41", "北部", "720"), ("41", "南部", "712"), ("42", "対馬", "731"), ("42", "壱岐", "731"),
    ("42", "五島", "730"), ("42", "", "730 712"), ("43", "天草", "712 740"), ("43", "", "712"),
    ("44", "北部", "750"), ("44", "南部", "751"), ("46", "種子島", "771"), ("46", "屋久島", "771"),
    ("46", "奄美", "772"), ("46", "十島村", "772"), ("46", "甑島", "773"), ("46", "大隅", "770"),
    ("46", "薩摩", "770 773"), ("47", "大東島", "801"), ("47", "宮古島", "802"),
    ("47", "石垣島", "802"), ("47", "与那国島", "802"), ("47", "西表島", "802"), ("47", "", "800"),
]

# Rivers under the state carry the number of a regional bureau instead of a prefecture's.
REGIONS = {
    "81": "01", "82": "02 03 04 05 06 07", "83": "08 09 10 11 12 13 14 19 20",
    "84": "07 15 16 17 18 20", "85": "20 21 22 23 24", "86": "18 24 25 26 27 28 29 30",
    "87": "31 32 33 34 35", "88": "36 37 38 39", "89": "40 41 42 43 44 45 46",
}

# Prefectures a volcano stands in or on the border of.
VOLCANOES = {
    "01": "101 102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 119 120 "
          "151 152 153 154 155 156 157 158 159 160 161",
    "02": "201 202 203 204", "03": "205 206 207 208 210", "04": "210 211 212",
    "05": "204 205 206 208 209 210", "06": "209 212 213 217", "07": "213 214 215 216 218 301",
    "09": "301 302 333 342", "10": "302 303 304 305 306 350 351",
    "13": "317 318 319 320 321 322 323 324 325 326 327 328 329 330 331 336 337 338 339 340 341",
    "14": "315", "15": "307 308", "16": "309", "17": "313", "18": "313", "19": "314",
    "20": "305 306 307 308 310 311 312 334 335 350 351", "21": "310 311 312 313 335",
    "22": "314 315 316", "32": "401", "35": "512", "42": "504 515", "43": "503",
    "44": "502 513 514", "45": "505 550 551 552 553",
    "46": "505 506 507 508 509 510 511 516 517 518 519 550 551 552 553", "47": "601 602",
}

HEAD = "# SPDX-License-Identifier: Apache-2.0\n" \
       "# 出典：気象庁ホームページ（https://xml.kishou.go.jp/tec_material.html）コード表を加工して作成\n" \
       "# Written by scripts/codes/make_codes.py; do not edit.\n"


def load(name):
    data = json.loads((SOURCE / name).read_text(encoding="utf-8"))
    return data.get("items", data)


def city_rows():
    with open(SOURCE / "AreaInformationCity.csv", encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file):
            if len(row) > 18 and len(row[0]) == 7 and row[0].isdigit():
                yield row


def prefecture(code):
    return PREFECTURES[int(code[:2]) - 1]


def cut_prefecture(text, code):
    """福島県いわき市 -> いわき市; also the reading, whose prefecture cannot be looked up."""
    name = prefecture(code)
    return text[len(name):] if text.startswith(name) else text


class Town:
    def __init__(self, code):
        self.code = code
        self.name = self.reading = ""
        self.coast = 0
        self.weather, self.seismic, self.areas, self.parents = {}, {}, set(), set()


def parents_of(code, tree):
    node = tree.get(code, {})
    return [node[level] for level in ("matome", "ichiji", "fuken") if level in node]


def wards(rows):
    """Ward code (5 digits) -> code of its city, by the names 札幌市中央区 < 札幌市."""
    cities = {row[2]: row[0][:5] for row in rows if row[2].endswith("市") and row[0][5:] == "00"}
    found = {}
    for row in rows:
        name = row[17] or cut_prefecture(row[1].replace("のうち", ""), row[0])
        if name.endswith("区") and "市" in name and row[0][5:] == "00":
            city = name[:name.index("市", 1) + 1]
            if city in cities and cities[city][:2] == row[0][:2]:
                found[row[0][:5]] = cities[city]
    return found


def towns():
    tree = load("forecast_area_tree.json")
    seismic = load("SeismicCityToArea.json")
    rows = list(city_rows())
    ward_of = wards(rows)
    found = {}
    for row in rows:
        code = row[0]
        key = ward_of.get(code[:5], code[:5])
        town = found.setdefault(key, Town(key))
        if code == key + "00":
            town.name = row[2] or row[11] or cut_prefecture(row[13], code)
            town.reading = row[3] or row[12]
            if row[13].startswith(prefecture(code)):
                town.name = cut_prefecture(row[13], code)
        if "1" in row[5:7] + row[9:11]:
            town.weather[code] = row[2] or cut_prefecture(row[13] or row[1], code)
        if row[7] == "1":
            town.coast = max(town.coast, 1)
        if row[8] == "1":
            town.coast = 2
        if row[4]:
            town.parents.update([row[4]] + parents_of(row[4], tree))
        if code in tree:
            town.parents.update(parents_of(code, tree))
        if row[11]:
            town.seismic[code] = row[11]
            if code in seismic:
                town.areas.add(seismic[code]["seisSaibunCode"])
    for code, node in tree.items():
        key = ward_of.get(code[:5], code[:5])
        if node["level"] == "city" and "matome" in node and key in found:
            found[key].weather.setdefault(code, node["name"])
            found[key].parents.update(parents_of(code, tree))
    return [t for _, t in sorted(found.items()) if t.name and (t.weather or t.seismic)]


def tsunami_of(town, names):
    """Nothing without a coast; otherwise every area that can be meant."""
    if town.coast == 0:
        return []
    every = [code for code, where in TSUNAMI.items() if town.code[:2] in where.split()]
    found = set()
    for area in town.areas:
        for number, part, codes in NARROW:
            if number == town.code[:2] and part in names[area]:
                found.update(codes.split())
                break
        else:
            found.update(every)
    return sorted(found or every)


def write(name, columns, lines):
    text = HEAD + "# " + "\t".join(columns) + "\n"
    text += "".join("\t".join(line) + "\n" for line in lines)
    (TARGET / name).write_text(text, encoding="utf-8")


def write_areas(all_towns):
    lines = []
    for town in all_towns:
        for code, name in sorted(town.weather.items()):
            lines.append(("jma.city", code, name, town.code[:2]))
        for code, name in sorted(town.seismic.items()):
            lines.append(("jma.seismic_city", code, name, town.code[:2]))
    for code, node in sorted(load("forecast_area_tree.json").items()):
        if node["level"] in ("fuken", "ichiji", "matome"):
            lines.append(("jma.forecast", code, node["name"], code[:2]))
    areas = {}
    for entry in load("SeismicCityToArea.json").values():
        key = (entry["seisSaibunCode"], entry["seisSaibunName"])
        areas.setdefault(key, set()).add(entry["cityCode"][:2])
    for (code, name), where in sorted(areas.items()):
        lines.append(("jma.seismic_area", code, name, " ".join(sorted(where))))
    for code, entry in sorted(load("AreaTsunami.json").items()):
        if code in TSUNAMI:
            lines.append(("jma.tsunami", code, entry["name"], TSUNAMI[code]))
    for code, entry in sorted(load("PointVolcano.json").items()):
        where = [number for number, codes in VOLCANOES.items() if code in codes.split()]
        lines.append(("jma.volcano", code, entry["name"], " ".join(where)))
    for code, entry in sorted(load("AreaFloodForecast.json").items()):
        where = REGIONS.get(code[:2], code[:2] if "01" <= code[:2] <= "47" else "")
        lines.append(("jma.river", code, entry["name"].replace("　", " "), where))
    write("areas.tsv", ("system", "code", "name", "prefectures"), lines)


def main():
    all_towns = towns()
    names = {entry["seisSaibunCode"]: entry["seisSaibunName"]
             for entry in load("SeismicCityToArea.json").values()}
    TARGET.mkdir(exist_ok=True)
    write("municipalities.tsv",
          ("code", "name", "reading", "prefecture", "coast", "weather", "seismic",
           "seismic_area", "parents", "tsunami"),
          [(t.code, t.name, t.reading, prefecture(t.code), str(t.coast), " ".join(sorted(t.weather)),
            " ".join(sorted(t.seismic)), " ".join(sorted(t.areas)), " ".join(sorted(t.parents)),
            " ".join(tsunami_of(t, names)))
           for t in all_towns])
    write_areas(all_towns)
    fuken = sorted(code for code, node in load("forecast_area_tree.json").items()
                   if node["level"] == "fuken")
    missing = [code for code in fuken if code not in OFFICES and code[:2] not in OFFICES]
    if missing:
        sys.exit(f"no office known for {missing}")
    write("offices.tsv", ("forecast", "office"),
          [(code, OFFICES.get(code, OFFICES.get(code[:2], ""))) for code in fuken])


main()
