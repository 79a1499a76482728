/* Reads one file that only root may read. */
#include <stdio.h>
#include <unistd.h>

int main(void) {
  char line[80];
  FILE *file = fopen("/etc/lamp.key", "r");
  if (!file || !fgets(line, sizeof line, file)) {
    perror("/etc/lamp.key");
    return 1;
  }
  printf("uid %d, euid %d: %s", getuid(), geteuid(), line);
  return 0;
}
