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

/* One frame for the instruction and one for each function it is inlined into. */
static void write_site(const Site* site) {
  InlIPCursor* cursor = VG_(new_IIPC)(site->epoch, site->key);
  stream_meta("site\t%u", site->number);
  do {
    stream_meta("\t");
    stream_meta_text(VG_(describe_IP)(site->epoch, site->key, cursor));
  } while (VG_(next_IIPC)(cursor));
  VG_(delete_IIPC)(cursor);
  stream_meta("\n");
}

UInt site_number(Site* site) {
  if (!site) return 0;
  if (site->number == 0) {
    site->number = ++site_count;
    write_site(site);
  }
  return site->number;
}

/* In a child process, whose stream has sites of its own. */
void sites_start_again(void) {
  site_count = 0;
  if (!sites) return;
  UInt count;
  VgHashNode** nodes = VG_(HT_to_array)(sites, &count);
  if (!nodes) return;
  for (UInt i = 0; i < count; i++) ((Site*)nodes[i])->number = 0;
  VG_(free)(nodes);
}
