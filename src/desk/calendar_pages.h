/* The calendar page: month, week, day; on a phone a list. And the secret address by which a phone's own calendar reads it.
 * Rules: absorb/timed.h. Tests: tests/absorb/booking.c, tests/desk/calendar.c. */
#ifndef XA_DESK_CALENDAR_PAGES_H
#define XA_DESK_CALENDAR_PAGES_H
#include "face/face.h"

extern const struct route calendar_routes[];

struct cal_entry { struct str when, label, number, room, who, url; bool late; };
struct cal_day { struct str num, weekday, name, url; bool out, off, today, makeup; struct cal_entry *v; size_t n; };
struct cal_link { struct str label, url; bool on; };
struct cal_page {
	struct str title, prev, next, now, day, view, warn, feed_url, feed_since;
	struct cal_link views[3], whose[2];
	int nwhose;
	struct cal_day *days;
	size_t ndays, total;
	bool month, grid;
};
#endif
