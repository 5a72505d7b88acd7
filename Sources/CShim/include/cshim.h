#ifndef CSHIM_H
#define CSHIM_H
#endif
