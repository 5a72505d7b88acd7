// What the parts of the tracker share.
#ifndef TRACKER_H
#define TRACKER_H

#include "readtracker.h"

#include <signal.h>
#include <ucontext.h>

// Loaded into programs that may use any of these names.
#pragma GCC visibility push(hidden)

enum { page_size = 4096, line_size = 64, page_lines = 64, most_regions = 64, most_stepped = 8 };

// Mapped memory of an image.
struct region {
  uintptr_t base;
  size_t size;      // a multiple of pages; 0: unused
  int image;
  int protection;   // what the program sees
  uint64_t offset;  // of the first byte in the image
  uint8_t *hidden;  // one byte a page
};

extern struct readtracker_board *board;
extern struct region regions[most_regions];
// Whether a page is in sight for one instruction.
extern int is_stepping;

// System calls of our own, which are not handed back: a negated errno, or the result.
long gate_call(long number, long a, long b, long c, long d, long e, long f);
// Where a program's handler is made to return from its signal.
void gate_return(void);
// 0 or a negated errno.
long gate_open_dispatch(void);
void gate_close_dispatch(void);
// Installs a handler on our stack, or puts one back.
struct kernel_action {
  void *handler;
  unsigned long flags;
  void *restorer;
  uint64_t mask;
};
long gate_action(int signal, const struct kernel_action *action, struct kernel_action *old);
void gate_restorer(void);

// The image behind a descriptor, -1 for none.
int image_of(int descriptor);
// Notes a range of bytes of an image as read, in ascending order.
void note_bytes(int image, uint64_t offset, uint64_t size);
// Notes the page of an image that holds a byte; counts a fault in it, and says whether it was one too many.
int note_fault(int image, uint64_t offset);
int is_page_noted(int image, uint64_t offset);

struct region *region_at(uintptr_t address);
int overlaps_region(uintptr_t base, size_t size);
// Whether every region that is touched lies inside; those are forgotten when `forgets` is set.
int covers_regions(uintptr_t base, size_t size, int forgets);
// 0 when there is no room to remember it.
int add_region(uintptr_t base, size_t size, int image, int protection, uint64_t offset);
void hide(struct region *region);
void hide_all(void);
// Puts a page, or everything, in sight.
void reveal(struct region *region, size_t page);
void reveal_all(void);
// Notes all of what is mapped as read and leaves it in sight.
void spend_all(void);

// Ends the tracking of this process: everything counts as read.
void lose(int reason, uint32_t detail);

// Handlers of the program's own for signals that we need: seen by it, in force once tracking is lost.
int is_ours(int signal);
void keep_action(int signal, const struct kernel_action *action, struct kernel_action *old);
long keep_stack(const stack_t *stack, stack_t *old);

void on_call(int signal, siginfo_t *info, void *context);
void on_fault(int signal, siginfo_t *info, void *context);

#pragma GCC visibility pop

#endif
