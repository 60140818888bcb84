/* Why: clues that were screened before there were warnings are in none, and the households of whom they tell are on nobody's list.
 * Invariants: each clue is looked at once, in a transaction of its own with the mark of how far it got, so that a killed run goes on where it was and two
 * programs at once do nothing twice; what a person took out stays out; of whom nothing was heard within what the card of points looks back at, no list begins. */
#include "sense/warning.h"

#define FROM_TO "warning_past"
#define TURN_MS (20 * MS_SECOND)

/* How far back a report can count at all. */
static int64_t span_of(const struct ctx *c)
{
	struct risk_card card;
	double days = 0;
	risk_card(c->app->codes, &card);
	for (size_t i = 0; i < card.n; i++)
		days = card.row[i].level >= 0 && card.row[i].days > days ? card.row[i].days : days;
	return (int64_t)days * MS_DAY;
}

static enum err of_late(struct ctx *in, const char *type, int64_t kase, int64_t since, bool *ret)
{
	struct seen s;
	if (!type_find(in->app, str_of(type)))
		return OK;
	TRY(see_children(in, type, kase, &s));
	for (size_t i = 0; i < s.n; i++)
		*ret |= s.r[i]->updated >= since;
	return OK;
}

/* Is there still something that the card would weigh: a report of late, a case that is open, a letter or an order of late? */
static enum err counts(struct ctx *in, const struct rec *clue, bool *ret)
{
	int64_t since = in->now - span_of(in), kase = rec_int(clue, "case_file");
	struct rec *k = NULL;
	*ret = rec_int(clue, "received") >= since;
	if (*ret || !kase || !type_find(in->app, STR("case")))
		return OK;
	TRY(see_if(in, "case", kase, &k));
	for (size_t i = 0; k && i < k->t->nstates; i++)
		*ret |= k->t->states[i].open && str_is(k->state, k->t->states[i].name);
	TRY(of_late(in, "letter", kase, since, ret));
	return of_late(in, "order", kase, since, ret);
}

/* That the engine called it a family matter is not enough; what is screened or became a case was confirmed, of what ended the journal says it. */
static enum err confirmed(struct ctx *in, const struct rec *clue, bool *ret)
{
	struct journal_row *v;
	size_t n;
	*ret = rec_int(clue, "family") && rec_in(clue, "screened|opened");
	if (*ret || !rec_int(clue, "family") || rec_in(clue, "new"))
		return OK;
	TRY(journal_of(in, "clue", clue->id, &v, &n));
	for (size_t i = 0; i < n; i++)
		*ret |= str_is(v[i].verb, "confirm") && str_is(v[i].outcome, "ok");
	return OK;
}

static enum err hear_past(struct ctx *in, int64_t id)
{
	struct rec *clue, *w = NULL;
	struct seen ties;
	bool yes;
	TRY(see_if(in, "clue", id, &clue));
	if (!clue)
		return OK;
	TRY(see(in, &(struct see){ .type = "tie", .filters = &(struct filter){ STR("clue"), id_text(in, id) }, .nfilters = 1, .limit = 1 }, &ties));
	if (ties.n)      /* tied, or taken out by somebody */
		return OK;
	TRY(confirmed(in, clue, &yes));
	if (!yes)
		return OK;
	TRY(counts(in, clue, &yes));
	if (!yes)
		TRY(warning_about(in, clue, &w));
	return yes || w ? warning_hear(in, clue) : OK;
}

/* ---- how far it got ---- */

struct past { int64_t from, to; bool done /* nothing is left */, moved /* another program was there first */, over /* pass it by */; };

static enum err read_past(struct ctx *c, struct past *ret)
{
	*ret = (struct past){ 0 };
	TRY(db_int(c->db, c->f, "SELECT CAST(value AS INTEGER) FROM setting WHERE name = '" FROM_TO "'", NOARGS, &ret->from, NULL));
	ret->done = ret->from < 0;
	return OK;
}

static enum err begin_past(struct ctx *c, void *arg)
{
	(void)arg;
	return db_exec(c->db, c->f, "INSERT INTO setting (name, value, updated) VALUES ('" FROM_TO "', '0', ?) ON CONFLICT (name) DO NOTHING", ARGS(VI(c->now)), NULL);
}

static enum err step_past(struct ctx *c, void *arg)
{
	struct past *p = arg;
	int64_t changed = 0;
	TRY(db_exec(c->db, c->f, "UPDATE setting SET value = ?, updated = ? WHERE name = '" FROM_TO "' AND value = ?",
		    ARGS(VS(id_text(c, p->to)), VI(c->now), VS(id_text(c, p->from))), &changed));
	p->moved = changed != 1;
	if (p->moved || p->to < 0 || p->over)
		return OK;
	return hear_past(c, p->to);
}

static enum err go_on(struct ctx *c, void *arg)
{
	(void)arg;
	return job_put(c, "warning_past_more", STR(""), c->now);
}

/* A clue that some rule refuses must not keep all that come after it waiting; what the store could not do is tried again. */
static enum err one_past(struct ctx *in, struct past *p)
{
	enum err e = ctx_write(in, step_past, p);
	if (e == OK || (e != ERR_INVALID && e != ERR_STATE && e != ERR_NOT_FOUND && e != ERR_DUPLICATE && e != ERR_DENIED))
		return e;
	log_line(LOG_WARN, "warning_past: clue %lld: %s", (long long)p->to, err_name(e));
	fault_clear(in->f);
	p->over = true;
	e = ctx_write(in, step_past, p);
	p->over = false;
	return e;
}

/* One page of clues; *ret_more: it is worth asking again. */
static enum err page_past(const struct ctx *c, struct past *p, bool *ret_more)
{
	ARENA a = arena_new(0);
	struct ctx in = ctx_inside(c);
	struct seen s;
	in.a = a;
	in.labels = NULL;
	*ret_more = false;
	TRY(ctx_read(&in));
	TRY(see(&in, &(struct see){ .type = "clue", .filters = (struct filter[]){ { STR("state"), STR("screened|opened|merged|referred|closed") }, { STR("family"), STR("1") } }, .nfilters = 2,
		.after = p->from, .oldest = true, .limit = 100 }, &s));
	for (size_t i = 0; i < s.n && !p->moved; i++) {
		p->to = s.r[i]->id;
		TRY(one_past(&in, p));
		p->from = p->to;
	}
	if (!s.next && !p->moved) {
		p->to = -1;
		TRY(ctx_write(&in, step_past, p));
		p->done = true;
	}
	*ret_more = !p->done && !p->moved;
	return OK;
}

enum err warning_past_job(struct ctx *c, struct str arg)
{
	struct past p;
	bool more = true;
	int64_t until = steady_ms() + TURN_MS;
	(void)arg;
	if (!type_find(c->app, STR("warning")))
		return OK;
	TRY(read_past(c, &p));
	if (p.done)
		return OK;
	TRY(ctx_write(c, begin_past, NULL));
	while (more && steady_ms() < until)
		TRY(page_past(c, &p, &more));
	return more ? ctx_write(c, go_on, NULL) : OK;
}
