/* Calls every plugin that lies beside it. */
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  const char *folder = "/opt/mixer/plugins";
  DIR *directory = opendir(folder);
  struct dirent *entry;
  int called = 0;
  while (directory && (entry = readdir(directory))) {
    char path[512];
    if (!strstr(entry->d_name, ".so")) continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    void *plugin = dlopen(path, RTLD_NOW);
    if (!plugin) {
      fprintf(stderr, "%s\n", dlerror());
      return 1;
    }
    void (*run)(void) = (void (*)(void))dlsym(plugin, "run");
    run();
    called++;
  }
  printf("%d plugins\n", called);
  return called ? 0 : 1;
}
