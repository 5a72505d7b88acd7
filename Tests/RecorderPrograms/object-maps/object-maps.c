// Uses the maps of libpmemobj's examples, and judges what a crash left of one: see docs/record-others.md.
//
//     object-maps TYPE POOL run|check
//
// run inserts and removes, with a mark after each step. check ends with status 0 where the map holds what it held
// after the steps that were marked, or after one more, and where it can still be used.
#include <inttypes.h>
#include <libpmemobj.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fencepost.h"
#include "hashmap/hashmap.h"
#include "map.h"
#include "map_btree.h"
#include "map_hashmap_atomic.h"
#include "map_hashmap_rp.h"
#include "map_hashmap_tx.h"
#include "map_rbtree.h"
#include "map_skiplist.h"

POBJ_LAYOUT_BEGIN(map);
POBJ_LAYOUT_ROOT(map, struct root);
POBJ_LAYOUT_END(map);

struct root {
  TOID(struct map) map;
};

// Keys that are inserted and, with a minus, removed; all are below 32.
static const int steps[] = {1, 2, 3, 9, 17, -2, 4, 5, 6, 7, 8, -9, 10, 11};
enum { STEPS = sizeof steps / sizeof *steps, PROBE = 33 };

static uint64_t set;
static unsigned count;

static int collect(uint64_t key, PMEMoid value, void *context) {
  if (key == 0 || key > PROBE || set >> key & 1) exit(21);
  set |= 1ull << key;
  count++;
  return 0;
}

// The keys that a map holds, a bit each.
static uint64_t held(struct map_ctx *context, TOID(struct map) map) {
  set = count = 0;
  map_foreach(context, map, collect, 0);
  for (uint64_t key = 1; key <= PROBE; key++)
    if (set >> key & 1 && !map_lookup(context, map, key)) exit(22);
  return set;
}

// The keys after some steps.
static uint64_t after(int done) {
  uint64_t keys = 0;
  for (int i = 0; i < done; i++)
    if (steps[i] > 0) keys |= 1ull << steps[i];
    else keys &= ~(1ull << -steps[i]);
  return keys;
}

static const struct map_ops *named(const char *type) {
  if (!strcmp(type, "hashmap_tx")) return MAP_HASHMAP_TX;
  if (!strcmp(type, "hashmap_atomic")) return MAP_HASHMAP_ATOMIC;
  if (!strcmp(type, "hashmap_rp")) return MAP_HASHMAP_RP;
  if (!strcmp(type, "btree")) return MAP_BTREE;
  if (!strcmp(type, "rbtree")) return MAP_RBTREE;
  if (!strcmp(type, "skiplist")) return MAP_SKIPLIST;
  exit(64);
}

static int run(struct map_ctx *context, TOID(struct map) map) {
  for (int i = 0; i < STEPS; i++) {
    char text[32];
    if (steps[i] < 0) map_remove(context, map, -steps[i]);
    else if (map_insert(context, map, steps[i], OID_NULL)) return 5;
    snprintf(text, sizeof text, "did %d", steps[i]);
    fencepost_mark(text);
  }
  return 0;
}

static int check(struct map_ctx *context, TOID(struct map) map, int done, int counts) {
  uint64_t now = held(context, map);
  if (now != after(done) && (done == STEPS || now != after(done + 1))) return 6;
  if (counts && map_count(context, map) != count) return 7;
  if (map_insert(context, map, PROBE, OID_NULL)) return 8;
  if (held(context, map) != (now | 1ull << PROBE)) return 9;
  map_remove(context, map, PROBE);
  return held(context, map) == now ? 0 : 10;
}

// How many steps were marked before the crash.
static int marked(void) {
  int done = 0;
  for (const char *at = getenv("FENCEPOST_MARKS"); at && (at = strstr(at, "did ")); at++) done++;
  return done;
}

int main(int arguments, char **words) {
  if (arguments != 4) return 64;
  int runs = !strcmp(words[3], "run"), done = runs ? 0 : marked();
  PMEMobjpool *pool = pmemobj_open(words[2], POBJ_LAYOUT_NAME(map));
  if (!pool) return 2;
  struct map_ctx *context = map_ctx_init(named(words[1]), pool);
  TOID(struct root) root = POBJ_ROOT(pool, struct root);
  struct hashmap_args arguments_of_map = {.seed = 1};
  if (TOID_IS_NULL(D_RO(root)->map)) {
    if (done > 0) return 3;
    if (map_create(context, &D_RW(root)->map, &arguments_of_map)) return 4;
  }
  map_init(context, D_RO(root)->map);
  // The trees of the examples do not count.
  int counts = !strncmp(words[1], "hashmap", 7);
  int status = runs ? run(context, D_RO(root)->map) : check(context, D_RO(root)->map, done, counts);
  map_ctx_free(context);
  pmemobj_close(pool);
  return status;
}
