/* report/channels: how the ways by which clues come are alive: what each brought today, in a week, in a month, and whether it is quieter or louder than
 * it usually is. From the tallies alone. */
#ifndef XA_CHANNELS_H
#define XA_CHANNELS_H
#include "record/record.h"

enum channel_state { CHANNEL_NEVER, CHANNEL_USUAL, CHANNEL_SILENT, CHANNEL_LOUD };
/* usual: clues a week, mean of the twelve weeks before this one. gap: days since the last one; -1: none in that time. */
struct channel { struct str code, label, group; int64_t today, week, month; double usual; int gap; enum channel_state state; };

/* Silent: so long a gap comes by chance once in a hundred times at its usual number (exp(-usual * gap / 7) < 0.01). Loud: so many in seven days come
 * once in a thousand. Both take clues to come independently of each other, which they do nearly [assumed]. */
enum channel_state channel_state(int64_t week, double usual, int gap);
/* Each of code list "source", in its order; of the area of the actor. */
CHECKED enum err channels_read(struct ctx *c, struct channel **ret, size_t *ret_n);

#endif
