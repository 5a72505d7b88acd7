/* Part of the Fencepost recorder, a Valgrind tool.
   Copyright (C) 2026 the Fencepost authors

   This program is free software; you can redistribute it and/or modify it under the terms of the GNU
   General Public License as published by the Free Software Foundation; either version 2 of the
   License, or (at your option) any later version. It comes without any warranty. See COPYING. */

/* Shell patterns: *, ?, [a-z], [!x] and \x. A star matches a slash too. */
#include "recorder.h"

/* Whether `c` is in the class that starts after '['; moves `pattern` behind its ']'. */
static Bool class_matches(const HChar** pattern, HChar c) {
  const HChar* p = *pattern;
  Bool is_negated = *p == '!' || *p == '^';
  Bool found = False;
  if (is_negated) p++;
  do {
    if (*p == 0) return False;
    HChar first = *p++, last = first;
    if (p[0] == '-' && p[1] && p[1] != ']') {
      last = p[1];
      p += 2;
    }
    if (first <= c && c <= last) found = True;
  } while (*p != ']');
  *pattern = p + 1;
  return found != is_negated;
}

Bool glob_matches(const HChar* pattern, const HChar* text) {
  while (*pattern) {
    HChar p = *pattern++;
    if (p == '*') {
      for (;; text++) {
        if (glob_matches(pattern, text)) return True;
        if (!*text) return False;
      }
    }
    if (!*text) return False;
    if (p == '[') {
      if (!class_matches(&pattern, *text)) return False;
    } else if (p != '?') {
      if (p == '\\' && *pattern) p = *pattern++;
      if (p != *text) return False;
    }
    text++;
  }
  return *text == 0;
}
