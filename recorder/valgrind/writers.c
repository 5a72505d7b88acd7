/* Part of the Fencepost recorder, a Valgrind tool.
   Copyright (C) 2026 the Fencepost authors

   This program is free software; you can redistribute it and/or modify it under the terms of the GNU
   General Public License as published by the Free Software Foundation; either version 2 of the
   License, or (at your option) any later version. It comes without any warranty. See COPYING. */

/* Which thread stored each word of persistent memory last, and which one has read that since: what is told
   once need not be told again. A word that nobody stored to has no entry. */
#include "recorder.h"

typedef struct {
  VgHashNode node; /* key: number of the file and of the word in it */
  UInt writer;
  UInt reader;     /* equal to the writer: nobody else */
} LastStore;

enum { WORD = 8, FILE_SHIFT = 48 };

Bool is_recording_reads;
static VgHashTable* words;

static UWord key_of(UInt file, ULong word) { return (UWord)file << FILE_SHIFT | word; }

static LastStore* add_word(UWord key) {
  LastStore* word = VG_(malloc)("recorder.word", sizeof *word);
  word->node.key = key;
  VG_(HT_add_node)(words, word);
  return word;
}

void writers_stored(UInt file, ULong offset, SizeT size, UInt thread) {
  if (!words) words = VG_(HT_construct)("recorder.words");
  for (ULong at = offset / WORD; at <= (offset + size - 1) / WORD; at++) {
    UWord key = key_of(file, at);
    LastStore* word = VG_(HT_lookup)(words, key);
    if (!word) word = add_word(key);
    word->writer = word->reader = thread;
  }
}

Bool writers_read(UInt file, ULong offset, SizeT size, UInt thread) {
  Bool is_news = False;
  if (!words) return False;
  for (ULong at = offset / WORD; at <= (offset + size - 1) / WORD; at++) {
    LastStore* word = VG_(HT_lookup)(words, key_of(file, at));
    if (!word || word->writer == thread || word->reader == thread) continue;
    word->reader = thread;
    is_news = True;
  }
  return is_news;
}

/* In a child process, whose recording begins here. */
void writers_start_again(void) {
  if (words) VG_(HT_destruct)(words, VG_(free));
  words = NULL;
}
