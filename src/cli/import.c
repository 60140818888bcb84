/* Why: the same import without a browser: for a file too large to upload, or one that comes every night.
 * Invariants: the same rules as on the page; killed and started again with the same file it goes on where it was. */
#include "cli/cli.h"
#include "sense/import.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct show { struct cli *x; bool json, tty; int64_t told; struct buf bad; };

static struct str reason_of(struct cli *x, const struct import_verdict *v)
{
	BUF_AUTO b = BUF(2048);
	buf_msg(&b, tr(x->lang, v->reason), str_of(v->arg), STR_NONE);
	return arena_str(x->a, buf_view(&b));
}

static const char *field_label(struct cli *x, const char *name)
{
	enum import_field f = import_field_of(str_of(name));
	return f ? tr(x->lang, import_field_label(f)) : name;
}

static void tell_bad(void *arg, const struct import_verdict *v)
{
	struct show *s = arg;
	if (v->outcome != IMPORT_BAD)
		return;
	struct str why = reason_of(s->x, v);
	if (s->json) {
		buf_printf(&s->bad, "%s{\"row\":%lld,\"field\":", s->bad.n ? "," : "", (long long)v->row);
		json_str(&s->bad, str_of(v->column));
		buf_cstr(&s->bad, ",\"reason\":");
		json_str(&s->bad, why);
		buf_char(&s->bad, '}');
	} else {
		fprintf(stderr, "%s %lld: %s%s%.*s\n", tr(s->x->lang, N_("row")), (long long)v->row, field_label(s->x, v->column), v->column[0] ? ": " : "", (int)why.n, why.p);
	}
}

static void tell_progress(void *arg, const struct import_counts *n)
{
	struct show *s = arg;
	if (s->json || !s->tty || mono_ms() - s->told < 200)
		return;
	s->told = mono_ms();
	fprintf(stderr, "\r%lld: +%lld  =%lld  !%lld ", (long long)n->rows, (long long)n->good, (long long)n->dup, (long long)n->bad);
}

/* ---- preview ---- */

static void tell_row(void *arg, const struct import_verdict *v)
{
	struct show *s = arg;
	struct cli *x = s->x;
	if (s->json)
		return;
	static const char *const word[] = { N_("new"), N_("there already"), N_("bad") };
	printf("%5lld  [%s]", (long long)v->row, tr(x->lang, word[v->outcome]));
	if (v->outcome == IMPORT_BAD) {
		struct str why = reason_of(x, v);
		printf(" %.*s", (int)why.n, why.p);
	}
	putchar('\n');
	for (int f = 1; f < IM_COUNT; f++) {
		struct str head = utf8_head(v->values[f], 60);
		if (!head.n)
			continue;
		printf("         %s: ", tr(x->lang, import_field_label((enum import_field)f)));
		for (size_t i = 0; i < head.n; i++)
			putchar(head.p[i] == '\n' || head.p[i] == '\t' ? ' ' : head.p[i]);
		printf("%s\n", head.n < v->values[f].n ? "…" : "");
	}
}

static void tell_map(struct cli *x, const struct tab *t, const struct import_map *m)
{
	static const char *const format[] = { "XLSX", "CSV", "JSON lines" };
	printf("%s %s\n", format[t->format], t->encoding);
	for (size_t i = 0; i < t->ncols; i++)
		printf("  %-4zu %.*s → %s%s%s\n", i, (int)t->head[i].n, t->head[i].p, tr(x->lang, import_field_label((enum import_field)m->field[i])),
		       m->field[i] ? "  " : "", import_field_name((enum import_field)m->field[i]));
}

/* ---- */

static enum err map_file(struct cli *x, const char *path, struct str *ret)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		if (fd >= 0)
			close(fd);
		return fail(&x->f, ERR_IO, N_("The file cannot be read."), "%.200s", path);
	}
	if (st.st_size == 0) {
		close(fd);
		return fail(&x->f, ERR_INVALID, N_("The file is empty."), NULL);
	}
	void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return fail(&x->f, ERR_IO, N_("The file cannot be read."), "mmap: errno %d", errno);
	*ret = (struct str){ p, (size_t)st.st_size };
	return OK;
}

static enum err choose_map(struct cli *x, struct ctx *c, const struct tab *t, struct str channel, struct import_map *m)
{
	const char *given = cli_opt(x, "map");
	bool found = false;
	if (given)
		return import_map_parse(t, str_of(given), m, &x->f);
	TRY(import_map_recall(c, channel, t, m, &found));
	return found ? OK : import_guess(t, m, &x->f);
}

static void result_json(struct cli *x, const struct import_counts *n, const struct show *s, bool dry)
{
	printf("{\"rows\":%lld,\"imported\":%lld,\"duplicates\":%lld,\"bad\":%lld,\"warnings\":%lld,\"dry_run\":%s,\"errors\":[%s]}\n", (long long)n->rows, (long long)n->good,
	       (long long)n->dup, (long long)n->bad, (long long)n->warned, dry ? "true" : "false", s->bad.n ? s->bad.p : "");
	(void)x;
}

static void result_text(struct cli *x, const struct import_counts *n, bool dry)
{
	printf("%s: %lld · %s: %lld · %s: %lld · %s: %lld · %s: %lld\n", tr(x->lang, N_("rows")), (long long)n->rows, tr(x->lang, N_("imported")), (long long)n->good,
	       tr(x->lang, N_("there already")), (long long)n->dup, tr(x->lang, N_("bad")), (long long)n->bad, tr(x->lang, N_("with a note")), (long long)n->warned);
	if (dry)
		printf("%s\n", tr(x->lang, N_("Tried only: nothing was kept.")));
}

static enum err run(struct cli *x, struct ctx *c, struct import_run *r, const char *path, struct str bytes, struct show *s, struct import_counts *ret)
{
	struct import_batch b = { 0 };
	bool more;
	const char *name = strrchr(path, '/');
	if (r->dry) {
		struct import_run first = *r;
		struct import_counts n;
		first.limit = 10;
		first.each = tell_row;
		first.progress = NULL;
		TRY(import_run(c, &first, &n, &more));
		return import_run(c, r, ret, &more);
	}
	TRY(import_begin(c, str_of(name ? name + 1 : path), r->channel, bytes, &b));
	TRY(import_start(c, &b, r->tab, &r->map, r->area, false));
	r->batch = b.id;
	r->start = b.n;
	r->start.rows = b.n.good + b.n.bad + b.n.dup;
	enum err e = import_run(c, r, ret, &more);
	if (e == OK)
		return import_finish(c, b.id, "done", NULL);
	return e;
	(void)s;
}

int cmd_import(struct cli *x)
{
	const char *channel = cli_opt(x, "channel");
	struct str bytes;
	struct ctx c;
	struct tab t;
	struct import_counts n = { 0 };
	struct show s = { .x = x, .json = cli_opt(x, "json") != NULL, .tty = isatty(2), .bad = BUF((size_t)64 << 20) };
	if (x->nwords != 1 || !channel)
		return cli_usage(x, tr(x->lang, N_("Please name one file and its channel.")));
	enum err e = map_file(x, x->words[0], &bytes);
	if (e != OK)
		return cli_fail(x, e);
	struct app *app = cli_open(x);
	struct import_run r = { .tab = &t, .channel = str_of(channel), .actor = &x->who, .dry = cli_opt(x, "dry-run") != NULL, .each = tell_bad, .progress = tell_progress, .arg = &s };
	e = cli_ctx(x, &c);
	if (e == OK && !code_find(app->codes, "source", r.channel))
		e = fail(&x->f, ERR_INVALID, N_("There is no channel of this name. See codes/source.tsv."), NULL);
	if (e == OK)
		e = tab_open(x->a, bytes, (int)cli_int(x, "sheet", 1) - 1, import_head_known, &t, &x->f);
	if (e == OK)
		e = choose_map(x, &c, &t, r.channel, &r.map);
	if (e != OK)
		return cli_fail(x, e);
	r.area = cli_opt(x, "area") ? str_of(cli_opt(x, "area")) : sense_city(&c);
	if (!s.json)
		tell_map(x, &t, &r.map);
	e = run(x, &c, &r, x->words[0], bytes, &s, &n);
	if (s.tty && !s.json)
		fputs("\r\033[K", stderr);
	if (e != OK)
		return buf_free(&s.bad), cli_fail(x, e);
	if (s.json)
		result_json(x, &n, &s, r.dry);
	else
		result_text(x, &n, r.dry);
	buf_free(&s.bad);
	return 0;
}
