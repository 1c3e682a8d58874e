# SPDX-License-Identifier: Apache-2.0
hansho_test(test_http_outcome SOURCES test_http_outcome.c LINKS http_client net_outcomes)
