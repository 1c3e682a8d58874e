# SPDX-License-Identifier: Apache-2.0
hansho_test(test_siren_order SOURCES test_siren_order.c LINKS siren_order)
hansho_test(test_siren_device SOURCES test_siren_device.c LINKS siren_device)
hansho_test(test_mqtt SOURCES test_mqtt.c LINKS channel_mqtt)
add_executable(siren_forge siren_forge.c)
target_link_libraries(siren_forge PRIVATE siren_order)
