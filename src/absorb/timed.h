/* What has a time and a place: one table in which record types register, from which the calendar page, the feed of a staff member and the refusal of
 * double bookings come (timed.c). A type joins by a row of its own; nothing else has to be written.
 * Never here: the shelter (its presence is the most secret class). Tests: tests/absorb/booking.c. */
#ifndef XA_ABSORB_TIMED_H
#define XA_ABSORB_TIMED_H
#include "record/record.h"

struct timed {
	const char *type;
	const char *at;           /* F_TIME or F_DATE field: when it begins; a date is a whole day */
	const char *minutes;      /* F_INT field: how long; NULL: it takes no room and nobody's time */
	const char *room;         /* F_REF to room, or NULL */
	const char *staff;        /* F_REF to staff whose time it is; NULL: the owner */
	const char *on;           /* states in which it stands in the calendar */
	const char *off;          /* states in which a feed says that it is cancelled, or NULL */
	const char *label;        /* message id: kind of entry, on the page; a feed says less */
};
extern const struct timed absorb_timed[];       /* ends with type NULL */

/* An entry, as the actor may see it. */
struct entry { const struct timed *t; const struct rec *r; int64_t from, to, room, staff; bool day /* whole day */, off; };
/* whose: "staff" her own, "org" her unit's. from … to in ms; off: with what is cancelled. Soonest first. */
struct entry_ask { int64_t from, to, staff, org; bool off; };
CHECKED enum err absorb_entries(struct ctx *c, const struct entry_ask *q, struct entry **ret, size_t *ret_n);
/* Faults when the room or the person of `now` is taken then by anything in the table, when either is not open, or (no fault when "anyway") on a day off. */
CHECKED enum err absorb_time_free(struct ctx *c, const struct rec *now, const struct timed *t);
/* Would this person be in two places if she took over what is booked for the case? */
CHECKED enum err absorb_time_clash(struct ctx *c, int64_t kase, int64_t from, int64_t to_staff, bool *ret);
const struct timed *absorb_timed_of(const char *type);

/* ---- the feed (feed.c) ---- */
/* Writer: a new secret address for the actor; the one before is void. token: from token_new(). */
CHECKED enum err feed_make(struct ctx *c, struct str token);
/* The actor's own that is in force, or NULL. */
CHECKED enum err feed_mine(struct ctx *c, struct rec **ret);
/* Whose it is; ERR_NOT_FOUND for every reason alike. */
CHECKED enum err feed_owner(struct ctx *c, struct str token, int64_t *ret_staff);
/* The calendar of the actor as RFC 5545: "预约", the number of the case, the room; nothing else. */
CHECKED enum err feed_text(struct ctx *c, struct buf *ret);
#endif
