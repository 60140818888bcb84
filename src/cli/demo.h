/* Loading the made-up city through the same door as real work. */
#ifndef XA_CLI_DEMO_H
#define XA_CLI_DEMO_H
#include "record/record.h"
struct demo_options { double scale; uint32_t seed; int64_t end; bool progress; enum lang lang; };
/* Into an empty store; ERR_STATE when there is staff already. Deterministic by seed, scale and end. Slow by its size: at scale 1
 * under two minutes on two cores. progress: a bar on stderr. Marks the store as a demo city (setting demo_password). */
CHECKED enum err demo_load(struct app *app, const struct demo_options *o, struct fault *f);
/* The password of every demo post; "" when the store is no demo city. */
char *demo_password(struct app *app, struct arena *a);
#endif
