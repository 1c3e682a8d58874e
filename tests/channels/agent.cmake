# SPDX-License-Identifier: Apache-2.0
hansho_test(test_channel_message SOURCES test_channel_message.c
	LINKS channel_agent channel_declarations schemas base)
