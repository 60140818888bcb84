/* Why: there is no account that everybody knows the password of (S7). Whoever starts the server for the first time gets an address
 * good for half an hour and one use; behind it stand the three administrators that GB/T 22239-2019 8.1.4.2 d wants apart.
 * Invariants: nothing else answers before (face.c); three different persons, or nobody; each sets her own password by her own link. */
#include "face/inner.h"
#include "people/login.h"
#include "people/people.h"
#include "templates.h"
#include <stdio.h>

static const struct { const char *key, *role, *post, *duty; } posts[3] = {
	{ "admin", "admin", N_("System administrator"), N_("Keeps the machine, units and accounts. Sees no case.") },
	{ "secadmin", "secadmin", N_("Security administrator"), N_("Settles rights, second factors, exports and emergency openings. Sees no case.") },
	{ "auditor", "auditor", N_("Auditor"), N_("Reads the journal of what all others do, the two above with them. Sees no case.") },
};

static struct first_page page_of(struct req *rq)
{
	struct ctx *c = ctx_of(rq);
	struct first_page m = { .key = req_path(rq, "key"), .federation = str_trim(req_param(rq, "federation")), .area = str_trim(req_param(rq, "area")) };
	for (int i = 0; i < 3; i++) {
		char *name = arena_printf(rq->a, "%s_name", posts[i].key), *login = arena_printf(rq->a, "%s_login", posts[i].key), *phone = arena_printf(rq->a, "%s_phone", posts[i].key);
		m.p[i] = (struct first_person){ .key = posts[i].key, .post = TRC(c, posts[i].post), .duty = TRC(c, posts[i].duty), .name = str_trim(req_param(rq, name)),
						.login = str_trim(req_param(rq, login)), .phone = str_trim(req_param(rq, phone)) };
	}
	return m;
}

static enum err show(struct req *rq, struct resp *rs, struct first_page *m, bool done)
{
	TRY(face_shell(rq, done ? N_("Set up") : N_("Setting up")));
	if (done)
		t_first_done_page(&rs->body, &face_of(rq)->v, m);
	else
		t_first_page(&rs->body, &face_of(rq)->v, m);
	if (!done && m->error.n)
		rs->status = 422;
	return OK;
}

enum err first_get(struct req *rq, struct resp *rs)
{
	struct first_page m;
	TRY(first_run_peek(rq->db, req_path(rq, "key"), &rq->fault));
	m = page_of(rq);
	return show(rq, rs, &m, false);
}

/* What act() said of one person, put beside her fields. */
static void place_faults(struct ctx *c, struct first_person *p)
{
	static const char *const fields[] = { "name", "login", "phone" };
	for (int i = 0; i < c->f->nfields; i++) {
		const struct fault_field *f = &c->f->fields[i];
		int at = 0;
		for (int k = 0; k < 3; k++)
			at = strcmp(f->field, fields[k]) == 0 ? k : at;
		p->error[at] = face_text(c, f->msg, f->arg);
	}
}

static bool alike(struct str a, struct str b) { return a.n && str_eq(a, b); }

static bool complete(struct ctx *c, struct first_page *m)
{
	bool ok = true;
	const char *need = N_("Please fill this in."), *twice = N_("Three different persons: nobody holds two of these posts.");
	for (int i = 0; i < 3; i++) {
		struct first_person *p = &m->p[i];
		const struct str *v[3] = { &p->name, &p->login, &p->phone };
		for (int k = 0; k < 3; k++)
			if (!v[k]->n)
				p->error[k] = str_of(TRC(c, need)), ok = false;
		for (int j = 0; j < i; j++) {
			const struct first_person *o = &m->p[j];
			const struct str *w[3] = { &o->name, &o->login, &o->phone };
			for (int k = 0; k < 3; k++)
				if (alike(*v[k], *w[k]))
					p->error[k] = str_of(TRC(c, twice)), ok = false;
		}
	}
	if (!m->federation.n)
		m->area_error = str_of(TRC(c, need)), ok = false;
	return ok;
}

static enum err make_job(struct ctx *c, void *arg)
{
	struct first_page *m = arg;
	struct done d;
	TRY(first_run_use(c->db, m->key, c->f));
	enum err e = act(c, &(struct act){ .type = "org", .verb = "create", .area = m->area,
		INPUTS(INPUT("name", m->federation), INPUT("kind", STR("city")), INPUT("area", m->area)) }, &d);
	if (e == ERR_INVALID && c->f->nfields)
		m->area_error = face_text(c, c->f->fields[0].msg, c->f->fields[0].arg);
	TRY(e);
	int64_t org = d.id;
	for (int i = 0; i < 3; i++) {
		struct first_person *p = &m->p[i];
		char link[TOKEN_TEXT];
		e = act(c, &(struct act){ .type = "staff", .verb = "create", .org = org, .area = m->area,
			INPUTS(INPUT("name", p->name), INPUT("role", str_of(posts[i].role)), INPUT("login", p->login), INPUT("phone", p->phone)) }, &d);
		if (e == OK)
			e = login_create(c->db, d.id, p->login, c->f);
		if (e == ERR_INVALID)
			place_faults(c, p);
		TRY(e);
		TRY(setup_link_make(c->db, d.id, link, c->f));
		p->link = arena_str(c->a, str_of(link));
	}
	return journal_note(c, "first_run", "", 0, "ok", STR("{}"));
}

enum err first_post(struct req *rq, struct resp *rs)
{
	struct face *fc = face_of(rq);
	struct ctx *c = ctx_of(rq);
	TRY(first_run_peek(rq->db, req_path(rq, "key"), &rq->fault));
	struct first_page m = page_of(rq);
	if (!complete(c, &m)) {
		m.error = str_of(TRC(c, N_("Please see what is marked in red.")));
		return show(rq, rs, &m, false);
	}
	c->actor = &actor_system;
	enum err e = ctx_write(c, make_job, &m);
	c->actor = &fc->actor;
	if (e == ERR_INVALID || e == ERR_DUPLICATE) {
		m.error = rq->fault.nfields ? str_of(TRC(c, N_("Please see what is marked in red."))) : face_fault(c, e, &rq->fault);
		fault_clear(&rq->fault);
		return show(rq, rs, &m, false);
	}
	TRY(e);
	c->app->first = false;
	m.host = arena_fmt(rq->a, "%s://%.*s", req_tls(rq) ? "https" : "http", (int)req_header(rq, "Host").n, req_header(rq, "Host").p ? req_header(rq, "Host").p : "");
	return show(rq, rs, &m, true);
}
