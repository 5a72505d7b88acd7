#define _GNU_SOURCE
#define UNW_LOCAL_ONLY
#include "cshim.h"

#include <dlfcn.h>
#include <libpmem.h>
#include <libunwind.h>
#include <pthread.h>
#include <string.h>

int cshim_unwind(uint64_t *addresses, int count) {
  return unw_backtrace((void **)addresses, count);
}

bool cshim_find_object(uint64_t address, const char **name, uint64_t *offset) {
  Dl_info info;
  if (!dladdr((const void *)address, &info) || !info.dli_fname) return false;
  *name = info.dli_fname;
  *offset = address - (uint64_t)info.dli_fbase;
  return true;
}

bool cshim_find_function(uint64_t address, char *name, size_t size, uint64_t *offset) {
  unw_context_t context;
  unw_cursor_t cursor;
  unw_word_t found;
  if (unw_getcontext(&context) || unw_init_local(&cursor, &context)) return false;
  if (unw_set_reg(&cursor, UNW_REG_IP, address)) return false;
  int failed = unw_get_proc_name(&cursor, name, size, &found);
  if (failed && failed != -UNW_ENOMEM) return false;
  /* The nearest symbol names another function where this one has none. */
  unw_proc_info_t info;
  if (unw_get_proc_info(&cursor, &info) || info.start_ip != address - found) return false;
  *offset = found;
  return true;
}

/* Exported by the Swift runtime; its header is not installed. */
extern char *swift_demangle(
    const char *name, size_t length, char *buffer, size_t *size, uint32_t flags);

char *cshim_demangle(const char *name) {
  return swift_demangle(name, strlen(name), 0, 0, 0);
}

bool cshim_stack_bounds(uint64_t *low, uint64_t *high) {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return false;
  void *base;
  size_t size;
  int failed = pthread_attr_getstack(&attributes, &base, &size);
  pthread_attr_destroy(&attributes);
  if (failed) return false;
  *low = (uint64_t)base;
  *high = (uint64_t)base + size;
  return true;
}

void *cshim_map_file(const char *path, size_t size, mode_t mode, size_t *mapped, bool *is_pmem) {
  int pmem = 0;
  int flags = size ? PMEM_FILE_CREATE | PMEM_FILE_EXCL : 0;
  void *base = pmem_map_file(path, size, flags, mode, mapped, &pmem);
  *is_pmem = pmem;
  return base;
}

int cshim_unmap(void *base, size_t size) { return pmem_unmap(base, size); }
int cshim_msync(const void *base, size_t size) { return pmem_msync(base, size); }
int cshim_deep_persist(const void *base, size_t size) { return pmem_deep_persist(base, size); }
