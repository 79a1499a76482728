#include <jansson.h>
#include <stdio.h>

void run(void) {
  json_t *value = json_pack("{s:i}", "gain", 3);
  json_dumpf(value, stdout, 0);
  puts("");
  json_decref(value);
}
