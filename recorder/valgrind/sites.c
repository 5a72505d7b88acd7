/* Part of the Fencepost recorder, a Valgrind tool.
   Copyright (C) 2026 the Fencepost authors

   This program is free software; you can redistribute it and/or modify it under the terms of the GNU
   General Public License as published by the Free Software Foundation; either version 2 of the
   License, or (at your option) any later version. It comes without any warranty. See COPYING. */

/* Instructions that cause events, numbered in the order of their first event. */
#include "recorder.h"

static VgHashTable* sites;
static UInt site_count;

/* Where libraries were loaded or unloaded since a site caused events, other code may be at its address:
   code translated from then on gets a site of its own. */
Site* site_at(Addr pc) {
  if (!sites) sites = VG_(HT_construct)("recorder.sites");
  DiEpoch epoch = VG_(current_DiEpoch)();
  Site* site = VG_(HT_lookup)(sites, pc);
  if (site && site->number && site->epoch.n != epoch.n) {
    VG_(HT_remove)(sites, pc);
    site = NULL;
  }
  if (!site) {
    site = VG_(malloc)("recorder.site", sizeof *site);
    site->key = pc;
    site->number = 0;
    VG_(HT_add_node)(sites, site);
  }
  site->epoch = epoch;
  return site;
}

/* ---- the files that code comes from ---- */

typedef struct {
  VgHashNode node; /* key: the core's record of the file */
  UInt number;
} Module;

static VgHashTable* modules;
static UInt module_count;

static UInt module_number(DebugInfo* file) {
  if (!modules) modules = VG_(HT_construct)("recorder.modules");
  Module* module = VG_(HT_lookup)(modules, (UWord)file);
  if (!module) {
    module = VG_(malloc)("recorder.module", sizeof *module);
    module->node.key = (UWord)file;
    module->number = module_count++;
    VG_(HT_add_node)(modules, module);
    stream_meta("module\t%u\t", module->number);
    stream_meta_text(VG_(DebugInfo_get_filename)(file));
    stream_meta("\n");
  }
  return module->number;
}

/* ---- writing a site ---- */

/* One frame for each address and one for each function that it is inlined into. */
static void write_frames(DiEpoch epoch, Addr pc) {
  InlIPCursor* cursor = VG_(new_IIPC)(epoch, pc);
  do {
    stream_meta("\t");
    stream_meta_text(VG_(describe_IP)(epoch, pc, cursor));
  } while (VG_(next_IIPC)(cursor));
  VG_(delete_IIPC)(cursor);
}

static void write_code(DiEpoch epoch, Addr pc) {
  DebugInfo* file = VG_(find_DebugInfo)(epoch, pc);
  if (!file) return;
  UInt module = module_number(file);
  stream_meta("code\t0x%lx\t%u\t0x%lx\n", pc, module,
              (UWord)(pc - VG_(DebugInfo_get_text_bias)(file)));
}

static UInt write_site(DiEpoch epoch, const Addr* pcs, UInt count) {
  for (UInt i = 0; i < count; i++) write_code(epoch, pcs[i]);
  stream_meta("site\t%u", ++site_count);
  for (UInt i = 0; i < count; i++) write_frames(epoch, pcs[i]);
  stream_meta("\n");
  return site_count;
}

/* ---- stacks ---- */

typedef struct {
  VgHashNode node; /* key: a digest of the rest */
  UInt number, count, epoch;
  Addr pcs[MOST_FRAMES];
} Stack;

UInt stack_depth = 1;
static VgHashTable* stacks;

static Bool is_same(const Stack* left, const Stack* right) {
  return left->count == right->count && left->epoch == right->epoch
         && VG_(memcmp)(left->pcs, right->pcs, left->count * sizeof(Addr)) == 0;
}

static UWord digest_of(const Stack* stack) {
  UWord digest = 0x517cc1b727220a95ul + stack->epoch;
  for (UInt i = 0; i < stack->count; i++) {
    digest = (digest ^ stack->pcs[i]) * 0x9e3779b97f4a7c15ul;
    digest ^= digest >> 29;
  }
  return digest;
}

static UInt stack_number(const Site* site) {
  Stack here;
  here.count = VG_(get_StackTrace)(VG_(get_running_tid)(), here.pcs, stack_depth, NULL, NULL, 0);
  if (here.count == 0) here.count = 1;
  /* In the middle of a block the core may know a place before this one. */
  here.pcs[0] = site->key;
  here.epoch = site->epoch.n;
  if (!stacks) stacks = VG_(HT_construct)("recorder.stacks");
  here.node.key = digest_of(&here);
  Stack* known;
  while ((known = VG_(HT_lookup)(stacks, here.node.key)) && !is_same(known, &here)) {
    here.node.key++;
  }
  if (!known) {
    known = VG_(malloc)("recorder.stack", sizeof *known);
    *known = here;
    known->number = write_site(site->epoch, here.pcs, here.count);
    VG_(HT_add_node)(stacks, known);
  }
  return known->number;
}

/* ---- numbers ---- */

UInt site_number(Site* site) {
  if (!site) return 0;
  if (stack_depth > 1) return stack_number(site);
  if (site->number == 0) site->number = write_site(site->epoch, &site->key, 1);
  return site->number;
}

static void forget(VgHashTable** table) {
  if (*table) VG_(HT_destruct)(*table, VG_(free));
  *table = NULL;
}

/* In a child process, whose stream has sites of its own. */
void sites_start_again(void) {
  site_count = module_count = 0;
  forget(&stacks);
  forget(&modules);
  if (!sites) return;
  UInt count;
  VgHashNode** nodes = VG_(HT_to_array)(sites, &count);
  if (!nodes) return;
  for (UInt i = 0; i < count; i++) ((Site*)nodes[i])->number = 0;
  VG_(free)(nodes);
}
