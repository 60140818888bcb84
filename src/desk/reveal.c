/* Why: a name or number that is needed now is uncovered where it stands, by one press, with or without script; and those who watch
 * over it see who uncovered how much.
 * Invariants: the value leaves only in the answer to the form that asked for it, after reveal() has journaled and counted it. */
#include "desk/inner.h"
#include "templates.h"
#include <stdio.h>

/* "/case/12": the page it was asked from. Anything else, or one she may not see: the record's own. */
static enum err page_of(struct req *rq, const struct rec *own, struct rec **ret)
{
	struct ctx *c = ctx_of(rq);
	struct str at = req_param(rq, "at"), rest = STR_NONE, type;
	int64_t id;
	if (at.n > 1 && at.p[0] == '/') {
		type = str_cut((struct str){ at.p + 1, at.n - 1 }, '/', &rest);
		if (own->t->parent && str_is(type, own->t->parent) && str_int(rest, &id) && id == own->parent)
			return see_one(c, own->t->parent, id, ret);
	}
	return see_one(c, own->t->name, own->id, ret);
}

static void part(struct req *rq, struct resp *rs, const struct rec *r, int field, bool call)
{
	struct ctx *c = ctx_of(rq);
	struct cover k = cover_of(c, r, field, req_param(rq, "at"));
	k.now = call && k.tel.n;
	t_covered(&rs->body, &face_of(rq)->v, &k, rec_show(c, r, field));
}

static enum err refused(struct req *rq, struct resp *rs, enum err e)
{
	if (!rq->htmx || (e != ERR_RATE && e != ERR_DENIED))
		return e;
	t_reveal_refused(&rs->body, &face_of(rq)->v, face_fault(ctx_of(rq), e, &rq->fault));
	rs->status = err_http(e);
	rs->handled = true;
	return e;
}

enum err desk_reveal_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	const struct rtype *t = type_find(c->app, req_path(rq, "type"));
	struct rec *r, *page;
	int64_t id = req_path_id(rq, "id");
	if (!t || !id)
		return fail(&rq->fault, ERR_NOT_FOUND, NULL, NULL);
	enum err e = reveal(c, t->name, id, req_param(rq, "field"));
	if (e != OK)
		return refused(rq, rs, e);
	TRY(see_one(c, t->name, id, &r));
	int field = field_find(t, req_param(rq, "field"));
	if (rq->htmx) {
		part(rq, rs, r, field, req_param(rq, "call").n > 0);
		return OK;
	}
	TRY(page_of(rq, r, &page));
	return desk_show(rq, rs, page);
}

enum err desk_reveals_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct reveal_row *v;
	size_t n;
	int32_t today = day_of(c->now);
	int64_t limit;
	struct reveals_page m = { .lifts = c->actor->role == ROLE_SECADMIN };
	TRY(reveal_counts(c, today - 6, today, &v, &n));
	TRY(reveal_limit(c, &limit));
	m.limit = arena_fmt(c->a, "%lld", (long long)limit);
	m.rows = NEWN(c->a, struct reveal_line, n + 1);
	for (size_t i = 0; i < n; i++) {
		BUF_AUTO day = BUF(32);
		date_put(&day, day_start(v[i].day));
		m.rows[m.n++] = (struct reveal_line){ .day = arena_str(c->a, buf_view(&day)), .name = v[i].name, .user = arena_fmt(c->a, "%lld", (long long)v[i].user), .n = v[i].n,
			.times = v[i].times, .extra = v[i].extra, .over = v[i].n >= limit + v[i].extra, .today = v[i].day == today && v[i].user != c->actor->user };
	}
	TRY(face_shell(rq, N_("Shown uncovered")));
	t_reveals_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

enum err desk_reveals_post(struct req *rq, struct resp *rs)
{
	int64_t user = 0, more = 0;
	(void)str_int(req_param(rq, "user"), &user);
	(void)str_int(req_param(rq, "more"), &more);
	TRY(reveal_lift(ctx_of(rq), user, more));
	face_flash(rq, rs, N_("Saved."));
	return resp_redirect(rs, rq, "/reveal");
}
