#include <stdio.h>
#include <zlib.h>

void run(void) { printf("crc %08lx\n", crc32(0, (const Bytef *)"sea", 3)); }
