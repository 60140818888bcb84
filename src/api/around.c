/* Why: what belongs to no one record: code lists, places, who am I, what is due. */
#include "api/inner.h"
#include "people/login.h"
#include "report/safety.h"
#include "sense/clue.h"
#include "sense/outlet.h"

enum err api_codes(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	size_t n;
	struct json j;
	const struct code *k = codes_list(c->app->codes, arena_cstr(c->a, req_path(rq, "list")), &n);
	if (!k)
		return fail(&rq->fault, ERR_NOT_FOUND, N_("There is no such code list."), NULL);
	api_answer(rs, &j);
	j_open(&j, '{');
	j_key(&j, "items");
	j_open(&j, '[');
	for (size_t i = 0; i < n; i++) {
		j_open(&j, '{');
		j_key(&j, "code");
		j_str(&j, k[i].code);
		j_key(&j, "label");
		j_str(&j, c->lang == LANG_ZH ? k[i].zh : k[i].en);
		if (k[i].parent.n) {
			j_key(&j, "parent");
			j_str(&j, k[i].parent);
		}
		j_close(&j, '}');
	}
	j_close(&j, ']');
	j_close(&j, '}');
	return OK;
}

/* The division right above by its digits: community 12, town 9, county 6. */
static bool right_under(struct str code, struct str under)
{
	if (!under.n)
		return code.n <= 6;
	size_t above = code.n > 12 ? 12 : code.n > 9 ? 9 : code.n > 6 ? 6 : code.n > 4 ? 4 : code.n > 2 ? 2 : 0;
	return under.n == above && code.n > under.n && memcmp(code.p, under.p, under.n) == 0;
}

enum err api_areas(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct str under = req_param(rq, "under");
	size_t n;
	struct json j;
	const struct code *k = codes_list(c->app->codes, "area", &n);
	if (under.n && !code_find(c->app->codes, "area", under)) {
		fault_field(&rq->fault, "under", N_("There is no area with the code “%s”."), arena_cstr(c->a, utf8_head(under, 20)));
		return fail(&rq->fault, ERR_INVALID, NULL, NULL);
	}
	api_answer(rs, &j);
	j_open(&j, '{');
	j_key(&j, "items");
	j_open(&j, '[');
	for (size_t i = 0; k && i < n; i++) {
		if (!right_under(k[i].code, under))
			continue;
		j_open(&j, '{');
		j_key(&j, "code");
		j_str(&j, k[i].code);
		j_key(&j, "name");
		j_str(&j, k[i].zh);
		j_close(&j, '}');
	}
	j_close(&j, ']');
	j_close(&j, '}');
	return OK;
}

static bool may_create(const struct ctx *c, const struct rtype *t)
{
	for (size_t i = 0; i < t->nsteps; i++)
		if (!t->steps[i].from[0] && !(t->steps[i].flags & STEP_INTERNAL) && (t->steps[i].roles & 1u << c->actor->role))
			return true;
	return false;
}

enum err api_me(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	const struct actor *w = c->actor;
	struct json j;
	const struct { const char *k; struct str v; } words[] = {
		{ "name", w->name }, { "role", str_of(role_name(w->role)) }, { "role_label", code_label(c->app->codes, "role", str_of(role_name(w->role)), c->lang) },
		{ "org_label", ref_label(c, "org", w->org) }, { "area", str_of(w->area) }, { "area_label", area_label(c, str_of(w->area)) },
	};
	api_answer(rs, &j);
	j_open(&j, '{');
	j_key(&j, "user");
	j_id(&j, w->user);
	j_key(&j, "org");
	j_id(&j, w->org);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		j_key(&j, words[i].k);
		j_str(&j, words[i].v);
	}
	j_key(&j, "types");
	j_open(&j, '[');
	for (const struct rtype *const *t = c->app->types; *t; t++) {
		bool create = may_create(c, *t), read = type_readable(c, *t);
		if (!create && !read)
			continue;
		j_open(&j, '{');
		j_key(&j, "type");
		j_cstr(&j, (*t)->name);
		j_key(&j, "label");
		j_cstr(&j, TRC(c, (*t)->label));
		j_key(&j, "read");
		j_bool(&j, read);
		j_key(&j, "create");
		j_bool(&j, create);
		j_close(&j, '}');
	}
	j_close(&j, ']');
	j_close(&j, '}');
	return OK;
}

/* Whose clocks a post answers for, as on its workbench: mine, my unit's, or all below. */
static enum scope due_scope(const struct ctx *c, struct str want)
{
	enum role r = c->actor->role;
	enum scope most = R_FED & 1u << r ? SC_AREA : r == ROLE_LIAISON ? SC_ORG : (R(GRID) | R(MEDIATOR) | R(HOTLINE)) & 1u << r ? SC_OWN : SC_NONE;
	if (most == SC_NONE)
		return SC_NONE;
	if (str_is(want, "own"))
		return SC_OWN;
	if (str_is(want, "area"))
		return most == SC_AREA ? SC_AREA : SC_NONE;
	if (str_is(want, "org"))
		return most == SC_OWN ? SC_NONE : SC_ORG;
	return most == SC_OWN ? SC_OWN : SC_ORG;
}

static void put_clock(struct json *j, struct ctx *c, const struct due *d, const struct rec *r)
{
	static const char *const lights[] = { "none", "green", "yellow", "red" };
	const struct { const char *k; struct str v; } words[] = {
		{ "type", d->type }, { "title", rec_title(c, r) }, { "rule", d->rule }, { "label", due_rule_label(c, d->rule) },
		{ "light", str_of(lights[due_light(c, d)]) }, { "explain", due_explain(c, d) },
	};
	j_open(j, '{');
	j_key(j, "id");
	j_id(j, d->rid);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		j_key(j, words[i].k);
		j_str(j, words[i].v);
	}
	j_key(j, "start");
	j_time(j, d->start);
	j_key(j, "due");
	j_time(j, d->due);
	j_key(j, "first_due");
	j_time(j, d->first_due);
	j_key(j, "late");
	j_bool(j, d->due < c->now);
	j_key(j, "level");
	j_int(j, d->level);
	j_close(j, '}');
}

static enum err due_query(struct req *rq, struct str *ret_scope, bool *ret_late, int *ret_limit)
{
	int64_t n = 50;
	struct str scope = req_param(rq, "scope"), late = req_param(rq, "late"), limit = req_param(rq, "limit");
	if (scope.n && !str_is(scope, "own") && !str_is(scope, "org") && !str_is(scope, "area"))
		fault_field(&rq->fault, "scope", N_("“%s” is not possible here."), arena_cstr(rq->a, utf8_head(scope, 20)));
	if (late.n && !str_is(late, "true") && !str_is(late, "false") && !str_is(late, "1") && !str_is(late, "0"))
		fault_field(&rq->fault, "late", N_("Please say true or false."), NULL);
	if (limit.n && (!str_int(limit, &n) || n < 1 || n > 200))
		fault_field(&rq->fault, "limit", N_("The number must lie between %s."), "1 – 200");
	if (rq->fault.nfields)
		return fail(&rq->fault, ERR_INVALID, NULL, NULL);
	*ret_scope = scope;
	*ret_late = str_is(late, "true") || str_is(late, "1");
	*ret_limit = (int)n;
	return OK;
}

enum err api_due(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct str scope = STR_NONE;
	struct due *d = NULL;
	size_t n = 0;
	bool late = false;
	int limit = 0;
	struct json j;
	TRY(due_query(rq, &scope, &late, &limit));
	enum scope s = due_scope(c, scope);
	if (s != SC_NONE)
		TRY(due_mine(c, s, late, limit, &d, &n));
	api_answer(rs, &j);
	j_open(&j, '{');
	j_key(&j, "items");
	j_open(&j, '[');
	for (size_t i = 0; i < n; i++) {
		struct rec *r;
		TRY(see_if(c, arena_cstr(c->a, d[i].type), d[i].rid, &r));
		if (r)      /* a clock on what one may not open is not shown */
			put_clock(&j, c, &d[i], r);
	}
	j_close(&j, ']');
	j_close(&j, '}');
	return OK;
}

/* ---- who holds the token shows that it is she (S6) ---- */

struct stepping { int64_t user; struct str code; unsigned char token[32]; bool right; };

static enum err code_job(struct ctx *c, void *arg)
{
	struct stepping *p = arg;
	return login_code_use(c->db, c->app->keys, c->a, p->user, p->code, &p->right, c->f);
}

static enum err right_job(struct ctx *c, void *arg)
{
	const struct stepping *p = arg;
	TRY(token_step_up(c->db, p->token, c->f));
	return journal_note(c, "fresh", "staff", p->user, "ok", STR("{}"));
}

/* The texts of a small object that was sent, by name; absent where there is none. */
static void small_object(struct req *rq, const char *const *name, struct str *ret, size_t n)
{
	json_error_t bad;
	json_t *j = rq->body.n && rq->body.n < 4096 ? json_loadb(rq->body.p, rq->body.n, JSON_REJECT_DUPLICATES, &bad) : NULL;
	for (size_t i = 0; i < n; i++) {
		const char *v = json_string_value(json_object_get(j, name[i]));
		ret[i] = v ? arena_str(rq->a, str_of(v)) : STR_NONE;
	}
	json_decref(j);
}

/* {"proof": "123456"}: the one-time code of who has a second factor, else the password. */
static enum err proof_of(struct req *rq, struct str *ret)
{
	small_object(rq, (const char *const[]){ "proof" }, ret, 1);
	if (ret->n)
		return OK;
	fault_field(&rq->fault, "proof", N_("Please send {\"proof\": …}: the one-time code, or the password of who has no second factor."), NULL);
	return fail(&rq->fault, ERR_INVALID, NULL, NULL);
}

enum err api_step_up(struct req *rq, struct resp *rs)
{
	struct face *fc = face_of(rq);
	struct ctx *c = ctx_of(rq);
	struct account k;
	struct json j;
	struct stepping p = { .user = fc->actor.user };
	int64_t minutes;
	memcpy(p.token, fc->session, sizeof p.token);
	TRY(proof_of(rq, &p.code));
	TRY(account_of(c->db, c->a, p.user, &k, c->f));
	if (k.factor)
		TRY(ctx_write(c, code_job, &p));
	else
		TRY(login_password_right(c->app->store, c->app->keys, rq->a, p.user, p.code, &p.right, &rq->fault));
	if (!p.right) {
		(void)!journal_note(c, "fresh", "staff", p.user, "refused", STR("{}"));
		fault_field(&rq->fault, "proof", k.factor ? N_("The code is wrong or was used already. Wait for the next one.") : N_("The password is not right."), NULL);
		return fail(&rq->fault, ERR_INVALID, NULL, NULL);
	}
	TRY(ctx_write(c, right_job, &p));
	TRY(setting_count(c, "fresh.minutes", FRESH_MINUTES, 1, 60, &minutes));
	api_answer(rs, &j);
	j_open(&j, '{');
	j_key(&j, "until");
	j_time(&j, now_ms() + minutes * MS_MINUTE);
	j_close(&j, '}');
	return OK;
}

struct ringing { struct call_event e; int64_t id; };

static enum err ring(struct ctx *c, void *arg)
{
	struct ringing *k = arg;
	return call_event(c, &k->e, &k->id);
}

/* {"ref": …, "event": "ring", "from": …, "line": …}: what the telephone system tells. */
enum err api_call_event(struct req *rq, struct resp *rs)
{
	static const char *const events[] = { [CALL_RING] = "ring", [CALL_ANSWER] = "answer", [CALL_MISS] = "miss", [CALL_END] = "end" };
	static const char *const names[] = { "event", "ref", "from", "line" };
	struct str v[ARRAY_LEN(names)];
	small_object(rq, names, v, ARRAY_LEN(names));
	struct ringing k = { .e = { .ref = v[1], .phone = v[2], .line = v[3] } };
	size_t at = 0;
	while (at < ARRAY_LEN(events) && !str_is(v[0], events[at]))
		at++;
	if (at == ARRAY_LEN(events))
		fault_field(&rq->fault, "event", N_("Please send {\"ref\": …, \"event\": …}: ring, answer, miss or end."), NULL);
	if (!k.e.ref.n)
		fault_field(&rq->fault, "ref", N_("Please fill this in."), NULL);
	if (rq->fault.nfields)
		return fail(&rq->fault, ERR_INVALID, NULL, NULL);
	k.e.what = (enum call_what)at;
	TRY(ctx_write(ctx_of(rq), ring, &k));
	struct json j;
	api_answer(rs, &j);
	j_open(&j, '{');
	j_key(&j, "id");
	j_str(&j, arena_fmt(rq->a, "%lld", (long long)k.id));
	j_close(&j, '}');
	return OK;
}

/* JSON lines of public posts, from who holds the key of a source (header X-Feed-Key). What came before is passed over, so a lot may be sent again. */
enum err api_public_posts(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct outlet_taken all = { 0 };
	struct rec *outlet;
	size_t bad_at = 0, lines = 0;
	TRY(outlet_by_key(c, req_header(rq, "X-Feed-Key"), &outlet));
	enum err e = OK;
	for (size_t from = 0; from < rq->body.n && e == OK;) {
		struct outlet_posts p;
		struct outlet_taken t = { 0 };
		e = outlet_parse(c->a, OUTLET_LINES, (struct str){ rq->body.p + from, rq->body.n - from }, c->now, &p, c->f);
		if (e == OK)
			e = outlet_take(c, outlet, &p, &t);
		bad_at = bad_at || !p.bad ? bad_at : lines + p.first_bad;
		lines += p.n + p.bad;
		from += e == OK && p.used ? p.used : rq->body.n;
		all = (struct outlet_taken){ all.seen + t.seen, all.again + t.again, all.kept + t.kept, all.copies + t.copies, all.dropped + t.dropped, all.bad + t.bad };
	}
	struct fault keep = *c->f;
	enum err noted = outlet_note(c, outlet->id, e, &all);
	*c->f = keep;
	TRY(e);
	TRY(noted);
	struct json j;
	api_answer(rs, &j);
	j_open(&j, '{');
	const struct { const char *name; int64_t n; } v[] = { { "seen", all.seen }, { "again", all.again }, { "kept", all.kept }, { "copies", all.copies }, { "dropped", all.dropped }, { "bad", all.bad }, { "first_bad", (int64_t)bad_at } };
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		j_key(&j, v[i].name);
		j_int(&j, v[i].n);
	}
	j_close(&j, '}');
	return OK;
}

enum err api_safety(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct safety_place at = safety_here(c);
	struct finding v[SAFETY_MAX];
	struct json j;
	size_t n;
	enum grave worst;
	safety_run(c, &at, v, &n, &worst);
	api_answer(rs, &j);
	safety_json(c, v, n, worst, &rs->body);
	return OK;
}
