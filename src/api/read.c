/* Why: reading records: pages, one, its history, its open steps.
 * Invariants: all reading is see()'s; a page costs one statement; opening a record of level 3 or 4, and a page of them, is
 * journaled, as on the desk. */
#include "api/inner.h"

/* ---- answers ---- */

void api_answer(struct resp *rs, struct json *ret)
{
	rs->type = "application/json";
	*ret = (struct json){ .b = &rs->body };
}

void api_etag(struct req *rq, struct resp *rs, const struct rec *r)
{
	resp_header(rs, rq, "ETag", arena_fmt(rq->a, "\"%lld\"", (long long)r->version));
}

enum err api_path(struct req *rq, const struct rtype **ret_t, int64_t *ret_id)
{
	const struct rtype *t = api_type(ctx_of(rq), req_path(rq, "type"));
	if (!t)
		return fail(&rq->fault, ERR_NOT_FOUND, N_("There is no such type of record."), NULL);
	if (ret_id) {
		*ret_id = req_path_id(rq, "id");
		if (*ret_id <= 0)
			return fail(&rq->fault, ERR_NOT_FOUND, NULL, NULL);
	}
	*ret_t = t;
	return OK;
}

/* The same address with another `after`. */
static struct str next_url(struct req *rq, const struct rtype *t, int64_t after)
{
	BUF_AUTO b = BUF(65536);
	buf_printf(&b, "/api/v1/%s?after=%lld", t->name, (long long)after);
	for (size_t i = 0; i < rq->nquery; i++) {
		if (str_is(rq->params[i].name, "after"))
			continue;
		buf_char(&b, '&');
		html_url_part(&b, rq->params[i].name);
		buf_char(&b, '=');
		html_url_part(&b, rq->params[i].value);
	}
	return b.over ? STR_NONE : arena_str(rq->a, buf_view(&b));
}

enum err api_list(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	const struct rtype *t;
	struct see q;
	struct seen s;
	struct json j;
	TRY(api_path(rq, &t, NULL));
	TRY(api_query(rq, t, &q));
	TRY(see(c, &q, &s));
	if (t->level >= 3 && s.n)
		TRY(journal_later(c, "list", t->name, 0, arena_fmt(c->a, "{\"n\":%zu}", s.n)));
	api_answer(rs, &j);
	j_open(&j, '{');
	j_key(&j, "items");
	j_open(&j, '[');
	for (size_t i = 0; i < s.n; i++)
		j_record(&j, c, s.r[i]);
	j_close(&j, ']');
	j_key(&j, "next");
	struct str next = s.next ? next_url(rq, t, s.next) : STR_NONE;
	j_str(&j, next);
	j_close(&j, '}');
	if (next.n)
		resp_header(rs, rq, "Link", arena_fmt(c->a, "<%.*s>; rel=\"next\"", (int)next.n, next.p));
	return OK;
}

static enum err load(struct req *rq, struct resp *rs, struct rec **ret)
{
	const struct rtype *t;
	int64_t id;
	TRY(api_path(rq, &t, &id));
	return see_one(ctx_of(rq), t->name, id, ret);
}

enum err api_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct rec *r;
	struct json j;
	TRY(load(rq, rs, &r));
	if (r->t->level >= 3)
		TRY(journal_view(c, r));
	api_answer(rs, &j);
	api_etag(rq, rs, r);
	j_record(&j, c, r);
	return OK;
}

static const char *verb_label(const struct rtype *t, struct str verb)
{
	for (size_t i = 0; i < t->nsteps; i++)
		if (str_is(verb, t->steps[i].verb))
			return t->steps[i].label;
	return str_is(verb, "view") ? N_("Opened") : NULL;
}

enum err api_history(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct rec *r;
	struct journal_row *row;
	size_t n;
	struct json j;
	TRY(load(rq, rs, &r));
	TRY(journal_of(c, r->t->name, r->id, &row, &n));
	api_answer(rs, &j);
	j_open(&j, '{');
	j_key(&j, "items");
	j_open(&j, '[');
	for (size_t i = 0; i < n; i++) {
		const char *label = verb_label(r->t, row[i].verb);
		const struct { const char *k; struct str v; } words[] = {
			{ "verb", row[i].verb }, { "label", label ? str_of(TRC(c, label)) : row[i].verb }, { "role", row[i].role }, { "face", row[i].face },
			{ "outcome", row[i].outcome }, { "name", row[i].user ? row[i].name : STR_NONE },
		};
		j_open(&j, '{');
		j_key(&j, "seq");
		j_int(&j, row[i].seq);
		j_key(&j, "at");
		j_time(&j, row[i].ms);
		for (size_t k = 0; k < ARRAY_LEN(words); k++) {
			j_key(&j, words[k].k);
			j_str(&j, words[k].v);
		}
		j_key(&j, "user");
		j_id(&j, row[i].user);
		j_key(&j, "version");
		j_int(&j, row[i].version);
		/* As it stands in the journal: never personal text, only which field and plain codes. */
		j_key(&j, "change");
		j_raw(&j, row[i].body.n ? row[i].body : STR("{}"));
		j_close(&j, '}');
	}
	j_close(&j, ']');
	j_close(&j, '}');
	return OK;
}

static void put_field(struct json *j, const char *name, const char *label, bool need, struct ctx *c)
{
	j_open(j, '{');
	j_key(j, "name");
	j_cstr(j, name);
	j_key(j, "label");
	j_cstr(j, TRC(c, label));
	j_key(j, "need");
	j_bool(j, need);
	j_close(j, '}');
}

static void put_step(struct json *j, struct ctx *c, const struct rtype *t, const struct step *s)
{
	const char *at = s->fields;
	struct str w;
	bool need;
	j_open(j, '{');
	j_key(j, "verb");
	j_cstr(j, s->verb);
	j_key(j, "label");
	j_cstr(j, TRC(c, s->label));
	j_key(j, "to");
	j_str(j, strcmp(s->to, "?") == 0 || strcmp(s->to, "=") == 0 ? STR_NONE : str_of(s->to));
	j_key(j, "primary");
	j_bool(j, s->flags & STEP_PRIMARY);
	j_key(j, "danger");
	j_bool(j, s->flags & STEP_DANGER);
	j_key(j, "fresh");
	j_bool(j, s->flags & STEP_FRESH);
	j_key(j, "fields");
	j_open(j, '[');
	while (step_field(&at, &w, &need)) {
		int i = field_find(t, w);
		if (i >= 0)
			put_field(j, t->fields[i].name, t->fields[i].label, need, c);
		else if (!str_is(w, "*"))
			put_field(j, arena_cstr(c->a, w), str_is(w, "area") ? N_("Place") : str_is(w, "org") ? N_("Unit") : N_("Responsible person"), need, c);
		else
			for (size_t k = 0; k < t->nfields; k++)
				if (!(t->fields[k].flags & (FF_SYSTEM | FF_ONCE)) && t->fields[k].type != F_SECRET)
					put_field(j, t->fields[k].name, t->fields[k].label, false, c);
	}
	j_close(j, ']');
	j_close(j, '}');
}

enum err api_steps(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct rec *r;
	const struct step *s[48];
	struct json j;
	TRY(load(rq, rs, &r));
	size_t n = steps_open(c, r->t, r, s, ARRAY_LEN(s));
	api_answer(rs, &j);
	api_etag(rq, rs, r);
	j_open(&j, '{');
	j_key(&j, "state");
	j_str(&j, r->state);
	j_key(&j, "version");
	j_int(&j, r->version);
	j_key(&j, "items");
	j_open(&j, '[');
	for (size_t i = 0; i < n; i++)
		put_step(&j, c, r->t, s[i]);
	j_close(&j, ']');
	j_close(&j, '}');
	return OK;
}
