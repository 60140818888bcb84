/* Why: a mediator's day lies in her phone's calendar, and a phone lies on the kitchen table. RFC 5545.
 * Invariants: an event says "预约", the number of the case and the room, and no other word of any record: not whose, not what kind, not where else. The
 * address is a secret of 256 bits of which the store keeps a keyed hash; one a person; it ends when she revokes it, makes another, or leaves. */
#include "absorb/timed.h"
#include "absorb/absorb.h"
#include "people/people.h"

static const struct field fields[] = {
	F("mark", "Fingerprint of the address", F_TEXT, .flags = FF_SYSTEM | FF_FILTER, .max = 32),
	F("made_on", "Made on this day", F_TIME, .flags = FF_SYSTEM | FF_LIST),
};
static const struct state states[] = { { "active", N_("Address in use"), true, "green" }, { "revoked", N_("Address no longer valid"), false, NULL } };
static const struct step steps[] = {
	{ .from = "", .verb = "make", .to = "active", .label = N_("New calendar address"), .roles = 0, .scope = SC_NONE, .fields = "mark! made_on!", .flags = STEP_INTERNAL },
	{ .from = "active", .verb = "revoke", .to = "revoked", .label = N_("Revoke"), .roles = R_STAFF, .scope = SC_OWNER, .fields = "", .flags = STEP_DANGER },
	{ .from = "active", .verb = "revoke", .to = "revoked", .label = N_("Revoke"), .roles = R(SECADMIN), .scope = SC_ALL, .fields = "", .flags = STEP_DANGER },
};
static const struct grant grants[] = { { R_STAFF, SC_OWNER, SIGHT_FULL }, { R(SECADMIN), SC_ALL, SIGHT_MASKED } };
const struct rtype feed_type = {
	.name = "feed", .label = N_("Calendar address"), .plural = N_("Calendar addresses"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .level = 2, .unlisted = true,
};

static struct str mark_of(struct ctx *c, struct str token)
{
	unsigned char h[16];
	blind_index(c->app->keys, "calendar", token, h);
	return hex_str(c->a, h, 16);
}

static enum err of_staff(struct ctx *c, const char *field, struct str v, struct seen *ret)
{
	struct ctx in = ctx_inside(c);
	const struct filter by[] = { { str_of(field), v }, { STR("state"), STR("active") } };
	return see(&in, &(struct see){ .type = "feed", .filters = by, .nfilters = 2, .limit = 10 }, ret);
}

enum err feed_mine(struct ctx *c, struct rec **ret)
{
	struct seen s;
	TRY(of_staff(c, "owner", arena_fmt(c->a, "%lld", (long long)c->actor->user), &s));
	*ret = s.n ? s.r[0] : NULL;
	return OK;
}

enum err feed_make(struct ctx *c, struct str token)
{
	struct seen s;
	struct done d;
	TRY(of_staff(c, "owner", arena_fmt(c->a, "%lld", (long long)c->actor->user), &s));
	for (size_t i = 0; i < s.n; i++)
		TRY(absorb_do(c, "feed", s.r[i]->id, "revoke"));
	return act_inner(c, &(struct act){ .type = "feed", .verb = "make", .owner = c->actor->user, .org = c->actor->org, .area = str_of(c->actor->area),
		INPUTS(INPUT("mark", mark_of(c, token)), INPUT("made_on", datetime_str(c->a, c->now))) }, &d);
}

enum err feed_owner(struct ctx *c, struct str token, int64_t *ret)
{
	struct seen s;
	*ret = 0;
	if (token.n < 20 || token.n > 100)
		return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
	TRY(of_staff(c, "mark", mark_of(c, token), &s));
	if (s.n != 1)
		return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
	*ret = s.r[0]->owner;
	return OK;
}

/* ---- the text ---- */

/* Escaped (3.3.11), and folded at 75 octets without cutting a character (3.1). */
static void line(struct buf *b, const char *name, struct str v, bool escape)
{
	BUF_AUTO l = BUF(4000);
	buf_cstr(&l, name);
	buf_char(&l, ':');
	for (size_t i = 0; i < v.n; i++) {
		char ch = v.p[i];
		if (escape && (ch == '\\' || ch == ';' || ch == ','))
			buf_char(&l, '\\');
		if (ch == '\n')
			buf_cstr(&l, "\\n");
		else if ((unsigned char)ch >= 0x20)
			buf_char(&l, ch);
	}
	struct str s = buf_view(&l);
	for (size_t at = 0, room = 75; at < s.n; room = 74) {
		size_t n = s.n - at < room ? s.n - at : room;
		while (at + n < s.n && ((unsigned char)s.p[at + n] & 0xC0) == 0x80)
			n--;
		if (at)
			buf_cstr(b, "\r\n ");
		buf_str(b, (struct str){ s.p + at, n });
		at += n;
	}
	buf_cstr(b, "\r\n");
}

static struct str stamp(struct ctx *c, int64_t ms, bool utc)
{
	struct civil t = civil_of(utc ? ms - 8 * MS_HOUR : ms);
	return arena_fmt(c->a, "%04d%02d%02dT%02d%02d%02d%s", t.year, t.month, t.day, t.hour, t.minute, t.second, utc ? "Z" : "");
}
static struct str date_stamp(struct ctx *c, int64_t ms)
{
	struct civil t = civil_of(ms);
	return arena_fmt(c->a, "%04d%02d%02d", t.year, t.month, t.day);
}

static struct str room_name(struct ctx *in, int64_t id)
{
	struct rec *r;
	if (!id || see_one(in, "room", id, &r) != OK)
		return STR("");
	struct str studio = ref_label(in, "studio", r->parent), room = rec_str(in, r, "name");
	return arena_fmt(in->a, "%.*s %.*s", (int)studio.n, studio.p ? studio.p : "", (int)room.n, room.p ? room.p : "");
}

static enum err event(struct ctx *c, struct ctx *in, const struct entry *e, struct buf *b)
{
	struct rec *k = NULL;
	struct str room = room_name(in, e->room);
	if (e->r->parent)
		TRY(see_one(in, "case", e->r->parent, &k));
	struct str number = k ? k->number : e->r->number;
	buf_cstr(b, "BEGIN:VEVENT\r\n");
	line(b, "UID", arena_fmt(c->a, "%s-%lld@xiaoan", e->t->type, (long long)e->r->id), false);
	line(b, "DTSTAMP", stamp(c, e->r->updated, true), false);
	line(b, "LAST-MODIFIED", stamp(c, e->r->updated, true), false);
	/* The record's version grows with each change, as SEQUENCE must. */
	line(b, "SEQUENCE", arena_fmt(c->a, "%lld", (long long)(e->r->version - 1)), false);
	line(b, e->day ? "DTSTART;VALUE=DATE" : "DTSTART;TZID=Asia/Shanghai", e->day ? date_stamp(c, e->from) : stamp(c, e->from, false), false);
	line(b, e->day ? "DTEND;VALUE=DATE" : "DTEND;TZID=Asia/Shanghai", e->day ? date_stamp(c, e->to) : stamp(c, e->to, false), false);
	line(b, "SUMMARY", arena_fmt(c->a, "预约 · %.*s", (int)number.n, number.p ? number.p : ""), true);
	if (room.n)
		line(b, "LOCATION", room, true);
	line(b, "STATUS", e->off ? STR("CANCELLED") : STR("CONFIRMED"), false);
	line(b, "CLASS", STR("CONFIDENTIAL"), false);
	if (e->day)
		line(b, "TRANSP", STR("TRANSPARENT"), false);
	buf_cstr(b, "END:VEVENT\r\n");
	return OK;
}

enum err feed_text(struct ctx *c, struct buf *b)
{
	struct ctx in = ctx_inside(c);
	struct entry *v;
	size_t n;
	in.lang = LANG_ZH;
	in.labels = NULL;
	TRY(absorb_entries(c, &(struct entry_ask){ .from = c->now - 30 * MS_DAY, .to = c->now + 180 * MS_DAY, .staff = c->actor->user, .off = true }, &v, &n));
	buf_cstr(b, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//XiaoAn//Calendar//ZH\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n");
	/* No summer time since 1991. */
	buf_cstr(b, "BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\nBEGIN:STANDARD\r\nDTSTART:19910915T000000\r\nTZOFFSETFROM:+0800\r\nTZOFFSETTO:+0800\r\nTZNAME:CST\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n");
	for (size_t i = 0; i < n; i++)
		TRY(event(c, &in, &v[i], b));
	buf_cstr(b, "END:VCALENDAR\r\n");
	return OK;
}
