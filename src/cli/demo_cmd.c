/* Why: the command apart from the loader, so that tests and the server can load without the command line. */
#include "cli/cli.h"
#include "cli/demo.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* "2026-11-24" means the whole of that day. */
static bool end_of(const char *text, int64_t *ret)
{
	int64_t ms;
	if (!text) {
		*ret = now_ms();
		return true;
	}
	if (!date_parse(str_of(text), &ms))
		return false;
	ms = day_start(day_of(ms)) + MS_DAY - 1;
	*ret = ms;
	return true;
}

int cmd_demo(struct cli *x)
{
	struct demo_options o = { .scale = 1, .seed = (uint32_t)cli_int(x, "seed", 1), .progress = isatty(2), .lang = x->lang };
	const char *scale = cli_opt(x, "scale");
	char *rest = NULL;
	if (scale) {
		o.scale = strtod(scale, &rest);
		if (rest == scale || *rest)
			return cli_usage(x, tr(x->lang, N_("The scale must lie between 0.01 and 100.")));
	}
	if (!end_of(cli_opt(x, "end"), &o.end))
		return cli_usage(x, tr(x->lang, N_("Please enter a date such as 2026-11-24.")));
	struct app *app = cli_open(x);
	int64_t began = now_ms();
	enum err e = demo_load(app, &o, &x->f);
	if (e != OK)
		return cli_fail(x, e);
	struct ctx c;
	int64_t persons = 0, clues = 0, cases = 0;
	e = cli_ctx(x, &c);
	if (e == OK)
		e = see_count(&c, &(struct see){ .type = "person" }, INT64_C(100000000), &persons);
	if (e == OK)
		e = see_count(&c, &(struct see){ .type = "clue" }, INT64_C(100000000), &clues);
	if (e == OK)
		e = see_count(&c, &(struct see){ .type = "case" }, INT64_C(100000000), &cases);
	if (e != OK)
		return cli_fail(x, e);
	printf("%s %lld; %s %lld; %s %lld; %.1f s\n", tr(x->lang, N_("Persons")), (long long)persons, tr(x->lang, N_("Clues")), (long long)clues,
	       tr(x->lang, N_("Cases")), (long long)cases, (double)(now_ms() - began) / 1000);
	printf("%s city town community grid mediator hotline police court civil leader auditor admin secadmin\n%s %s\n", tr(x->lang, N_("Log in as one of:")),
	       tr(x->lang, N_("with the password:")), demo_password(app, x->a));
	return 0;
}
