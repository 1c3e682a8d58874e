# SPDX-License-Identifier: Apache-2.0
hansho_test(test_channel_text SOURCES test_channel_text.c LINKS channel_text schemas base)
