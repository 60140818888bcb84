/* Text files compiled into the program: codes/, migrations/, demo/, models/. Made by tools/embed. */
#ifndef XA_EMBEDDED_H
#define XA_EMBEDDED_H
#include <stddef.h>
struct embedded { const char *name; const char *bytes; size_t n; };
extern const struct embedded embedded[];   /* sorted by name; ends with name NULL */
const struct embedded *embedded_find(const char *name);   /* "codes/kind.tsv"; NULL when absent */
#endif
