# SPDX-License-Identifier: Apache-2.0
# Build conventions shared by every folder: language, warnings, sanitizers, and the three
# functions that declare a floor, a program and a test.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

option(HANSHO_WERROR "Treat warnings as errors" OFF)
option(HANSHO_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(HANSHO_FUZZ "Build the fuzz targets with libFuzzer (needs clang)" OFF)
option(HANSHO_COVERAGE "Build with coverage counters" OFF)
option(HANSHO_CRASH_POINTS "Compile the named crash points in (tests only)" OFF)

add_compile_definitions(_GNU_SOURCE HANSHO_VERSION="${PROJECT_VERSION}")
add_compile_options(-Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wvla
	-Wmissing-prototypes -Wpointer-arith -Wwrite-strings -fno-common -fstack-protector-strong)
if(HANSHO_WERROR)
	add_compile_options(-Werror)
endif()
if(HANSHO_SANITIZE)
	add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
	add_link_options(-fsanitize=address,undefined)
endif()
if(HANSHO_FUZZ)
	add_compile_options(-fsanitize=fuzzer-no-link)
	add_compile_definitions(HANSHO_LIBFUZZER)
endif()
if(HANSHO_COVERAGE)
	add_compile_options(--coverage)
	add_link_options(--coverage)
endif()
if(HANSHO_CRASH_POINTS)
	add_compile_definitions(HANSHO_CRASH_POINTS)
endif()

find_package(PkgConfig REQUIRED)

# Finds a Debian library by its pkg-config name; afterwards link PkgConfig::NAME.
function(hansho_library NAME PKG)
	if(NOT TARGET PkgConfig::${NAME})
		pkg_check_modules(${NAME} REQUIRED IMPORTED_TARGET GLOBAL ${PKG})
	endif()
endfunction()

hansho_library(EVENT libevent)
hansho_library(CRYPTO libcrypto)
hansho_library(JANSSON jansson)

# hansho_floor(NAME SOURCES a.c ... LINKS x ...): one static library per floor or driver.
# Every include path starts at the top of the tree: #include "base/err.h".
function(hansho_floor NAME)
	cmake_parse_arguments(F "" "" "SOURCES;LINKS" ${ARGN})
	add_library(${NAME} STATIC ${F_SOURCES})
	target_include_directories(${NAME} PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
	target_link_libraries(${NAME} PUBLIC ${F_LINKS})
endfunction()

# hansho_program(NAME SOURCES a.c ... LINKS x ...)
function(hansho_program NAME)
	cmake_parse_arguments(P "" "" "SOURCES;LINKS" ${ARGN})
	add_executable(${NAME} ${P_SOURCES})
	target_include_directories(${NAME} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
	target_link_libraries(${NAME} PRIVATE ${P_LINKS})
endfunction()

# hansho_test(NAME SOURCES a.c ... LINKS x ...): a cmocka program, run by ctest.
function(hansho_test NAME)
	cmake_parse_arguments(T "" "" "SOURCES;LINKS" ${ARGN})
	hansho_library(CMOCKA cmocka)
	add_executable(${NAME} ${T_SOURCES})
	target_include_directories(${NAME} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
	target_link_libraries(${NAME} PRIVATE ${T_LINKS} PkgConfig::CMOCKA)
	target_compile_definitions(${NAME} PRIVATE SOURCE_DIR="${CMAKE_SOURCE_DIR}")
	add_test(NAME ${NAME} COMMAND ${NAME})
	set_tests_properties(${NAME} PROPERTIES TIMEOUT 120)
endfunction()

# hansho_fuzz(NAME SOURCES a.c ... LINKS x ... CORPUS dir): a fuzz target. Without libFuzzer the
# same source is linked with a small main that replays the corpus, so it is a regression test.
function(hansho_fuzz NAME)
	cmake_parse_arguments(Z "" "CORPUS" "SOURCES;LINKS" ${ARGN})
	add_executable(${NAME} ${Z_SOURCES})
	target_include_directories(${NAME} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
	target_link_libraries(${NAME} PRIVATE ${Z_LINKS})
	if(HANSHO_FUZZ)
		target_link_options(${NAME} PRIVATE -fsanitize=fuzzer)
		add_test(NAME ${NAME} COMMAND ${NAME} -runs=0 ${Z_CORPUS})
	else()
		target_sources(${NAME} PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/replay_main.c)
		add_test(NAME ${NAME} COMMAND ${NAME} ${Z_CORPUS})
	endif()
	set_tests_properties(${NAME} PROPERTIES TIMEOUT 120)
endfunction()

# Turns a text file into a C array: hansho_embed(OUT.c SYMBOL FILE).
# The symbol is `const char SYMBOL[]` with a terminating zero, and `const size_t SYMBOL_size`.
function(hansho_embed OUT SYMBOL FILE)
	add_custom_command(OUTPUT ${OUT}
		COMMAND ${CMAKE_COMMAND} -DIN=${FILE} -DOUT=${OUT} -DSYMBOL=${SYMBOL}
			-P ${CMAKE_SOURCE_DIR}/cmake/Embed.cmake
		DEPENDS ${FILE} ${CMAKE_SOURCE_DIR}/cmake/Embed.cmake)
endfunction()
