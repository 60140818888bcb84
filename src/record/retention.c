/* Why: what is kept longer than it is needed can only do harm; what is destroyed in haste cannot come back. So a table says how long, a plan
 * shows what, two people agree, and each record is asked again before its keys go.
 * Invariants: no run without two different people; a held record is never destroyed; what was destroyed is in the journal. */
#include "record/inner.h"
#include "record/keystore.h"
#include "record/retention.h"
#include <stdio.h>

struct rule { const struct code *code; const struct rtype *t; struct str states, from; int64_t before; };

static struct str col(struct ctx *c, const struct code *k, const char *name) { return code_more(c->app->codes, "retention", k->code, name); }

/* The day so many months ago; at its end when the month is shorter. */
static int64_t months_ago(int64_t ms, int64_t months)
{
	struct civil t = civil_of(ms);
	int64_t m = (int64_t)t.year * 12 + t.month - 1 - months;
	char text[16];
	int64_t out = 0;
	for (int day = t.day; day >= t.day - 3; day--) {
		snprintf(text, sizeof text, "%04d-%02d-%02d", (int)(m / 12), (int)(m % 12) + 1, day);
		if (date_parse(str_of(text), &out))
			break;
	}
	return out;
}

/* False: not in force today, or it makes no sense (then nothing is destroyed by it). */
static bool rule_of(struct ctx *c, const struct code *k, struct rule *ret)
{
	int64_t amount, from = 0, to = INT64_MAX;
	struct str unit = col(c, k, "unit"), since = col(c, k, "valid_from"), until = col(c, k, "valid_to");
	struct rule r = { .code = k, .t = type_find(c->app, col(c, k, "type")), .states = col(c, k, "states"), .from = col(c, k, "from") };
	if (!r.t || !type_keyed(r.t) || r.t->parent || !r.states.n || field_find(r.t, r.from) < 0 || !str_int(col(c, k, "amount"), &amount) || amount < 1)
		return false;
	if ((since.n && !date_parse(since, &from)) || (until.n && !date_parse(until, &to)) || c->now < from || (until.n && c->now >= to + MS_DAY))
		return false;
	if (!str_is(unit, "day") && !str_is(unit, "month"))
		return false;
	r.before = str_is(unit, "day") ? c->now - amount * MS_DAY : months_ago(c->now, amount);
	*ret = r;
	return true;
}

/* ---- planning ---- */

struct planning { int64_t proposer, run, n; };

static enum err plan_rule(struct ctx *c, const struct rule *r, struct planning *p)
{
	const struct plan *t = plan_of(c->app, r->t);
	BUF_AUTO q = BUF(8192);
	struct val a[32];
	size_t n = 0;
	char *from = arena_cstr(c->a, r->from);
	buf_printf(&q, "INSERT INTO retention_item (run, type, rid, number, rule, since, state, keys) SELECT ?, ?, r.id, r.number, ?, r.%s, 'due', 0 FROM %s r WHERE r.%s < ?", from, t->table, from);
	a[n++] = VI(p->run);
	a[n++] = VS(str_of(r->t->name));
	a[n++] = VS(r->code->code);
	a[n++] = VI(r->before);
	struct str rest = r->states;
	for (const char *sep = " AND r.state IN ("; rest.p && n < 24; sep = ", ") {
		buf_printf(&q, "%s?", sep);
		a[n++] = VS(arena_str(c->a, str_cut(rest, '|', &rest)));
	}
	buf_cstr(&q, ") AND NOT EXISTS (SELECT 1 FROM case_key k WHERE k.subject = r.id AND k.epoch = 0)"
		     " AND NOT EXISTS (SELECT 1 FROM retention_hold h WHERE h.rid = r.id AND h.type = ?) ORDER BY r.id LIMIT ?");
	a[n++] = VS(str_of(r->t->name));
	a[n++] = VI(RETENTION_MAX - p->n);
	int64_t made = 0;
	TRY(db_exec(c->db, c->f, arena_cstr(c->a, buf_view(&q)), a, n, &made));
	p->n += made;
	return OK;
}

static enum err plan_job(struct ctx *c, void *arg)
{
	struct planning *p = arg;
	size_t n;
	const struct code *k = codes_list(c->app->codes, "retention", &n);
	p->n = 0;
	p->run = id_new(c->now);
	TRY(db_exec(c->db, c->f, "DELETE FROM retention_item WHERE run IN (SELECT id FROM retention_run WHERE state = 'planned')", NOARGS, NULL));
	TRY(db_exec(c->db, c->f, "DELETE FROM retention_run WHERE state = 'planned'", NOARGS, NULL));
	for (size_t i = 0; k && i < n && p->n < RETENTION_MAX; i++) {
		struct rule r;
		if (rule_of(c, &k[i], &r))
			TRY(plan_rule(c, &r, p));
	}
	if (!p->n) {
		p->run = 0;
		return OK;
	}
	TRY(db_exec(c->db, c->f, "INSERT INTO retention_run (id, state, made, proposer, approver, approved, finished) VALUES (?, 'planned', ?, ?, 0, 0, 0)",
		    ARGS(VI(p->run), VI(c->now), VI(p->proposer)), NULL));
	return journal_note(c, "retention_plan", "retention", p->run, "ok", arena_fmt(c->a, "{\"n\":%lld}", (long long)p->n));
}

enum err retention_plan(struct ctx *c, int64_t proposer, int64_t *ret_run, int64_t *ret_n)
{
	struct planning p = { .proposer = proposer };
	TRY(ctx_write(c, plan_job, &p));
	*ret_run = p.run;
	*ret_n = p.n;
	return OK;
}

/* ---- two people ---- */

struct agreeing { int64_t run, user; bool approved; };

static enum err run_load(struct ctx *c, int64_t id, struct retention_run *ret)
{
	ROWS q = NULL;
	bool more;
	TRY(db_rows(c->db, c->f, "SELECT id, state, made, proposer, approver, approved, finished FROM retention_run WHERE id = ?", ARGS(VI(id)), &q));
	TRY(rows_next(q, &more));
	if (!more)
		return fail(c->f, ERR_NOT_FOUND, N_("There is no such plan; perhaps a newer one took its place."), NULL);
	*ret = (struct retention_run){ rows_int(q, 0), rows_int(q, 2), rows_int(q, 3), rows_int(q, 4), rows_int(q, 5), rows_int(q, 6), arena_str(c->a, rows_text(q, 1)) };
	return OK;
}

static enum err approve_job(struct ctx *c, void *arg)
{
	struct agreeing *g = arg;
	struct retention_run r;
	TRY(run_load(c, g->run, &r));
	if (!str_is(r.state, "planned"))
		return fail(c->f, ERR_STATE, N_("This plan was approved already."), NULL);
	if (c->now - r.made > RETENTION_PLAN_MS)
		return fail(c->f, ERR_STATE, N_("This plan is older than 30 days. Please make a new one."), NULL);
	if (r.proposer == g->user)
		return fail(c->f, ERR_DENIED, N_("A second person must approve this, not the one who proposed it."), NULL);
	g->approved = r.proposer != 0;
	TRY(g->approved ? db_exec(c->db, c->f, "UPDATE retention_run SET state = 'approved', approver = ?, approved = ? WHERE id = ?", ARGS(VI(g->user), VI(c->now), VI(g->run)), NULL)
			: db_exec(c->db, c->f, "UPDATE retention_run SET proposer = ? WHERE id = ?", ARGS(VI(g->user), VI(g->run)), NULL));
	return journal_note(c, g->approved ? "retention_approve" : "retention_propose", "retention", g->run, "ok", arena_fmt(c->a, "{\"user\":\"%lld\"}", (long long)g->user));
}

enum err retention_approve(struct ctx *c, int64_t run, int64_t user, bool *ret_approved)
{
	struct agreeing g = { .run = run, .user = user };
	must(user != 0);
	TRY(ctx_write(c, approve_job, &g));
	*ret_approved = g.approved;
	return OK;
}

/* ---- the run ---- */

struct ending { int64_t run; const struct retention_item *item; const char *state; };

static bool still_due(struct ctx *c, const struct retention_item *it, const struct rec *r)
{
	const struct code *k = code_find(c->app->codes, "retention", it->rule);
	struct rule rule;
	return k && rule_of(c, k, &rule) && rec_in(r, arena_cstr(c->a, rule.states)) && rec_int(r, arena_cstr(c->a, rule.from)) < rule.before;
}

static enum err end_job(struct ctx *c, void *arg)
{
	struct ending *x = arg;
	const struct retention_item *it = x->item;
	char *type = arena_cstr(c->a, it->type);
	int64_t held = 0, keys = 0;
	struct rec *r;
	TRY(rec_load(c, plan_of(c->app, type_find(c->app, it->type)), it->rid, &r));
	TRY(db_int(c->db, c->f, "SELECT 1 FROM retention_hold WHERE type = ? AND rid = ?", ARGS(VS(it->type), VI(it->rid)), &held, NULL));
	x->state = held ? "held" : !still_due(c, it, r) ? "changed" : "done";
	if (str_is(str_of(x->state), "done")) {
		TRY(shred(c, type, it->rid, &keys));
		TRY(journal_note(c, "shred", type, it->rid, "ok", arena_fmt(c->a, "{\"run\":\"%lld\",\"keys\":%lld}", (long long)x->run, (long long)keys)));
	}
	return db_exec(c->db, c->f, "UPDATE retention_item SET state = ?, keys = ? WHERE run = ? AND type = ? AND rid = ?",
		       ARGS(VS(str_of(x->state)), VI(keys), VI(x->run), VS(it->type), VI(it->rid)), NULL);
}

static enum err finish_job(struct ctx *c, void *arg)
{
	int64_t run = *(int64_t *)arg;
	TRY(db_exec(c->db, c->f, "UPDATE retention_run SET state = 'done', finished = ? WHERE id = ?", ARGS(VI(c->now), VI(run)), NULL));
	return journal_note(c, "retention_run", "retention", run, "ok", STR_NONE);
}

enum err retention_run(struct ctx *c, int64_t run, int64_t *ret_done, int64_t *ret_passed)
{
	struct retention_run r;
	struct retention_item *v;
	size_t n;
	TRY(ctx_read(c));
	TRY(run_load(c, run, &r));
	if (!str_is(r.state, "approved") || !r.proposer || !r.approver || r.proposer == r.approver)
		return fail(c->f, ERR_STATE, N_("This plan was not approved by a second person, or was carried out already."), NULL);
	if (c->now - r.made > RETENTION_PLAN_MS)
		return fail(c->f, ERR_STATE, N_("This plan is older than 30 days. Please make a new one."), NULL);
	TRY(retention_items(c, run, &v, &n));
	*ret_done = *ret_passed = 0;
	for (size_t i = 0; i < n; i++) {
		struct ending x = { .run = run, .item = &v[i], .state = arena_cstr(c->a, v[i].state) };
		if (str_is(v[i].state, "due"))
			TRY(ctx_write(c, end_job, &x));
		*(strcmp(x.state, "done") == 0 ? ret_done : ret_passed) += 1;
	}
	return ctx_write(c, finish_job, &run);
}

/* ---- looking ---- */

enum err retention_list(struct ctx *c, struct retention_run **ret, size_t *ret_n)
{
	ROWS q = NULL;
	bool more;
	size_t n = 0, cap = 0;
	struct retention_run *v = NULL;
	TRY(db_rows(c->db, c->f, "SELECT id, made, proposer, approver, approved, finished, state FROM retention_run ORDER BY id DESC LIMIT 50", NOARGS, &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct retention_run r = { rows_int(q, 0), rows_int(q, 1), rows_int(q, 2), rows_int(q, 3), rows_int(q, 4), rows_int(q, 5), arena_str(c->a, rows_text(q, 6)) };
		VEC_PUSH(c->a, v, n, cap, r);
	}
	*ret = v;
	*ret_n = n;
	return OK;
}

enum err retention_items(struct ctx *c, int64_t run, struct retention_item **ret, size_t *ret_n)
{
	ROWS q = NULL;
	bool more;
	size_t n = 0, cap = 0;
	struct retention_item *v = NULL;
	TRY(db_rows(c->db, c->f, "SELECT rid, since, keys, type, number, rule, state FROM retention_item WHERE run = ? ORDER BY type, rid", ARGS(VI(run)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct retention_item r = { rows_int(q, 0), rows_int(q, 1), rows_int(q, 2), arena_str(c->a, rows_text(q, 3)), arena_str(c->a, rows_text(q, 4)),
					    arena_str(c->a, rows_text(q, 5)), arena_str(c->a, rows_text(q, 6)) };
		VEC_PUSH(c->a, v, n, cap, r);
	}
	*ret = v;
	*ret_n = n;
	return OK;
}

struct holding { const char *type; int64_t rid, user; bool on; struct str reason; };

static enum err hold_job(struct ctx *c, void *arg)
{
	const struct holding *h = arg;
	struct rec *r;
	TRY(rec_load(c, plan_of(c->app, type_find(c->app, str_of(h->type))), h->rid, &r));
	struct str reason = seal(c->app->keys, c->a, PLACE("retention_hold", "reason", h->rid, .cls = KC_OFFICE), h->reason);
	TRY(h->on ? db_exec(c->db, c->f, "INSERT INTO retention_hold (type, rid, reason, who, ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT (type, rid) DO NOTHING",
			    ARGS(VS(str_of(h->type)), VI(h->rid), VB(reason.p, reason.n), VI(h->user), VI(c->now)), NULL)
		  : db_exec(c->db, c->f, "DELETE FROM retention_hold WHERE type = ? AND rid = ?", ARGS(VS(str_of(h->type)), VI(h->rid)), NULL));
	return journal_note(c, h->on ? "hold" : "release", h->type, h->rid, "ok", arena_fmt(c->a, "{\"user\":\"%lld\"}", (long long)h->user));
}

enum err retention_hold(struct ctx *c, const char *type, int64_t rid, bool on, struct str reason, int64_t user)
{
	const struct rtype *t = type_find(c->app, str_of(type));
	if (!t || !type_keyed(t) || t->parent)
		return fail(c->f, ERR_INVALID, N_("Only a clue or a case can be held back."), NULL);
	if (on && utf8_count(reason) < 4)
		return fail(c->f, ERR_INVALID, N_("Please give a reason."), NULL);
	return ctx_write(c, hold_job, &(struct holding){ type, rid, user, on, reason });
}

enum err retention_job(struct ctx *c, struct str arg)
{
	int64_t run, n, open = 0;
	(void)arg;
	/* Somebody has begun to agree: her plan stays. */
	TRY(db_int(c->db, c->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM retention_run WHERE state = 'approved' OR (state = 'planned' AND proposer <> 0 AND made > ?)",
		   ARGS(VI(c->now - RETENTION_PLAN_MS)), &open, NULL));
	return open ? OK : retention_plan(c, 0, &run, &n);
}
