// Beginning and end of a recorded process, its children, and what it becomes.
//
// Copyright 2026 the Fencepost authors. Licensed under the Apache License, Version 2.0.
#define _GNU_SOURCE
#include "runtime.h"
#include <alloca.h>
#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool is_following;
static pid_t recorded_process;

static void before_fork(void) { order_begin(); }

static void tell_fork(void) {
  if (is_recording && !is_following) stream_meta("forked\n");
}

static void in_parent(void) {
  tell_fork();
  order_end();
}

static void in_child(void) {
  order_in_child();
  stream_in_child(is_following);
  recorded_process = getpid();
  records_in_child();
  regions_in_child(is_following);
  order_end();
}

static void ended(int status, void *unused) {
  (void)unused;
  if (is_recording && getpid() == recorded_process) stream_close(status);
}

// What is preloaded for this process is not for those that it starts.
static void forget_preload(void) {
  const char *list = getenv("LD_PRELOAD");
  const char *rest = list ? strpbrk(list, ": ") : NULL;
  if (rest && rest[1]) setenv("LD_PRELOAD", rest + 1, 1);
  else unsetenv("LD_PRELOAD");
  unsetenv("FENCEPOST_RECORDING");
}

__attribute__((constructor)) static void start(void) {
  static bool has_started;
  const char *directory = getenv("FENCEPOST_RECORDING");
  if (!directory || has_started) return;
  has_started = true;
  is_following = getenv("FENCEPOST_FOLLOW") != NULL;
  const char *list = getenv("FENCEPOST_PMEM");
  char *copy = list ? strdup(list) : NULL, *rest = copy;
  for (char *word; copy && (word = strsep(&rest, "\n"));) {
    if (word[0]) regions_add_pattern(word);
  }
  if (!stream_open(directory)) return;
  recorded_process = getpid();
  if (!is_following) forget_preload();
  pthread_atfork(before_fork, in_parent, in_child);
  on_exit(ended, NULL);
}

PUBLIC int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                          void *argument) {
  REAL(pthread_create, int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))
  modules_become_threaded();
  return real_pthread_create(thread, attributes, start, argument);
}

// Libraries may be initialised before this one.
PUBLIC void fencepost_attach_1(struct fencepost_module *module) {
  start();
  modules_attach(module);
}

PUBLIC void fencepost_detach_1(struct fencepost_module *module) { modules_detach(module); }

// ---- children that handlers of `fork` are not told of ----

#define SPAWN(name, result, parameters, call) \
  PUBLIC result name parameters { \
    REAL(name, result(*) parameters) \
    tell_fork(); \
    return call; \
  }

SPAWN(posix_spawn, int,
      (pid_t *child, const char *path, const posix_spawn_file_actions_t *actions,
       const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]),
      real_posix_spawn(child, path, actions, attributes, argv, envp))
SPAWN(posix_spawnp, int,
      (pid_t *child, const char *file, const posix_spawn_file_actions_t *actions,
       const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]),
      real_posix_spawnp(child, file, actions, attributes, argv, envp))
SPAWN(system, int, (const char *command), real_system(command))
SPAWN(popen, FILE *, (const char *command, const char *mode), real_popen(command, mode))

// ---- ends and successors ----

PUBLIC __attribute__((noreturn)) void _exit(int status) {
  ended(status, NULL);
  for (;;) syscall(SYS_exit_group, status);
}

PUBLIC __attribute__((noreturn)) void _Exit(int status) { _exit(status); }

// A child of vfork shares this memory, and its program is another process's.
static bool becomes(const char *program) {
  if (!is_recording) return false;
  if (getpid() != recorded_process) {
    tell_fork();
    return false;
  }
  stream_meta("exec\t%s\n", program);
  return true;
}

static int failed(bool was_told) {
  if (was_told) stream_meta("exec-failed\n");
  return -1;
}

#define EXEC(name, parameters, program, call) \
  PUBLIC int name parameters { \
    REAL(name, int(*) parameters) \
    bool was_told = becomes(program); \
    call; \
    return failed(was_told); \
  }

EXEC(execve, (const char *path, char *const argv[], char *const envp[]), path,
     real_execve(path, argv, envp))
EXEC(execv, (const char *path, char *const argv[]), path, real_execv(path, argv))
EXEC(execvp, (const char *file, char *const argv[]), file, real_execvp(file, argv))
EXEC(execvpe, (const char *file, char *const argv[], char *const envp[]), file,
     real_execvpe(file, argv, envp))
EXEC(fexecve, (int fd, char *const argv[], char *const envp[]), "another program",
     real_fexecve(fd, argv, envp))

// The arguments of a call as a list; its end is a null pointer.
#define LISTED(first, last) \
  va_list words; \
  size_t count = 2; \
  va_start(words, first); \
  while (va_arg(words, char *)) count++; \
  va_end(words); \
  char **list = alloca(count * sizeof *list); \
  va_start(words, first); \
  list[0] = (char *)first; \
  for (size_t i = 1; (list[i] = va_arg(words, char *)); i++) {} \
  last; \
  va_end(words);

PUBLIC int execl(const char *path, const char *first, ...) {
  LISTED(first, (void)0)
  return execv(path, list);
}

PUBLIC int execlp(const char *file, const char *first, ...) {
  LISTED(first, (void)0)
  return execvp(file, list);
}

PUBLIC int execle(const char *path, const char *first, ...) {
  char *const *environment;
  LISTED(first, environment = va_arg(words, char *const *))
  return execve(path, list, environment);
}
