# SPDX-License-Identifier: Apache-2.0
# Script behind hansho_embed(): writes IN as a C array of bytes named SYMBOL to OUT.
file(READ ${IN} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
file(WRITE ${OUT} "/* Generated from a source file by cmake/Embed.cmake. */
#include <stddef.h>
extern const unsigned char ${SYMBOL}_bytes[];
extern const size_t ${SYMBOL}_size;
const unsigned char ${SYMBOL}_bytes[] = {\n${bytes}0x00};
const size_t ${SYMBOL}_size = sizeof(${SYMBOL}_bytes) - 1;
")
