// The descriptors and the greeting by which a preloaded checker and RecoveryRunner find each
// other. Nothing is exported: the library acts when it is loaded.
#ifndef FORKSERVER_H
#define FORKSERVER_H

#include <stdint.h>

enum { forkserver_notes = 217, forkserver_requests = 218, forkserver_replies = 219 };

#define FORKSERVER_GREETING 0x46507331u
// The variable that turns the library on: "0" or "1" for whether the checker is to see LD_BIND_NOW, "0" or
// "1" for whether there is memory to note the lines read in, then the LD_PRELOAD that it is to see.
#define FORKSERVER_VARIABLE "FENCEPOST_FORK_SERVER"

// A request: this number of bytes of environment follow, each entry "NAME=value" or "NAME" (to be
// unset) with its terminating NUL; FORKSERVER_UNCHANGED for the entries of the request before.
#define FORKSERVER_UNCHANGED 0xffffffffu

// The replies to a request, 4 bytes each: the child's process number, or a negated errno and
// nothing more; then its wait status.

#endif
