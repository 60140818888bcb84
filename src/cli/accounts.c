/* Why: what only the owner of the machine does: accounts, tokens, and the two checks that anybody may ask for. */
#include "cli/cli.h"
#include "people/login.h"
#include "people/people.h"
#include <stdio.h>
#include <stdlib.h>

struct holder { struct cli *x; int64_t user; bool fresh; /* has no log-in yet */ char secret[TOKEN_TEXT]; int64_t expires; const char *name; struct done made; };

static enum err find_login(struct cli *x, const char *login, int64_t *ret)
{
	struct db *d;
	TRY(store_reader(x->opened->store, &d, &x->f));
	int64_t user = 0;
	bool found = false;
	TRY(db_int(d, &x->f, "SELECT uid FROM login WHERE name = ?", ARGS(VS(str_of(login))), &user, &found));
	if (!found)
		return fail(&x->f, ERR_NOT_FOUND, N_("There is no account with this log-in name."), NULL);
	*ret = user;
	return OK;
}

static enum err add_account(struct ctx *c, void *arg)
{
	struct holder *k = arg;
	struct cli *x = k->x;
	const char *role = cli_opt(x, "role"), *org = cli_opt(x, "org"), *area = cli_opt(x, "area");
	int64_t unit = 0;
	if (org && (!str_int(str_of(org), &unit) || unit <= 0))
		return fail(c->f, ERR_INVALID, N_("--org takes the number of a unit; see: xiaoan user list."), NULL);
	if (!unit) {
		/* The very first account stands before any unit: the city federation is made with it. */
		bool found = false;
		TRY(db_int(c->db, c->f, "SELECT id FROM org ORDER BY id LIMIT 1", NOARGS, &unit, &found));
		if (!found) {
			struct done d;
			TRY(act(c, &(struct act){ .type = "org", .verb = "create", .area = str_of(area ? area : "320582"),
				INPUTS(INPUT("name", STR("市妇女联合会")), INPUT("kind", STR("city"))) }, &d));
			unit = d.id;
		}
	}
	TRY(act(c, &(struct act){ .type = "staff", .verb = "create", .org = unit, .area = str_of(area ? area : "320582"),
		INPUTS(INPUT("name", str_of(cli_opt(x, "name"))), INPUT("role", str_of(role)), INPUT("login", str_of(cli_opt(x, "login")))) }, &k->made));
	k->user = k->made.id;
	TRY(login_create(c->db, k->user, str_of(cli_opt(x, "login")), c->f));
	return setup_link_make(c->db, k->user, k->secret, c->f);
}

/* Somebody entered on the staff page has a log-in name there and no account until her first link is made. */
static enum err find_staff(struct ctx *c, const char *login, struct holder *k)
{
	struct seen s;
	enum err e = find_login(k->x, login, &k->user);
	if (e != ERR_NOT_FOUND)
		return e;
	struct filter by = { STR("login"), str_of(login) };
	TRY(see(c, &(struct see){ .type = "staff", .filters = &by, .nfilters = 1, .limit = 1 }, &s));
	if (!s.n || !rec_in(s.r[0], "active"))
		return e;
	fault_clear(c->f);
	k->user = s.r[0]->id;
	k->fresh = true;
	return OK;
}

static enum err new_link(struct ctx *c, void *arg)
{
	struct holder *k = arg;
	if (k->fresh)
		TRY(login_create(c->db, k->user, str_of(k->x->words[1]), c->f));
	TRY(setup_link_make(c->db, k->user, k->secret, c->f));
	return journal_note(c, "setup_link", "staff", k->user, "ok", STR("{}"));
}

static enum err close_account(struct ctx *c, void *arg)
{
	struct holder *k = arg;
	TRY(login_disable(c->db, k->user, c->f));
	return journal_note(c, "disable", "staff", k->user, "ok", STR("{}"));
}

static enum err unlock_account(struct ctx *c, void *arg)
{
	struct holder *k = arg;
	TRY(login_unlock(c->db, k->user, c->f));
	return journal_note(c, "unlock", "staff", k->user, "ok", STR("{}"));
}

static enum err drop_factor(struct ctx *c, void *arg)
{
	struct holder *k = arg;
	struct str reason = str_trim(str_of(cli_opt(k->x, "reason")));
	TRY(factor_drop(c->db, k->user, c->f));
	TRY(notice_put(c, k->user, 0, NULL, N_("Your second factor was taken off on the server itself. You set it up anew at the next log-in. If you did not ask for it: tell the auditor at once")));
	TRY(db_exec(c->db, c->f, "INSERT INTO factor_reset (id, uid, by_whom, ms, reason) VALUES (?, ?, 0, ?, ?)", ARGS(VI(id_new(c->now)), VI(k->user), VI(c->now), VS(utf8_head(reason, 200))), NULL));
	return journal_note(c, "factor_reset", "staff", k->user, "ok", STR("{}"));
}

static int say_link(struct cli *x, const struct holder *k)
{
	printf("%s\n  http://127.0.0.1:8080/setup/%s\n", tr(x->lang, N_("One-time link, good for 72 hours; give it to her in person:")), k->secret);
	return 0;
}

static int list_users(struct cli *x)
{
	struct ctx c;
	struct rows *q;
	enum err e = cli_ctx(x, &c);
	if (e == OK)
		e = db_rows(c.db, &x->f, "SELECT uid, name FROM login ORDER BY name", NOARGS, &q);
	if (e != OK)
		return cli_fail(x, e);
	struct { int64_t id; struct str name; } *v = NULL;
	size_t n = 0, cap = 0;
	for (bool more; (e = rows_next(q, &more)) == OK && more;) {
		__typeof__(*v) one = { rows_int(q, 0), arena_str(x->a, rows_text(q, 1)) };
		VEC_PUSH(x->a, v, n, cap, one);
	}
	rows_end(q);
	for (size_t i = 0; i < n; i++) {
		struct rec *r;
		if (see_one(&c, "staff", v[i].id, &r) != OK)
			continue;
		struct str role = rec_show(&c, r, field_at(r->t, "role")), unit = ref_label(&c, "org", r->org), place = area_label(&c, r->area);
		printf("%.*s\t%.*s\t%.*s (%lld)\t%.*s\n", (int)v[i].name.n, v[i].name.p, (int)role.n, role.p, (int)unit.n, unit.p, (long long)r->org, (int)place.n, place.p);
	}
	return e == OK ? 0 : cli_fail(x, e);
}

int cmd_user(struct cli *x)
{
	const char *what = x->nwords ? x->words[0] : "";
	struct holder k = { .x = x };
	struct ctx c;
	enum err e;
	if (strcmp(what, "list") == 0)
		return cli_open(x), list_users(x);
	if (strcmp(what, "add") == 0) {
		if (!cli_opt(x, "login") || !cli_opt(x, "name") || !cli_opt(x, "role"))
			return cli_usage(x, tr(x->lang, N_("--login, --name and --role are needed.")));
		cli_open(x);
		e = cli_ctx(x, &c);
		if (e == OK)
			e = ctx_write(&c, add_account, &k);
		return e == OK ? say_link(x, &k) : cli_fail(x, e);
	}
	static const struct { const char *word; enum err (*run)(struct ctx *, void *); } jobs[] = { { "link", new_link }, { "close", close_account }, { "unlock", unlock_account },
											  { "factor-off", drop_factor } };
	size_t i = 0;
	while (i < ARRAY_LEN(jobs) && strcmp(what, jobs[i].word) != 0)
		i++;
	if (i == ARRAY_LEN(jobs) || x->nwords < 2)
		return cli_usage(x, tr(x->lang, N_("Say list, add, link LOGIN, close LOGIN, unlock LOGIN or factor-off LOGIN.")));
	if (i == 3 && !cli_opt(x, "reason"))
		return cli_usage(x, tr(x->lang, N_("Please say why: --reason TEXT.")));
	cli_open(x);
	e = cli_ctx(x, &c);
	if (e == OK)
		e = i == 0 ? find_staff(&c, x->words[1], &k) : find_login(x, x->words[1], &k.user);
	if (e == OK)
		e = ctx_write(&c, jobs[i].run, &k);
	return e != OK ? cli_fail(x, e) : i == 0 ? say_link(x, &k) : 0;
}

static enum err make_token(struct ctx *c, void *arg)
{
	struct holder *k = arg;
	TRY(token_make(c->db, k->user, str_of(k->name), k->expires, k->secret, c->f));
	return journal_note(c, "token", "staff", k->user, "ok", STR("{}"));
}

static enum err revoke_token(struct ctx *c, void *arg)
{
	struct holder *k = arg;
	TRY(token_revoke(c->db, k->user, str_of(k->name), c->f));
	return journal_note(c, "token_revoke", "staff", k->user, "ok", STR("{}"));
}

static enum err list_tokens(struct cli *x, struct ctx *c, int64_t user)
{
	struct api_token *t;
	size_t n;
	TRY(token_list(c->db, x->a, user, &t, &n, &x->f));
	for (size_t i = 0; i < n; i++) {
		BUF_AUTO b = BUF(256);
		buf_str(&b, t[i].name);
		buf_char(&b, '\t');
		date_put(&b, t[i].created);
		buf_cstr(&b, " – ");
		date_put(&b, t[i].expires);
		puts(b.p);
	}
	return OK;
}

int cmd_token(struct cli *x)
{
	const char *what = x->nwords ? x->words[0] : "";
	struct holder k = { .x = x, .name = cli_opt(x, "name") };
	bool make = strcmp(what, "make") == 0, list = strcmp(what, "list") == 0, revoke = strcmp(what, "revoke") == 0;
	struct ctx c;
	if ((!make && !list && !revoke) || x->nwords < 2 || (!list && !k.name))
		return cli_usage(x, tr(x->lang, N_("Say make LOGIN --name NAME, list LOGIN or revoke LOGIN --name NAME.")));
	int64_t days = cli_int(x, "days", 365);
	k.expires = now_ms() + days * MS_DAY;
	cli_open(x);
	enum err e = cli_ctx(x, &c);
	if (e == OK)
		e = find_login(x, x->words[1], &k.user);
	if (e == OK)
		e = make ? ctx_write(&c, make_token, &k) : revoke ? ctx_write(&c, revoke_token, &k) : list_tokens(x, &c, k.user);
	if (e == OK && make)
		puts(k.secret);
	return e == OK ? 0 : cli_fail(x, e);
}

int cmd_record(struct cli *x)
{
	struct ctx c;
	struct rows_report r;
	if (x->nwords != 1 || strcmp(x->words[0], "verify") != 0)
		return cli_usage(x, tr(x->lang, N_("Say: record verify")));
	cli_open(x);
	enum err e = cli_ctx(x, &c);
	if (e == OK)
		e = record_verify(&c, NULL, &r);
	if (e != OK)
		return cli_fail(x, e);
	printf("%lld %s, %lld %s\n", (long long)r.records, tr(x->lang, N_("records")), (long long)r.wrong, tr(x->lang, N_("wrong")));
	if (r.wrong)
		puts(r.first);
	return r.wrong ? 1 : 0;
}

int cmd_tally(struct cli *x)
{
	struct ctx c;
	int64_t cells, wrong;
	struct str first;
	if (x->nwords != 1 || strcmp(x->words[0], "verify") != 0)
		return cli_usage(x, tr(x->lang, N_("Say: tally verify")));
	cli_open(x);
	enum err e = cli_ctx(x, &c);
	if (e == OK)
		e = tally_verify(&c, &cells, &wrong, &first);
	if (e != OK)
		return cli_fail(x, e);
	printf("%lld %s, %lld %s\n", (long long)cells, tr(x->lang, N_("cells")), (long long)wrong, tr(x->lang, N_("wrong")));
	if (wrong)
		printf("%.*s\n", (int)first.n, first.p);
	return wrong ? 1 : 0;
}
