# SPDX-License-Identifier: Apache-2.0
hansho_test(test_banner_board SOURCES test_banner_board.c LINKS channel_banner schemas base)
