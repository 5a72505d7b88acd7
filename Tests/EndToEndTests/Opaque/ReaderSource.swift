/// Source of a checker that does one thing: `reader MODE [COUNTER] FILE`.
///
/// COUNTER is a file that grows by one byte a run, for the modes that look at something else than FILE.
/// Lines 0 and 1 decide: if line 0 begins with 1, line 1 must begin with 1.
let readerSource = #"""
  #define _GNU_SOURCE
  #include <fcntl.h>
  #include <pthread.h>
  #include <signal.h>
  #include <stdio.h>
  #include <stdlib.h>
  #include <string.h>
  #include <sys/mman.h>
  #include <sys/stat.h>
  #include <sys/wait.h>
  #include <unistd.h>

  static const char *path;
  static int rule(int first, int second) { return first == 1 && second != 1; }
  static char *map(int prot, int kind) {
    struct stat status;
    int f = open(path, prot & PROT_WRITE ? O_RDWR : O_RDONLY);
    fstat(f, &status);
    char *m = mmap(0, status.st_size, prot, kind, f, 0);
    close(f);
    return m;
  }
  static int by_memory(const char *m) { return rule(m[0], m[0] == 1 ? m[64] : 0); }
  static int by_file(void) {
    char one = 0, other = 0;
    int f = open(path, O_RDONLY);
    pread(f, &one, 1, 0);
    if (one == 1) { lseek(f, 64, SEEK_SET); read(f, &other, 1); }
    return rule(one, other);
  }
  static int by_stream(void) {
    FILE *in = fopen(path, "r");
    int one = getc(in), other = 0;
    if (one == 1) { fseek(in, 64, SEEK_SET); other = getc(in); }
    fclose(in);
    return rule(one, other);
  }
  static long runs_before(const char *counter) {
    struct stat status;
    int f = open(counter, O_CREAT | O_WRONLY | O_APPEND, 0600);
    fstat(f, &status);
    write(f, "", 1);
    return status.st_size;
  }
  static void *in_thread(void *m) { return (void *)(long)by_memory(m); }
  static const char *caught;
  static void on_fault(int number) { _exit(by_memory(caught)); }

  int main(int argc, char **argv) {
    const char *mode = argv[1];
    path = argv[argc - 1];
    if (!strcmp(mode, "file")) return by_file();
    if (!strcmp(mode, "stream")) return by_stream();
    char *m = map(PROT_READ, MAP_SHARED);
    if (!strcmp(mode, "map")) return by_memory(m);
    if (!strcmp(mode, "map-twice")) return by_memory(map(PROT_READ, MAP_PRIVATE)) | by_memory(m);
    if (!strcmp(mode, "write")) {
      char *w = map(PROT_READ | PROT_WRITE, MAP_SHARED);
      int result = by_memory(w);
      w[0] = 7;
      return m[0] == 7 ? result : 9;
    }
    if (!strcmp(mode, "fork")) {
      int status;
      if (fork() == 0) _exit(by_memory(m));
      wait(&status);
      return WEXITSTATUS(status);
    }
    if (!strcmp(mode, "thread")) {
      pthread_t thread;
      void *result;
      pthread_create(&thread, 0, in_thread, m);
      pthread_join(thread, &result);
      return (int)(long)result;
    }
    if (!strcmp(mode, "exec")) { execl("/proc/self/exe", "reader", "map", path, (char *)0); return 9; }
    if (!strcmp(mode, "handler")) {
      signal(SIGSEGV, on_fault);
      caught = m;
      *(volatile int *)8 = 1;
    }
    if (!strcmp(mode, "crash")) { if (by_memory(m)) *(volatile int *)8 = 1; return 0; }
    if (!strcmp(mode, "hang")) { if (by_memory(m)) for (;;) pause(); return 0; }
    if (!strcmp(mode, "own-memory")) {
      char one = 0, other = 0;
      int f = open("/proc/self/mem", O_RDONLY);
      pread(f, &one, 1, (long)m);
      pread(f, &other, 1, (long)m + 64);
      return rule(one, other);
    }
    if (!strcmp(mode, "sometimes")) return *(volatile char *)(m + 64 * (runs_before(argv[2]) % 8)) & 0;
    if (!strcmp(mode, "process")) return runs_before(argv[2]) & 1;
    return 9;
  }
  """#
