/* Why: what has had its time is destroyed by two people, each with her own password, and a paper says what was done.
 * Invariants: who confirms is who gave that password; only city and security administrator may. */
#include "cli/cli.h"
#include "paper/paper.h"
#include "people/login.h"
#include "record/keystore.h"
#include "record/retention.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum err person(struct cli *x, struct ctx *c, int64_t *ret)
{
	const char *name = cli_opt(x, "login");
	struct login_found who = { 0 };
	struct rec *r;
	struct login_ask q = { .name = str_of(name ? name : ""), .password = cli_passphrase(x, "password-fd"), .remote = STR("cli"), .demo = true };
	if (cli_opt(x, "code"))
		q.code = str_of(cli_opt(x, "code"));
	if (!name || !q.password.n)
		return fail(&x->f, ERR_INVALID, N_("Please say who confirms: --login NAME --password-fd N."), NULL);
	TRY(login_check(c->app->store, c->app->keys, x->a, &q, &who, &x->f));
	if (who.need_code || !who.user)
		return fail(&x->f, ERR_AUTH, N_("Please give the one-time code too: --code N."), NULL);
	TRY(see_one(c, "staff", who.user, &r));
	enum role role = role_of(rec_str(c, r, "role"));
	if (role != ROLE_SECADMIN && role != ROLE_CITY)
		return fail(&x->f, ERR_DENIED, N_("Only the city federation and the security administrator may confirm this."), NULL);
	*ret = who.user;
	return OK;
}

static const char *state_word(struct str s)
{
	static const char *const said[][2] = { { "planned", N_("planned") }, { "approved", N_("approved") }, { "done", N_("carried out") }, { "due", N_("due") },
					       { "held", N_("held back") }, { "changed", N_("no longer due") } };
	for (size_t i = 0; i < ARRAY_LEN(said); i++)
		if (str_is(s, said[i][0]))
			return said[i][1];
	return N_("carried out");
}

static enum err show_items(struct cli *x, struct ctx *c, int64_t run)
{
	struct retention_item *v;
	size_t n;
	TRY(retention_items(c, run, &v, &n));
	for (size_t i = 0; i < n; i++)
		printf("%-20.*s %-24.*s %.10s  %.*s  %s\n", (int)v[i].number.n, v[i].number.p ? v[i].number.p : "", (int)v[i].type.n, v[i].type.p, datetime_str(x->a, v[i].since).p,
		       (int)v[i].rule.n, v[i].rule.p, tr(x->lang, state_word(v[i].state)));
	return OK;
}

static enum err plan(struct cli *x, struct ctx *c)
{
	int64_t run, n;
	TRY(retention_plan(c, 0, &run, &n));
	if (!run) {
		puts(tr(x->lang, N_("Nothing has had its time yet.")));
		return OK;
	}
	TRY(ctx_read(c));
	TRY(show_items(x, c, run));
	printf("%s %lld: %lld\n%s\n", tr(x->lang, N_("Destruction plan")), (long long)run, (long long)n, tr(x->lang, N_("Nothing was destroyed. Two people must approve it: xiaoan retention approve PLAN")));
	return OK;
}

static enum err list(struct cli *x, struct ctx *c)
{
	struct retention_run *v;
	size_t n;
	TRY(retention_list(c, &v, &n));
	for (size_t i = 0; i < n; i++)
		printf("%lld  %.10s  %s\n", (long long)v[i].id, datetime_str(x->a, v[i].made).p, tr(x->lang, state_word(v[i].state)));
	return OK;
}

static enum err approve(struct cli *x, struct ctx *c, int64_t run)
{
	int64_t who;
	bool done;
	TRY(person(x, c, &who));
	TRY(retention_approve(c, run, who, &done));
	puts(tr(x->lang, done ? N_("Approved. It can be carried out now: xiaoan retention run PLAN") : N_("Proposed. Another person must approve it.")));
	return OK;
}

/* What was destroyed, by whose word, and under which keys: for the file. No name and no word of those it was about. */
static enum err certificate(struct cli *x, struct ctx *c, int64_t run, const char *path)
{
	struct retention_run *v;
	struct retention_item *items;
	size_t n, k = 0, nitems;
	int64_t keys = 0, done = 0;
	char name[9];
	TRY(retention_list(c, &v, &n));
	while (k < n && v[k].id != run)
		k++;
	if (k == n || !str_is(v[k].state, "done"))
		return fail(&x->f, ERR_STATE, N_("There is a certificate only of a plan that was carried out."), NULL);
	TRY(retention_items(c, run, &items, &nitems));
	struct cell *cells = NEWN(x->a, struct cell, (nitems + 1) * 5);
	struct str head[] = { str_of(TRC(c, N_("Record number"))), str_of(TRC(c, N_("Since"))), str_of(TRC(c, N_("Rule and basis"))), str_of(TRC(c, N_("Data keys"))), str_of(TRC(c, N_("What the rule did"))) };
	double width[] = { 3, 2, 7, 1, 2 };
	for (size_t i = 0; i < nitems; i++) {
		struct cell *row = cells + i * 5;
		struct str label = code_label(c->app->codes, "retention", items[i].rule, c->lang), basis = code_more(c->app->codes, "retention", items[i].rule, "basis");
		row[0] = (struct cell){ .t = CELL_TEXT, .s = items[i].number };
		row[1] = (struct cell){ .t = CELL_DATE, .i = items[i].since };
		row[2] = (struct cell){ .t = CELL_TEXT, .s = arena_fmt(x->a, "%.*s %.*s", (int)label.n, label.p, (int)basis.n, basis.p ? basis.p : "") };
		row[3] = (struct cell){ .t = CELL_INT, .i = items[i].keys };
		row[4] = (struct cell){ .t = CELL_TEXT, .s = str_of(TRC(c, state_word(items[i].state))) };
		keys += items[i].keys;
		done += str_is(items[i].state, "done");
	}
	keyring_name(c->app->keys, name);
	struct str notes[] = {
		arena_fmt(x->a, "%s %lld · %s %lld · %s %s", TRC(c, N_("Records destroyed:")), (long long)done, TRC(c, N_("data keys destroyed:")), (long long)keys, TRC(c, N_("Root key")), name),
		arena_fmt(x->a, "%s %s · %s %s", TRC(c, N_("Proposed by")), arena_cstr(x->a, ref_label(c, "staff", v[k].proposer)), TRC(c, N_("approved by")), arena_cstr(x->a, ref_label(c, "staff", v[k].approver))),
		str_of(TRC(c, N_("The data keys were destroyed. What these records said can be read nowhere any more, in no older copy of the database either."))),
	};
	struct table t = { .title = str_of(TRC(c, N_("Certificate of destruction"))), .subtitle = arena_fmt(x->a, "%s %lld · %s", TRC(c, N_("Destruction plan")), (long long)run, datetime_str(x->a, v[k].finished).p),
			   .head = head, .width = width, .ncols = 5, .cells = cells, .nrows = nitems, .notes = notes, .nnotes = ARRAY_LEN(notes) };
	BUF_AUTO out = BUF((size_t)64 << 20);
	TRY(pdf_tables(&t, 1, false, &out, &x->f));
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write(fd, out.p, out.n) == (ssize_t)out.n;
	if (fd >= 0)
		close(fd);
	return ok ? OK : fail(&x->f, ERR_IO, N_("The file cannot be written."), "%s", path);
}

static enum err carry_out(struct cli *x, struct ctx *c, int64_t run)
{
	int64_t done, passed;
	TRY(retention_run(c, run, &done, &passed));
	printf("%s %lld; %s %lld\n", tr(x->lang, N_("Records destroyed:")), (long long)done, tr(x->lang, N_("passed over:")), (long long)passed);
	return OK;
}

static enum err hold(struct cli *x, struct ctx *c, bool on)
{
	int64_t who, id;
	if (!str_int(str_of(x->words[2]), &id))
		return fail(&x->f, ERR_INVALID, N_("Please enter a whole number."), NULL);
	TRY(person(x, c, &who));
	return retention_hold(c, x->words[1], id, on, str_of(cli_opt(x, "reason") ? cli_opt(x, "reason") : ""), who);
}

int cmd_retention(struct cli *x)
{
	const char *what = x->nwords ? x->words[0] : "";
	int64_t run = 0;
	struct ctx c;
	bool one = x->nwords == 2 && str_int(str_of(x->words[1]), &run);
	bool known = x->nwords == 1 ? !strcmp(what, "plan") || !strcmp(what, "list")
		     : one	    ? !strcmp(what, "show") || !strcmp(what, "approve") || !strcmp(what, "run") || (!strcmp(what, "certificate") && cli_opt(x, "o"))
				    : x->nwords == 3 && (!strcmp(what, "hold") || !strcmp(what, "release"));
	if (!known)
		return cli_usage(x, tr(x->lang, N_("There is no such command.")));
	(void)cli_open(x);
	enum err e = cli_ctx(x, &c);
	if (e == OK)
		e = !strcmp(what, "plan")	   ? plan(x, &c)
		    : !strcmp(what, "list")	   ? list(x, &c)
		    : !strcmp(what, "show")	   ? show_items(x, &c, run)
		    : !strcmp(what, "approve")	   ? approve(x, &c, run)
		    : !strcmp(what, "run")	   ? carry_out(x, &c, run)
		    : !strcmp(what, "certificate") ? certificate(x, &c, run, cli_opt(x, "o"))
						   : hold(x, &c, !strcmp(what, "hold"));
	return e == OK ? 0 : cli_fail(x, e);
}
