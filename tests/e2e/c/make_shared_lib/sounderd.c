#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sounder.h"

int main(int argc, char **argv) {
  char banner[64] = "", request[2048], body[128], answer[256];
  FILE *file = fopen("/usr/local/share/sounder/banner.txt", "r");
  if (file == NULL || fgets(banner, sizeof banner, file) == NULL) {
    perror("banner.txt");
    return 1;
  }
  banner[strcspn(banner, "\n")] = 0;
  int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 80)};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 8) != 0) {
    perror("listen");
    return 1;
  }
  for (;;) {
    int client = accept(listener, NULL, NULL);
    if (client < 0) continue;
    if (read(client, request, sizeof request - 1) > 0) {
      snprintf(body, sizeof body, "%s %.0f m\n", banner, depth(0.2));
      int length = snprintf(answer, sizeof answer, "HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
      if (write(client, answer, length) < 0) perror("write");
    }
    close(client);
  }
}
