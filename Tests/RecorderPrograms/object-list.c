// A list in a pool of libpmemobj: needs Debian's package libpmemobj-dev.
//
//     object-list POOL create    makes the pool, then puts two elements in
//     object-list POOL           checks the list, then puts two elements in
//     object-list POOL v         checks only; `vc` lets a pool pass that was not yet made
//
// With FORGETS_ROOT it does not add the root to its transactions: a bug.
#include "fencepost.h"
#include <libpmemobj.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

POBJ_LAYOUT_BEGIN(list);
POBJ_LAYOUT_ROOT(list, struct root);
POBJ_LAYOUT_TOID(list, struct node);
POBJ_LAYOUT_END(list);

struct node {
  uint64_t value;
  uint64_t check;
  TOID(struct node) next;
};

struct root {
  TOID(struct node) head;
  uint64_t count;
};

static int validate(TOID(struct root) root) {
  uint64_t seen = 0;
  for (TOID(struct node) n = D_RO(root)->head; !TOID_IS_NULL(n); n = D_RO(n)->next, seen++)
    if (D_RO(n)->check != ~D_RO(n)->value || D_RO(n)->value != D_RO(root)->count - seen) return 1;
  return seen == D_RO(root)->count ? 0 : 2;
}

static int push(PMEMobjpool *pool, TOID(struct root) root) {
  int status = 0;
  TX_BEGIN(pool) {
#ifndef FORGETS_ROOT
    TX_ADD(root);
#endif
    TOID(struct node) n = TX_NEW(struct node);
    D_RW(n)->value = D_RO(root)->count + 1;
    D_RW(n)->check = ~D_RO(n)->value;
    D_RW(n)->next = D_RO(root)->head;
    D_RW(root)->head = n;
    D_RW(root)->count++;
  } TX_ONCOMMIT { fencepost_mark("pushed"); } TX_ONABORT { status = 3; } TX_END
  return status;
}

int main(int count, char **words) {
  if (count < 2) return 64;
  int create = count > 2 && words[2][0] == 'c', check = count > 2 && words[2][0] == 'v';
  // A pool that was never completely made need not open.
  const char *marks = getenv("FENCEPOST_MARKS");
  if (check && words[2][1] == 'c' && marks && !strstr(marks, "created")) return 0;
  PMEMobjpool *pool = create ? pmemobj_create(words[1], "list", PMEMOBJ_MIN_POOL, 0600)
                             : pmemobj_open(words[1], "list");
  if (!pool) { fprintf(stderr, "%s\n", pmemobj_errormsg()); return 74; }
  TOID(struct root) root = POBJ_ROOT(pool, struct root);
  if (create) fencepost_mark("created");
  int status = validate(root);
  for (int i = 0; i < 2 && !status && !check; i++) status = push(pool, root);
  pmemobj_close(pool);
  return status;
}
