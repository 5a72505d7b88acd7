#!/bin/sh
# The assembler of `fencepost cc`, which sets the variable.
exec "${FENCEPOST_COMMAND:?is set by fencepost cc}" assemble -- "$@"
