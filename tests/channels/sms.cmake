# SPDX-License-Identifier: Apache-2.0
hansho_test(test_sms SOURCES test_sms.c LINKS channel_sms)
