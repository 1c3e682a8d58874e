# SPDX-License-Identifier: Apache-2.0
hansho_test(test_oauth1 SOURCES test_oauth1.c LINKS channel_social)
hansho_test(test_social_posts SOURCES test_social_posts.c LINKS channel_social)
