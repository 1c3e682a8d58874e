# SPDX-License-Identifier: Apache-2.0
if(TARGET channel_mail_core)
	hansho_test(test_mail_outcome
		SOURCES test_mail_outcome.c
		LINKS channel_mail_core)
	hansho_test(test_mail_message
		SOURCES test_mail_message.c
		LINKS channel_mail_core)
endif()
