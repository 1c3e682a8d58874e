/* SPDX-License-Identifier: Apache-2.0
 *
 * The area code systems an alert may use, by the names in alert.schema.json. The JMA systems are
 * the codeType values of the telegrams (JMX reference, section 3).
 */
#pragma once

#define AREA_JMA_CITY	      "jma.city" /* 気象・地震・火山情報／市町村等, 7 digits */
#define AREA_JMA_FORECAST     "jma.forecast"	 /* 府県予報区・細分区域等, 6 digits */
#define AREA_JMA_SEISMIC_CITY "jma.seismic_city" /* 地震情報／市町村, 7 digits */
#define AREA_JMA_SEISMIC_AREA "jma.seismic_area" /* 地震情報／細分区域, 3 digits */
#define AREA_JMA_EEW	      "jma.eew" /* 緊急地震速報／府県予報区, 地方予報区, 4 digits */
#define AREA_JMA_TSUNAMI      "jma.tsunami" /* 津波予報区, 3 digits */
#define AREA_JMA_VOLCANO      "jma.volcano" /* 火山名, 3 digits */
#define AREA_JMA_MARINE	      "jma.marine"  /* 地方海上予報区, 4 digits */
#define AREA_JMA_RIVER	      "jma.river" /* 指定河川洪水予報（予報区域）, 12 digits */
#define AREA_JMA_REGION	      "jma.region" /* 全国・地方予報区等, 6 digits: 010000 is Japan */
#define AREA_JMA_OFFICE	      "jma.office" /* 編集官署: what this office watches; its name */
#define AREA_JMA_SURGE	      "jma.surge"  /* 高潮予報区間, 7 digits */
#define AREA_PROMOTION	      "promotion" /* 地震防災対策推進地域: "nankai", "hokkaido" */
#define AREA_MUNICIPALITY     "municipality" /* 全国地方公共団体コード, first 5 digits */
#define AREA_DISTRICT	      "district"     /* of the municipality's own profile */
#define AREA_CAP_PREFIX	      "cap:"	     /* "cap:" + geocode valueName as sent */
