/* Why: a screen is looked at by more people than the one who logged in, and who reads everything remembers it; so what names or finds a
 * person stands covered, is uncovered singly, and who uncovers much is seen.
 * Invariants: nothing is uncovered that was not journaled in the same transaction; no value is in the journal or in the table;
 * the same field of the same record counts once a day, so that work is not punished for looking twice. */
#include "record/inner.h"
#include <stdio.h>

#define REVEAL_DAY 30    /* security S38 */

static enum err setting_row(struct ctx *c, const char *name, struct rows **ret, bool *ret_there)
{
	TRY(db_rows(c->db, c->f, "SELECT value FROM setting WHERE name = ?", ARGS(VS(str_of(name))), ret));
	return rows_next(*ret, ret_there);
}

enum err setting_text(struct ctx *c, const char *name, struct str *ret)
{
	ROWS q = NULL;
	bool there;
	TRY(setting_row(c, name, &q, &there));
	*ret = there ? arena_str(c->a, rows_text(q, 0)) : STR_NONE;
	return OK;
}

enum err setting_put(struct ctx *c, const char *name, struct str value)
{
	return db_exec(c->db, c->f, "INSERT INTO setting (name, value, updated) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value, updated = EXCLUDED.updated",
		       ARGS(VS(str_of(name)), VS(value), VI(c->now)), NULL);
}

enum err setting_count(struct ctx *c, const char *name, int64_t usual, int64_t lo, int64_t hi, int64_t *ret)
{
	ROWS q = NULL;
	bool there;
	int64_t v;
	TRY(setting_row(c, name, &q, &there));      /* log-in asks without an arena */
	*ret = there && str_int(rows_text(q, 0), &v) && v >= lo && v <= hi ? v : usual;
	return OK;
}

enum err reveal_limit(struct ctx *c, int64_t *ret) { return setting_count(c, "reveal.day", REVEAL_DAY, 1, 10000, ret); }

struct used { int64_t n, limit; bool again; };

static enum err used_today(struct ctx *c, const char *type, int64_t id, struct str field, struct used *ret)
{
	int64_t day = day_of(c->now), more = 0, same = 0;
	struct used u = { 0 };
	TRY(reveal_limit(c, &u.limit));
	TRY(db_int(c->db, c->f, "SELECT more FROM reveal_lift WHERE who = ? AND day = ?", ARGS(VI(c->actor->user), VI(day)), &more, NULL));
	TRY(db_int(c->db, c->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM reveal WHERE who = ? AND day = ?", ARGS(VI(c->actor->user), VI(day)), &u.n, NULL));
	TRY(db_int(c->db, c->f, "SELECT times FROM reveal WHERE who = ? AND day = ? AND type = ? AND rid = ? AND field = ?",
		   ARGS(VI(c->actor->user), VI(day), VS(str_of(type)), VI(id), VS(field)), &same, NULL));
	u.limit += more;
	u.again = same > 0;
	*ret = u;
	return OK;
}

/* The last one allowed today: her unit and the security administrators hear of it, without saying of whom it was. */
static enum err tell(struct ctx *c)
{
	ROWS q = NULL;
	bool more;
	int64_t ids[20];
	size_t n = 0;
	TRY(db_rows(c->db, c->f, "SELECT id FROM staff WHERE role = 'secadmin' AND state = 'active' AND id <> ? ORDER BY id LIMIT 20", ARGS(VI(c->actor->user)), &q));
	for (; n < ARRAY_LEN(ids); n++) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		ids[n] = rows_int(q, 0);
	}
	rows_end(q);
	q = NULL;
	for (size_t i = 0; i < n; i++)
		TRY(notice_put(c, ids[i], 0, NULL, N_("Somebody reached the day’s limit for showing names and numbers")));
	return c->actor->org ? notice_put(c, 0, c->actor->org, NULL, N_("Somebody reached the day’s limit for showing names and numbers")) : OK;
}

static enum err count_it(struct ctx *c, const char *type, int64_t id, struct str field)
{
	struct used u;
	TRY(used_today(c, type, id, field, &u));
	if (!u.again && u.n >= u.limit) {
		enum err e = fail(c->f, ERR_RATE, N_("You have shown %s names, numbers and addresses today: that is the limit of a day."), "reveal limit");
		snprintf(c->f->arg, sizeof c->f->arg, "%lld", (long long)u.n);
		c->f->hint = N_("If today’s work needs more, the security administrator can lift it for you at once. In danger: call 110.");
		return e;
	}
	TRY(db_exec(c->db, c->f,
		    "INSERT INTO reveal (who, day, type, rid, field, ms, times) VALUES (?, ?, ?, ?, ?, ?, 1) "
		    "ON CONFLICT (who, day, type, rid, field) DO UPDATE SET times = reveal.times + 1",
		    ARGS(VI(c->actor->user), VI(day_of(c->now)), VS(str_of(type)), VI(id), VS(field), VI(c->now)), NULL));
	return !u.again && u.n + 1 == u.limit && type_find(c->app, STR("staff")) ? tell(c) : OK;
}

enum err reveal(struct ctx *c, const char *type, int64_t id, struct str field)
{
	struct rec *r;
	must(db_can_write(c->db));
	TRY(see_one(c, type, id, &r));
	int i = field_find(r->t, field);
	if (i < 0 || r->t->fields[i].secrecy != S_MASKED || !r->v[i].set)
		return fail(c->f, ERR_NOT_FOUND, NULL, "reveal of %s.%.40s", type, arena_cstr(c->a, utf8_head(field, 40)));
	if (r->sight != SIGHT_FULL)
		return fail(c->f, ERR_DENIED, N_("Your post sees this only in part."), "reveal of %s without full sight", type);
	if (rec_covers(r, i)) {
		TRY(count_it(c, r->t->name, id, field));
		TRY(journal_note(c, "reveal", r->t->name, id, "ok", arena_fmt(c->a, "{\"field\":\"%s\"}", r->t->fields[i].name)));
	}
	c->bare.t = r->t;
	c->bare.id = id;
	c->bare.field = i;
	c->labels = NULL;    /* titles made before are covered */
	return OK;
}

void vault_bare(struct ctx *c, struct rec *r, int field)
{
	(void)c;
	must(r->t->fields[field].secrecy == S_VAULT);
	r->bare = field + 1;
}

enum err reveal_counts(struct ctx *c, int32_t from, int32_t to, struct reveal_row **ret, size_t *ret_n)
{
	ROWS q = NULL;
	bool more;
	struct reveal_row *v = NULL;
	size_t n = 0, cap = 0;
	TRY(db_rows(c->db, c->f,
		    "SELECT r.who, r.day, CAST(COUNT(*) AS INTEGER) AS n, CAST(SUM(r.times) AS INTEGER), CAST(MAX(COALESCE(l.more, 0)) AS INTEGER) FROM reveal r "
		    "LEFT JOIN reveal_lift l ON l.who = r.who AND l.day = r.day WHERE r.day >= ? AND r.day <= ? GROUP BY r.who, r.day ORDER BY n DESC, r.day DESC, r.who LIMIT 500",
		    ARGS(VI(from), VI(to)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct reveal_row r = { .user = rows_int(q, 0), .day = (int32_t)rows_int(q, 1), .n = rows_int(q, 2), .times = rows_int(q, 3), .extra = rows_int(q, 4) };
		VEC_PUSH(c->a, v, n, cap, r);
	}
	rows_end(q);
	q = NULL;
	for (size_t i = 0; i < n; i++)
		v[i].name = ref_label(c, "staff", v[i].user);
	*ret = v;
	*ret_n = n;
	return OK;
}

enum err reveal_lift(struct ctx *c, int64_t user, int64_t more)
{
	if (c->actor->role != ROLE_SECADMIN)
		return fail(c->f, ERR_DENIED, N_("Only the security administrator lifts this limit."), "reveal_lift");
	if (user == c->actor->user)
		return fail(c->f, ERR_DENIED, N_("Nobody lifts her own limit."), "reveal_lift");
	if (user <= 0 || more < 1 || more > 500)
		return fail(c->f, ERR_INVALID, N_("Please give a number from 1 to 500."), NULL);
	TRY(fresh_need(c));
	TRY(db_exec(c->db, c->f,
		    "INSERT INTO reveal_lift (who, day, more, given_by, ms) VALUES (?, ?, ?, ?, ?) "
		    "ON CONFLICT (who, day) DO UPDATE SET more = EXCLUDED.more, given_by = EXCLUDED.given_by, ms = EXCLUDED.ms",
		    ARGS(VI(user), VI(day_of(c->now)), VI(more), VI(c->actor->user), VI(c->now)), NULL));
	return journal_note(c, "reveal_lift", "staff", user, "ok", arena_fmt(c->a, "{\"more\":%lld}", (long long)more));
}
