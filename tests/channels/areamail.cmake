# SPDX-License-Identifier: Apache-2.0
hansho_library(XML libxml-2.0)
hansho_test(test_areamail_content
	SOURCES test_areamail_content.c
	LINKS channel_areamail PkgConfig::XML)
