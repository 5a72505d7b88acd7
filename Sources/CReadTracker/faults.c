// An access to a hidden page: noted, executed alone, and the page hidden again.
#define _GNU_SOURCE
#include "tracker.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum { trap_flag = 0x100, by_fetch = 0x10 };

int is_stepping;

static struct {
  struct region *region;
  size_t page;
} stepped[most_stepped];
static int stepped_count;
static uint64_t mask_before;

static void set_mask(ucontext_t *machine, uint64_t mask) {
  memcpy(&machine->uc_sigmask, &mask, sizeof mask);
}

static void end_step(ucontext_t *machine) {
  if (!is_stepping) return;
  is_stepping = 0;
  machine->uc_mcontext.gregs[REG_EFL] &= ~(long long)trap_flag;
  set_mask(machine, mask_before);
}

// The program's own fault: by default it ends the process, as it would have.
static void give_back(int signal, siginfo_t *info, ucontext_t *machine) {
  struct kernel_action action;
  end_step(machine);
  keep_action(signal, NULL, &action);
  if (action.handler == SIG_DFL) gate_action(signal, &action, NULL);
  else lose(readtracker_handler, (uint32_t)signal);
  // What was sent, or is reported behind the instruction, does not come again by itself.
  if (info->si_code <= 0 || signal == SIGTRAP)
    gate_call(SYS_tgkill, gate_call(SYS_getpid, 0, 0, 0, 0, 0, 0),
              gate_call(SYS_gettid, 0, 0, 0, 0, 0, 0), signal, 0, 0, 0);
}

static void note_access(struct region *region, uintptr_t address, int size) {
  uintptr_t last = address | (page_size - 1);
  if (address + (uintptr_t)size - 1 < last) last = address + (uintptr_t)size - 1;
  note_bytes(region->image, region->offset + (address - region->base), last - address + 1);
}

static void note_operand(uintptr_t address) {
  struct region *region = region_at(address);
  if (region != NULL) note_access(region, address, 8);
}

// Notes what the instruction may touch; 0 when that is not known.
static int note_instruction(struct region *region, uintptr_t address, const ucontext_t *machine) {
  const greg_t *registers = machine->uc_mcontext.gregs;
  int is_string;
  if (registers[REG_ERR] & by_fetch || region_at((uintptr_t)registers[REG_RIP]) != NULL ||
      region_at((uintptr_t)registers[REG_RSP]) != NULL)
    return 0;
  int size = readtracker_reach((const uint8_t *)registers[REG_RIP], &is_string);
  if (size == 0) return 0;
  if (is_string) {
    note_operand((uintptr_t)registers[REG_RSI]);
    note_operand((uintptr_t)registers[REG_RDI]);
  }
  note_access(region, address, size);
  return 1;
}

static void step(struct region *region, size_t page, ucontext_t *machine) {
  reveal(region, page);
  stepped[stepped_count].region = region;
  stepped[stepped_count++].page = page;
  if (is_stepping) return;
  is_stepping = 1;
  memcpy(&mask_before, &machine->uc_sigmask, sizeof mask_before);
  uint64_t mask = ~0ull;
  for (int signal = 1; signal <= 64; signal++)
    if (is_ours(signal)) mask &= ~(1ull << (signal - 1));
  set_mask(machine, mask);
  machine->uc_mcontext.gregs[REG_EFL] |= trap_flag;
}

static void touch(struct region *region, uintptr_t address, ucontext_t *machine) {
  size_t page = (address - region->base) / page_size;
  uint64_t offset = region->offset + page * page_size;
  if (stepped_count == most_stepped || !note_instruction(region, address, machine))
    return spend_all();
  if (note_fault(region->image, offset) || is_page_noted(region->image, offset))
    return reveal(region, page);
  step(region, page, machine);
}

static void after_step(ucontext_t *machine) {
  end_step(machine);
  for (; stepped_count > 0; stepped_count--) {
    struct region *region = stepped[stepped_count - 1].region;
    size_t page = stepped[stepped_count - 1].page;
    if (is_page_noted(region->image, region->offset + page * page_size)) continue;
    region->hidden[page] = 1;
    gate_call(SYS_mprotect, (long)(region->base + page * page_size), page_size, PROT_NONE, 0, 0, 0);
  }
}

// The trap behind the one instruction that runs alone: nothing but a breakpoint instruction could trap
// otherwise. The code is not asked for more: some virtual machines lose the processor's word for it.
static int ends_step(int signal, const siginfo_t *info) {
  return signal == SIGTRAP && is_stepping && info->si_code > 0 && info->si_code != SI_KERNEL;
}

void on_fault(int signal, siginfo_t *info, void *context) {
  ucontext_t *machine = context;
  uintptr_t address = (uintptr_t)info->si_addr;
  if (ends_step(signal, info)) return after_step(machine);
  struct region *region = signal == SIGSEGV && info->si_code > 0 ? region_at(address) : NULL;
  if (region != NULL && region->hidden[(address - region->base) / page_size])
    return touch(region, address, machine);
  give_back(signal, info, machine);
}
