/* Makes a file and gives it to user 42, which needs CAP_CHOWN. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
  const char *path = argc > 1 ? argv[1] : "/tmp/parcel";
  int file = open(path, O_CREAT | O_WRONLY, 0644);
  if (file < 0 || fchown(file, 42, 42) != 0) {
    perror(path);
    return 1;
  }
  printf("uid %d handed over\n", getuid());
  return 0;
}
