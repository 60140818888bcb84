/* Why: the journal is only worth what can be carried out of the machine: heads, exports, the public key. */
#include "cli/cli.h"
#include "report/slip.h"
#include <stdio.h>
#include <unistd.h>

static int no_write(struct cli *x, const char *path)
{
	fprintf(stderr, "xiaoan: %s: %s\n", path ? path : "stdout", tr(x->lang, N_("The file could not be written.")));
	return 1;
}

/* What is written to a file stands on the disk before the command says so. */
static bool close_out(FILE *f)
{
	bool ok = fflush(f) == 0 && (f == stdout || fsync(fileno(f)) == 0);
	return f == stdout ? ok : fclose(f) == 0 && ok;
}

static int verify(struct cli *x, struct ctx *c)
{
	struct journal_report r;
	enum err e = journal_verify(c, &r);
	if (e != OK)
		return cli_fail(x, e);
	BUF_AUTO b = BUF(1024);
	if (r.why) {
		buf_msg(&b, tr(x->lang, r.why), str_of(r.arg), STR_NONE);
		printf("%s%s%s\n", tr(x->lang, N_("The journal is broken")), x->lang == LANG_ZH ? "：" : ": ", b.p);
		return 1;
	}
	hex_put(&b, r.root, 32);
	printf("%s\n%llu\n%s\n", tr(x->lang, N_("The journal is whole: entries, root")), (unsigned long long)r.size, b.p);
	return 0;
}

static enum err note(struct ctx *c, void *arg) { return journal_note(c, "export", "journal", 0, "ok", *(struct str *)arg); }

static int head(struct cli *x, struct ctx *c)
{
	const char *to = cli_opt(x, "o");
	struct tree_head h;
	bool found = false;
	BUF_AUTO b = BUF((size_t)32 << 20);
	struct str what = cli_opt(x, "pdf") ? STR("{\"what\":\"slip\"}") : STR("{\"what\":\"head\"}");
	enum err e = ctx_write(c, note, &what);
	if (e == OK)
		e = head_tick(c, true);
	if (e == OK)
		e = head_last(c, &h, &found);
	if (e == OK && !found)
		e = fail(&x->f, ERR_NOT_FOUND, N_("The journal is empty: there is nothing to sign."), NULL);
	if (e == OK && cli_opt(x, "pdf"))
		e = slip_pdf(c, &h, &b);
	else if (e == OK) {
		head_json(c, &h, &b);
		buf_char(&b, '\n');
	}
	if (e != OK)
		return cli_fail(x, e);
	FILE *f = to ? fopen(to, "wb") : stdout;
	bool ok = f && fwrite(b.p, 1, b.n, f) == b.n;
	if (f)
		ok = close_out(f) && ok;
	return ok ? 0 : no_write(x, to);
}

static enum err to_file(void *arg, struct str piece) { return fwrite(piece.p, 1, piece.n, arg) == piece.n ? OK : ERR_IO; }

static int export(struct cli *x, struct ctx *c)
{
	const char *to = cli_opt(x, "o");
	int64_t from = cli_int(x, "from", 0), last = cli_int(x, "to", 0);
	struct str what = arena_fmt(x->a, "{\"what\":\"entries\",\"from\":%lld,\"to\":%lld}", (long long)from, (long long)last);
	enum err e = ctx_write(c, note, &what);
	if (e == OK)
		e = head_tick(c, true);
	if (e != OK)
		return cli_fail(x, e);
	FILE *f = to ? fopen(to, "wb") : stdout;
	if (!f)
		return no_write(x, to);
	e = journal_export(c, (struct journal_span){ from, last, cli_int(x, "since", 0) }, to_file, f);
	bool ok = close_out(f);
	return e == ERR_IO || (e == OK && !ok) ? no_write(x, to) : e != OK ? cli_fail(x, e) : 0;
}

static int key(struct cli *x)
{
	unsigned char pub[32];
	BUF_AUTO b = BUF(128);
	head_public_key(x->opened->keys, pub);
	hex_put(&b, pub, 32);
	printf("%s\n", b.p);
	return 0;
}

int cmd_journal(struct cli *x)
{
	static const char *const known[] = { "verify", "head", "export", "key" };
	struct ctx c;
	size_t i = 0;
	while (i < ARRAY_LEN(known) && (x->nwords != 1 || strcmp(x->words[0], known[i]) != 0))
		i++;
	if (i == ARRAY_LEN(known))
		return cli_usage(x, tr(x->lang, N_("Say: journal verify, head, export or key")));
	cli_open(x);
	enum err e = cli_ctx(x, &c);
	if (e != OK)
		return cli_fail(x, e);
	return i == 0 ? verify(x, &c) : i == 1 ? head(x, &c) : i == 2 ? export(x, &c) : key(x);
}
