// The header is all there is; a target has at least one source.
#include "fencepost.h"
