// System calls of the program, handed to us by the kernel: made in its place, and those that concern an
// image followed. A call that is not in the table ends the tracking and is made by the program itself.
#define _GNU_SOURCE
#include "tracker.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

struct call {
  long number;
  long arguments[6];
  ucontext_t *machine;
};

// How a call is treated.
enum treatment {
  unknown,  // not followed
  plain,    // reads no image, but for what its arguments point to
  opening, reading, reading_parts, writing, writing_parts, status, status_at, mapping, unmapping,
  protecting, remapping, seeking, controlling, process_control, action, masking, stack, returning,
};

#define PLAIN(name) [SYS_##name] = plain
static const uint8_t treatments[512] = {
    PLAIN(close), PLAIN(stat), PLAIN(lstat), PLAIN(poll), PLAIN(msync), PLAIN(mincore),
    PLAIN(madvise), PLAIN(pause), PLAIN(nanosleep), PLAIN(getpid), PLAIN(access), PLAIN(pipe),
    PLAIN(sched_yield), PLAIN(dup), PLAIN(dup2), PLAIN(dup3), PLAIN(alarm), PLAIN(getitimer),
    PLAIN(setitimer), PLAIN(exit), PLAIN(exit_group), PLAIN(kill), PLAIN(tkill), PLAIN(tgkill),
    PLAIN(uname), PLAIN(fcntl), PLAIN(flock), PLAIN(fsync), PLAIN(fdatasync), PLAIN(truncate),
    PLAIN(ftruncate), PLAIN(fallocate), PLAIN(getdents), PLAIN(getdents64), PLAIN(getcwd),
    PLAIN(chdir), PLAIN(fchdir), PLAIN(rename), PLAIN(renameat), PLAIN(renameat2), PLAIN(mkdir),
    PLAIN(mkdirat), PLAIN(rmdir), PLAIN(link), PLAIN(linkat), PLAIN(unlink), PLAIN(unlinkat),
    PLAIN(symlink), PLAIN(symlinkat), PLAIN(readlink), PLAIN(readlinkat), PLAIN(chmod),
    PLAIN(fchmod), PLAIN(fchmodat), PLAIN(umask), PLAIN(gettimeofday), PLAIN(time),
    PLAIN(getrlimit), PLAIN(setrlimit), PLAIN(prlimit64), PLAIN(getrusage), PLAIN(sysinfo),
    PLAIN(times), PLAIN(getuid), PLAIN(geteuid), PLAIN(getgid), PLAIN(getegid), PLAIN(getppid),
    PLAIN(getpgrp), PLAIN(getpgid), PLAIN(setpgid), PLAIN(getsid), PLAIN(setsid), PLAIN(gettid),
    PLAIN(rt_sigpending), PLAIN(statfs), PLAIN(fstatfs), PLAIN(arch_prctl), PLAIN(sync),
    PLAIN(syncfs), PLAIN(readahead), PLAIN(futex), PLAIN(sched_getaffinity),
    PLAIN(set_tid_address), PLAIN(fadvise64), PLAIN(clock_gettime), PLAIN(clock_getres),
    PLAIN(clock_nanosleep), PLAIN(faccessat), PLAIN(faccessat2), PLAIN(set_robust_list),
    PLAIN(utimensat), PLAIN(eventfd2), PLAIN(pipe2), PLAIN(getcpu), PLAIN(getrandom),
    PLAIN(memfd_create), PLAIN(membarrier), PLAIN(rseq), PLAIN(brk), PLAIN(close_range),
    PLAIN(statx), PLAIN(wait4), PLAIN(waitid), PLAIN(sched_getparam), PLAIN(sched_getscheduler),
    [SYS_open] = opening, [SYS_openat] = opening, [SYS_creat] = opening,
    [SYS_read] = reading, [SYS_pread64] = reading,
    [SYS_readv] = reading_parts, [SYS_preadv] = reading_parts,
    [SYS_write] = writing, [SYS_pwrite64] = writing,
    [SYS_writev] = writing_parts, [SYS_pwritev] = writing_parts,
    [SYS_fstat] = status, [SYS_newfstatat] = status_at,
    [SYS_mmap] = mapping, [SYS_munmap] = unmapping, [SYS_mprotect] = protecting,
    [SYS_mremap] = remapping, [SYS_lseek] = seeking, [SYS_ioctl] = controlling,
    [SYS_prctl] = process_control, [SYS_rt_sigaction] = action, [SYS_rt_sigprocmask] = masking,
    [SYS_sigaltstack] = stack, [SYS_rt_sigreturn] = returning,
};

static long make(const struct call *call) {
  const long *a = call->arguments;
  long result = gate_call(call->number, a[0], a[1], a[2], a[3], a[4], a[5]);
  if (result != -EFAULT) return result;
  // The kernel may have met a page that only we have hidden.
  spend_all();
  return gate_call(call->number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

// The program makes the call itself, untracked.
static void decline(const struct call *call) {
  lose(readtracker_call, (uint32_t)call->number);
  call->machine->uc_mcontext.gregs[REG_RIP] -= 2;
  call->machine->uc_mcontext.gregs[REG_RAX] = call->number;
}

static void answer(const struct call *call, long result) {
  call->machine->uc_mcontext.gregs[REG_RAX] = result;
}

static int points_into_region(const struct call *call) {
  for (int index = 0; index < 6; index++)
    if (region_at((uintptr_t)call->arguments[index]) != NULL) return 1;
  return 0;
}

// Our own memory can be read as a file, where nothing is hidden.
static int is_memory_file(const char *path) {
  size_t length = strlen(path);
  return length > 4 && strstr(path, "proc") != NULL && strcmp(path + length - 4, "/mem") == 0;
}

static void open_file(const struct call *call) {
  const char *path = (const char *)call->arguments[call->number == SYS_openat];
  if ((uintptr_t)path >= page_size && is_memory_file(path)) return decline(call);
  answer(call, make(call));
}

static long position(const struct call *call) {
  int is_given = call->number == SYS_pread64 || call->number == SYS_preadv;
  return is_given ? call->arguments[3]
                  : gate_call(SYS_lseek, call->arguments[0], 0, SEEK_CUR, 0, 0, 0);
}

static void read_file(const struct call *call) {
  int image = image_of((int)call->arguments[0]);
  long start = image < 0 ? 0 : position(call);
  long result = make(call);
  if (image >= 0 && result > 0) note_bytes(image, (uint64_t)start, (uint64_t)result);
  answer(call, result);
}

static void read_parts(const struct call *call) {
  const struct iovec *parts = (const struct iovec *)call->arguments[1];
  for (long index = 0; index < call->arguments[2] && index < 1024; index++)
    if (region_at((uintptr_t)parts[index].iov_base) != NULL) spend_all();
  read_file(call);
}

static void write_parts(const struct call *call) {
  const struct iovec *parts = (const struct iovec *)call->arguments[1];
  for (long index = 0; index < call->arguments[2] && index < 1024; index++)
    if (region_at((uintptr_t)parts[index].iov_base) != NULL) spend_all();
  answer(call, make(call));
}

// Of memory that is written elsewhere only what is written is read.
static void write_file(const struct call *call) {
  uintptr_t from = (uintptr_t)call->arguments[1];
  size_t count = (size_t)call->arguments[2];
  struct region *region = region_at(from);
  if (region == NULL || count > region->base + region->size - from) {
    if (region != NULL) spend_all();
    return answer(call, make(call));
  }
  note_bytes(region->image, region->offset + (from - region->base), count);
  size_t last = count == 0 ? 0 : (from + count - 1 - region->base) / page_size;
  for (size_t page = (from - region->base) / page_size; page <= last && count > 0; page++)
    reveal(region, page);
  answer(call, make(call));
  if (!is_stepping) hide(region);
}

// Whoever reads in blocks as large as the file's reads a line at a time.
static void show_status(const struct call *call, struct stat *status) {
  long result = make(call);
  if (result == 0)
    for (uint64_t image = 0; image < board->images; image++)
      if (board->image[image].device == status->st_dev &&
          board->image[image].inode == status->st_ino)
        status->st_blksize = line_size;
  answer(call, result);
}

static void map(const struct call *call) {
  const long *a = call->arguments;
  int is_fixed = (a[3] & MAP_FIXED) != 0;
  if (is_fixed && !covers_regions((uintptr_t)a[0], (size_t)a[1], 0)) return decline(call);
  int image = a[3] & MAP_ANONYMOUS ? -1 : image_of((int)a[4]);
  if (image >= 0 && a[2] & PROT_EXEC) return decline(call);
  long result = gate_call(call->number, a[0], a[1], a[2], a[3], a[4], a[5]);
  if ((unsigned long)result < -4095ul) {
    if (is_fixed) covers_regions((uintptr_t)a[0], (size_t)a[1], 1);
    if (image >= 0) {
      if (!add_region((uintptr_t)result, (size_t)a[1], image, (int)a[2], (uint64_t)a[5])) {
        gate_call(SYS_munmap, result, a[1], 0, 0, 0, 0);
        return decline(call);
      }
      hide(region_at((uintptr_t)result));
    }
  }
  answer(call, result);
}

static void unmap(const struct call *call) {
  const long *a = call->arguments;
  if (!covers_regions((uintptr_t)a[0], (size_t)a[1], 0)) return decline(call);
  long result = make(call);
  if (result == 0) covers_regions((uintptr_t)a[0], (size_t)a[1], 1);
  answer(call, result);
}

static void protect_memory(const struct call *call) {
  const long *a = call->arguments;
  if (!overlaps_region((uintptr_t)a[0], (size_t)a[1])) return answer(call, make(call));
  if (!covers_regions((uintptr_t)a[0], (size_t)a[1], 0)) return decline(call);
  struct region *region = region_at((uintptr_t)a[0]);
  if (region == NULL || region->base + region->size < (uintptr_t)a[0] + (size_t)a[1])
    return decline(call);
  long result = gate_call(call->number, a[0], a[1], a[2], 0, 0, 0);
  if (result == 0) region->protection = (int)a[2];
  hide(region);
  answer(call, result);
}

static void change_mask(const struct call *call) {
  long *a = (long *)call->arguments;
  uint64_t set, now = 0;
  if (a[1] != 0) {
    memcpy(&set, (const void *)a[1], sizeof set);
    for (int signal = 1; signal <= 64; signal++)
      if (is_ours(signal) && a[0] != SIG_UNBLOCK) set &= ~(1ull << (signal - 1));
    a[1] = (long)&set;
  }
  answer(call, make(call));
  gate_call(SYS_rt_sigprocmask, SIG_BLOCK, 0, (long)&now, 8, 0, 0);
  memcpy(&call->machine->uc_sigmask, &now, sizeof now);
}

static void change_action(const struct call *call) {
  const long *a = call->arguments;
  const struct kernel_action *wanted = (const struct kernel_action *)a[1];
  if (is_ours((int)a[0])) {
    keep_action((int)a[0], wanted, (struct kernel_action *)a[2]);
    return answer(call, 0);
  }
  struct kernel_action allowed;
  if (wanted != NULL) {
    allowed = *wanted;
    for (int signal = 1; signal <= 64; signal++)
      if (is_ours(signal)) allowed.mask &= ~(1ull << (signal - 1));
  }
  answer(call, gate_call(call->number, a[0], wanted == NULL ? 0 : (long)&allowed, a[2], a[3], 0, 0));
}

static void follow(const struct call *call) {
  const long *a = call->arguments;
  switch ((enum treatment)treatments[call->number]) {
  case plain: return answer(call, make(call));
  case opening: return open_file(call);
  case reading: return read_file(call);
  case reading_parts: return read_parts(call);
  case writing: return write_file(call);
  case writing_parts: return write_parts(call);
  case status: return show_status(call, (struct stat *)a[1]);
  case status_at: return show_status(call, (struct stat *)a[2]);
  case mapping: return map(call);
  case unmapping: return unmap(call);
  case protecting: return protect_memory(call);
  case remapping:
    return overlaps_region((uintptr_t)a[0], (size_t)a[1]) ? decline(call) : answer(call, make(call));
  case seeking: return a[2] > SEEK_END ? decline(call) : answer(call, make(call));
  case controlling:
    return a[1] == TCGETS || a[1] == TIOCGWINSZ ? answer(call, make(call)) : decline(call);
  case process_control: return a[0] == 59 || a[0] == PR_SET_SECCOMP ? decline(call) : answer(call, make(call));
  case action: return change_action(call);
  case masking: return change_mask(call);
  case stack: return answer(call, keep_stack((const stack_t *)a[0], (stack_t *)a[1]));
  case returning: call->machine->uc_mcontext.gregs[REG_RIP] = (greg_t)gate_return; return;
  case unknown: return decline(call);
  }
}

// Calls whose arguments may lie in an image without its content being read by the kernel.
static int concerns_mappings(long number) {
  uint8_t treatment = treatments[number];
  return treatment == mapping || treatment == unmapping || treatment == protecting ||
         treatment == remapping || treatment == writing || treatment == returning ||
         number == SYS_msync || number == SYS_madvise || number == SYS_mincore ||
         number == SYS_brk;
}

void on_call(int signal, siginfo_t *info, void *context) {
  (void)signal;
  ucontext_t *machine = context;
  const greg_t *registers = machine->uc_mcontext.gregs;
  struct call call = {info->si_syscall,
                      {registers[REG_RDI], registers[REG_RSI], registers[REG_RDX],
                       registers[REG_R10], registers[REG_R8], registers[REG_R9]},
                      machine};
  // Sent by somebody, or a call that this kernel's headers do not know.
  if (info->si_code <= 0) return on_fault(signal, info, context);
  if (call.number < 0 || call.number >= (long)sizeof treatments) return decline(&call);
  if (!concerns_mappings(call.number) && points_into_region(&call)) spend_all();
  follow(&call);
}
