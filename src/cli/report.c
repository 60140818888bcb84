/* Why: the office's month from a script or at night: the same figures as on the page. */
#include "cli/cli.h"
#include "desk/report_pages.h"
#include "templates.h"
#include <stdio.h>

static enum err render(struct cli *x, struct ctx *c, const struct month *m, const char *format, struct buf *out)
{
	if (strcmp(format, "json") == 0) {
		month_json(c, m, out);
		buf_char(out, '\n');
		return OK;
	}
	if (strcmp(format, "html") == 0) {
		struct month_page p;
		struct view v = { .lang = x->lang };
		TRY(month_page_make(c, m, &p));
		t_month_file(out, &v, &p);
		return OK;
	}
	struct table *t;
	size_t n;
	TRY(month_tables(c, m, &t, &n));
	if (strcmp(format, "xlsx") == 0)
		return xlsx_write(t, n, out, &x->f);
	return pdf_tables(t, n, true, out, &x->f);
}

int cmd_report(struct cli *x)
{
	const char *format = cli_opt(x, "format") ? cli_opt(x, "format") : "json", *to = cli_opt(x, "o");
	int year = 0, month = 0;
	char rest;
	if (x->nwords != 2 || strcmp(x->words[0], "month") != 0 || sscanf(x->words[1], "%4d-%2d%c", &year, &month, &rest) != 2 || month < 1 || month > 12)
		return cli_usage(x, tr(x->lang, N_("Say: report month YYYY-MM")));
	bool known = strcmp(format, "json") == 0 || strcmp(format, "html") == 0 || strcmp(format, "xlsx") == 0 || strcmp(format, "pdf") == 0;
	if (!known)
		return cli_usage(x, tr(x->lang, N_("--format is json, html, xlsx or pdf.")));
	struct ctx c;
	struct month m;
	struct actor city;
	BUF_AUTO out = BUF((size_t)256 << 20);
	cli_open(x);
	city = x->who;
	snprintf(city.area, sizeof city.area, "%s", cli_opt(x, "area") ? cli_opt(x, "area") : "320582");
	enum err e = cli_ctx(x, &c);
	c.actor = &city;
	if (e == OK && cli_opt(x, "area") && !code_find(x->opened->codes, "area", str_of(cli_opt(x, "area")))) {
		fault_field(&x->f, "area", N_("There is no area with the code “%s”."), cli_opt(x, "area"));
		e = ERR_INVALID;
	}
	if (e == OK)
		e = month_make(&c, year, month, str_of(cli_opt(x, "area")), &m);
	/* As from the page: a paper goes on, so it leaves without its small figures unless it is said to stay inside. */
	if (e == OK && strcmp(format, "json") != 0 && !cli_opt(x, "inside"))
		month_small(&m);
	if (e == OK)
		e = render(x, &c, &m, format, &out);
	if (e != OK)
		return cli_fail(x, e);
	FILE *f = to ? fopen(to, "wb") : stdout;
	bool ok = f && fwrite(out.p, 1, out.n, f) == out.n && fflush(f) == 0;
	if (to && f)
		ok = fclose(f) == 0 && ok;
	if (!ok) {
		fprintf(stderr, "xiaoan: %s: %s\n", to ? to : "stdout", tr(x->lang, N_("The file could not be written.")));
		return 1;
	}
	return 0;
}
