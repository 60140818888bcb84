/* Why: an office that cannot copy its database while people work will not copy it. */
#include "cli/cli.h"
#include <stdio.h>

/* The keys are left out on purpose: who finds the copy must find nothing in it, and a destroyed key must not live on in it. */
int cmd_backup(struct cli *x)
{
	if (x->nwords != 1)
		return cli_usage(x, tr(x->lang, N_("Name the file to write.")));
	struct app *app = cli_open(x);
	enum err e = store_copy(app->store, x->words[0], &x->f);
	if (e != OK)
		return cli_fail(x, e);
	fprintf(stderr, "%s\n", tr(x->lang, N_("Copied. The keys are not in it: run xiaoan keys backup too, and keep root.key in another safe place.")));
	return 0;
}
