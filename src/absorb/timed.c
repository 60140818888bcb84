/* Why: two sessions in one room, or one mediator at two places, are found when both families stand in the corridor.
 * Invariants: who asks sees of the calendar what she may see of the records, by the same see(); what takes a room or a person is refused when it overlaps
 * anything in the table, whoever's it is, without a word about what it is; under two writers at once the store lets one of them through. */
#include "absorb/timed.h"
#include "absorb/absorb.h"
#include "people/people.h"
#include <stdlib.h>

const struct timed absorb_timed[] = {
	{ "booking", "at", "minutes", "room", "staff", "booked|held", "cancelled", N_("Appointment") },
	{ "visit", "due_on", NULL, NULL, NULL, "planned", "skipped", N_("Follow-up visit") },
	{ "duty", "due_on", NULL, NULL, NULL, "open|late", NULL, N_("Duty due") },
	{ "session", "next", NULL, NULL, NULL, "kept", NULL, N_("Next session") },
	{ "supervision", "by_on", NULL, NULL, NULL, "asked", NULL, N_("Answer to a supervision slip") },
	{ "lesson", "at", "minutes", NULL, NULL, "planned|held|missed", "cancelled", N_("Guidance lesson") },
	{ "counsel", "appointment", NULL, NULL, NULL, "booked", NULL, N_("Counselling appointment") },
	{ "referral", "by_on", NULL, NULL, NULL, "asked|accepted", NULL, N_("Answer of another unit") },
	{ "agreement", "confirm_until", NULL, NULL, NULL, "signed", NULL, N_("Last day to ask for judicial confirmation") },
	{ 0 },
};
enum { LONGEST = 8 * 60 };

const struct timed *absorb_timed_of(const char *type)
{
	for (const struct timed *t = absorb_timed; t->type; t++)
		if (strcmp(t->type, type) == 0)
			return t;
	return NULL;
}

static struct entry entry_of(const struct timed *t, const struct rec *r)
{
	struct entry e = { .t = t, .r = r, .from = rec_int(r, t->at), .staff = t->staff && rec_has(r, t->staff) ? rec_int(r, t->staff) : r->owner };
	e.day = r->t->fields[field_at(r->t, t->at)].type == F_DATE;
	e.to = e.day ? e.from + MS_DAY : e.from + (t->minutes && rec_has(r, t->minutes) ? rec_int(r, t->minutes) : 60) * MS_MINUTE;
	e.room = t->room && rec_has(r, t->room) ? rec_int(r, t->room) : 0;
	e.off = t->off && rec_in(r, t->off);
	return e;
}

static int entry_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->r->id < y->r->id ? -1 : x->r->id > y->r->id;
}

/* One type, by one reference, within a span. */
static enum err some(struct ctx *c, const struct timed *t, const char *ref, int64_t id, int64_t from, int64_t to, const char *states, struct seen *ret)
{
	struct str lo = datetime_str(c->a, from), hi = datetime_str(c->a, to);
	const struct filter by[] = { { str_of(ref), id_text(c, id) }, { str_of(arena_printf(c->a, "%s_from", t->at)), lo }, { str_of(arena_printf(c->a, "%s_to", t->at)), hi }, { STR("state"), str_of(states) } };
	*ret = (struct seen){ 0 };
	if (!type_find(c->app, str_of(t->type)))
		return OK;
	return see(c, &(struct see){ .type = t->type, .filters = by, .nfilters = 4, .limit = 500, .oldest = true }, ret);
}

enum err absorb_entries(struct ctx *c, const struct entry_ask *q, struct entry **ret, size_t *ret_n)
{
	struct entry *v = NULL;
	size_t n = 0, cap = 0;
	for (const struct timed *t = absorb_timed; t->type; t++) {
		struct seen s;
		const char *states = q->off && t->off ? arena_printf(c->a, "%s|%s", t->on, t->off) : t->on;
		TRY(q->staff ? some(c, t, t->staff ? t->staff : "owner", q->staff, q->from, q->to, states, &s) : some(c, t, "org", q->org, q->from, q->to, states, &s));
		for (size_t i = 0; i < s.n; i++)
			if (rec_int(s.r[i], t->at) >= q->from && rec_int(s.r[i], t->at) < q->to)
				VEC_PUSH(c->a, v, n, cap, entry_of(t, s.r[i]));
	}
	if (n)
		qsort(v, n, sizeof *v, entry_order);
	*ret = v;
	*ret_n = n;
	return OK;
}

/* Does anything but `but` take this room or person between? */
static enum err taken(struct ctx *c, bool room, int64_t id, int64_t from, int64_t to, int64_t but, bool *ret)
{
	struct ctx in = ctx_inside(c);
	*ret = false;
	for (const struct timed *t = absorb_timed; t->type; t++) {
		struct seen s;
		const char *ref = room ? t->room : t->staff;
		if (!t->minutes || !ref)
			continue;
		TRY(some(&in, t, ref, id, from - LONGEST * MS_MINUTE, to, t->on, &s));
		for (size_t i = 0; i < s.n; i++) {
			struct entry e = entry_of(t, s.r[i]);
			*ret |= e.r->id != but && e.from < to && from < e.to;
		}
	}
	return OK;
}

static bool within_hours(struct ctx *c, const struct rec *r, const char *field, int64_t from, int64_t to)
{
	int lo, hi;
	struct str s = rec_str(c, r, field);
	struct civil a = civil_of(from), b = civil_of(to - 1);
	if (!s.n || !hours_read(s, &lo, &hi))
		return true;
	return a.hour * 60 + a.minute >= lo && b.hour * 60 + b.minute < hi && day_of(from) == day_of(to - 1);
}

static enum err room_open(struct ctx *c, const struct entry *e)
{
	struct ctx in = ctx_inside(c);
	struct rec *room, *studio;
	bool full;
	TRY(see_one(&in, "room", e->room, &room));
	if (!rec_in(room, "active")) {
		fault_field(c->f, e->t->room, N_("This room is not in use."), NULL);
		return OK;
	}
	TRY(see_one(&in, "studio", room->parent, &studio));
	if (!within_hours(&in, studio, "hours", e->from, e->to))
		fault_field(c->f, e->t->at, N_("The studio is not open then."), NULL);
	TRY(taken(c, true, e->room, e->from, e->to, e->r->id, &full));
	if (full)
		fault_field(c->f, e->t->room, N_("The room is taken at that time. Please choose another room or time."), NULL);
	return OK;
}

static enum err person_free(struct ctx *c, const struct entry *e)
{
	struct ctx in = ctx_inside(c);
	struct rec *m;
	int64_t away, id;
	bool busy;
	TRY(people_away(c, e->staff, e->from, &away));
	if (away)
		fault_field(c->f, e->t->staff, N_("She is on leave on that day."), NULL);
	TRY(people_mediator_of(c, e->staff, &id));
	if (id) {
		TRY(see_one(&in, "mediator", id, &m));
		if (!within_hours(&in, m, "hours", e->from, e->to))
			fault_field(c->f, e->t->at, N_("This lies outside her working hours."), NULL);
	}
	TRY(taken(c, false, e->staff, e->from, e->to, e->r->id, &busy));
	if (busy)
		fault_field(c->f, e->t->staff, N_("She has something else at that time. Please choose another time or person."), NULL);
	return OK;
}

enum err absorb_time_free(struct ctx *c, const struct rec *now, const struct timed *t)
{
	struct entry e = entry_of(t, now);
	int any = field_find(now->t, STR("anyway"));
	if (e.room)
		TRY(room_open(c, &e));
	if (e.staff)
		TRY(person_free(c, &e));
	if (any >= 0 && !rec_int(now, "anyway") && !day_kind_works(calendar_kind(c->app->calendar, day_of(e.from), NULL)))
		fault_field(c->f, t->at, N_("This is a day off. If it must be then, please tick “On a day off all the same”."), NULL);
	return OK;
}

enum err absorb_time_clash(struct ctx *c, int64_t kase, int64_t from, int64_t to_staff, bool *ret)
{
	struct ctx in = ctx_inside(c);
	*ret = false;
	for (const struct timed *t = absorb_timed; t->type; t++) {
		struct seen s;
		if (!t->minutes || !t->staff || !type_find(c->app, str_of(t->type)))
			continue;
		TRY(see_children(&in, t->type, kase, &s));
		for (size_t i = 0; i < s.n; i++) {
			struct entry e = entry_of(t, s.r[i]);
			bool busy = false;
			if (rec_in(s.r[i], t->on) && e.staff == from && e.to > c->now)
				TRY(taken(c, false, to_staff, e.from, e.to, e.r->id, &busy));
			*ret |= busy;
		}
	}
	return OK;
}
