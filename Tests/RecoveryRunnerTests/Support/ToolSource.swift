/// Source of a checker with many behaviours.
///
/// Byte 0 of the image decides where a behaviour depends on it: 1
/// in the base image.
let toolSource = #"""
  #define _GNU_SOURCE
  #include <fcntl.h>
  #include <signal.h>
  #include <stdio.h>
  #include <stdlib.h>
  #include <string.h>
  #include <sys/mman.h>
  #include <sys/stat.h>
  #include <unistd.h>

  static const char *path;
  static unsigned char bytes[1 << 16];
  static ssize_t size;

  static void dump(void) {
    fwrite(bytes, 1, size, stdout);
    fflush(stdout);
  }
  static void overwrite(void) {
    int f = open(path, O_WRONLY);
    pwrite(f, "SPOILED", 7, 3);
    close(f);
  }
  static void map_and_store(void) {
    int f = open(path, O_RDWR);
    char *m = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED, f, 0);
    close(f);
    memset(m + 10, 'x', 100);
  }
  static void replace(void) {
    char other[4096];
    snprintf(other, sizeof other, "%s.new", path);
    int f = open(other, O_WRONLY | O_CREAT, 0600);
    write(f, bytes, size);
    close(f);
    rename(other, path);
  }
  static void leave_directory(void) {
    char other[4096];
    snprintf(other, sizeof other, "%s.dir", path);
    mkdir(other, 0700);
    strcat(other, "/x");
    close(open(other, O_WRONLY | O_CREAT, 0600));
  }
  // A process that outlives us, in a session of its own, and says who it is.
  static void leave_daemon(int holds) {
    int p[2];
    pipe(p);
    if (fork() == 0) {
      setsid();
      if (fork() == 0) {
        int me = getpid();
        write(p[1], &me, sizeof me);
        for (;;) holds ? pause() : (sleep(1), overwrite());
      }
      _exit(0);
    }
    int daemon;
    read(p[0], &daemon, sizeof daemon);
    printf("%d", daemon);
    fflush(stdout);
  }
  static void print_environment(char **environment, const char *name) {
    const char *value = getenv(name);
    printf("%s=%s\n", name, value ? value : "(none)");
    for (; *environment; environment++)
      if (!strncmp(*environment, name, strlen(name)) && (*environment)[strlen(name)] == '=')
        printf("%s\n", *environment);
  }
  static int initialised_in;
  __attribute__((constructor)) static void initialise(void) { initialised_in = getpid(); }

  int main(int argc, char **argv, char **environment) {
    const char *mode = argv[1];
    path = argv[argc - 1];
    int f = open(path, O_RDONLY);
    size = read(f, bytes, sizeof bytes);
    close(f);
    if (!strcmp(mode, "good")) return 0;
    if (!strcmp(mode, "first-byte")) return bytes[0];
    if (!strcmp(mode, "dump")) dump();
    if (!strcmp(mode, "arguments"))
      for (int i = 1; i < argc; i++) printf("%s\n", argv[i]);
    if (!strcmp(mode, "segv")) *(volatile int *)8 = 1;
    if (!strcmp(mode, "abort")) abort();
    if (!strcmp(mode, "kill")) kill(getpid(), SIGKILL);
    if (!strcmp(mode, "hang") && bytes[0] != 1) for (;;) pause();
    if (!strcmp(mode, "spin")) for (;;) printf("still here\n");
    if (!strcmp(mode, "stop")) raise(SIGSTOP);
    if (!strcmp(mode, "hang-with-daemon")) { leave_daemon(1); for (;;) pause(); }
    if (!strcmp(mode, "daemon")) leave_daemon(0);
    if (!strcmp(mode, "kill-parent")) { kill(getppid(), SIGKILL); return 5; }
    if (!strcmp(mode, "overwrite")) overwrite();
    if (!strcmp(mode, "map")) map_and_store();
    if (!strcmp(mode, "map-and-crash")) { map_and_store(); abort(); }
    if (!strcmp(mode, "open-for-writing")) close(open(path, O_RDWR));
    if (!strcmp(mode, "truncate")) truncate(path, 10);
    if (!strcmp(mode, "truncate-twice")) { truncate(path, 0); truncate(path, size); }
    if (!strcmp(mode, "extend")) truncate(path, 4096);
    if (!strcmp(mode, "unlink")) unlink(path);
    if (!strcmp(mode, "replace")) replace();
    if (!strcmp(mode, "rename")) rename(path, "/dev/shm/fencepost-test-moved"), unlink("/dev/shm/fencepost-test-moved");
    if (!strcmp(mode, "chmod")) chmod(path, 0444);
    if (!strcmp(mode, "become-directory")) { unlink(path); mkdir(path, 0700); }
    if (!strcmp(mode, "leave-directory")) leave_directory();
    if (!strcmp(mode, "remove-all")) {
      char *slash = strrchr(strcpy((char *)bytes, path), '/');
      char command[8192];
      *slash = 0;
      snprintf(command, sizeof command, "rm -rf %s", bytes);
      system(command);
    }
    if (!strcmp(mode, "initialised")) return initialised_in != getpid();
    if (!strcmp(mode, "input")) return getchar() == EOF ? 0 : 1;
    if (!strcmp(mode, "memory")) return malloc(600 << 20) ? 0 : 9;
    if (!strcmp(mode, "descriptors")) for (int d = 3; d < 1024; d++) if (fcntl(d, F_GETFD) >= 0) return d;
    if (!strcmp(mode, "loud")) for (int i = 0; i < 100000; i++) printf("%d\n", i);
    if (!strcmp(mode, "preload")) {
      // Nothing of Swift's is loaded into a checker.
      system("grep -c swift /proc/$PPID/maps");
      return getenv("LD_PRELOAD") || getenv("LD_BIND_NOW") || getenv("FENCEPOST_FORK_SERVER");
    }
    if (!strcmp(mode, "marks")) {
      print_environment(environment, "FENCEPOST_MARKS");
      print_environment(environment, "PMREORDER_MARKERS");
      print_environment(environment, "FENCEPOST_MARKS_FILE");
    }
    if (!strcmp(mode, "marks-file")) {
      FILE *in = fopen(getenv("FENCEPOST_MARKS_FILE"), "r");
      unsigned long sum = 0, count = 0;
      for (int c; (c = getc(in)) != EOF; count++) sum = sum * 31 + c;
      printf("%lu %lu", count, sum);
    }
    return 0;
  }
  """#
