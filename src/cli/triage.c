/* Why: the screening engine on its own: for measuring, and for learning anew. */
#include "cli/cli.h"
#include "sense/triage.h"
#include <stdio.h>
#include <stdlib.h>

int cmd_triage(struct cli *x)
{
	struct triage_engine *engine;
	if (x->nwords != 1)
		return cli_usage(x, tr(x->lang, N_("Name the file of JSON lines, or -.")));
	FILE *in = strcmp(x->words[0], "-") == 0 ? stdin : fopen(x->words[0], "rb");
	if (!in) {
		fprintf(stderr, "xiaoan: %s: %s\n", x->words[0], tr(x->lang, N_("The file could not be read.")));
		return 1;
	}
	enum err e = triage_open(&engine, &x->f);
	if (e != OK)
		return cli_fail(x, e);
	char *line = NULL;
	size_t cap = 0;
	ARENA a = arena_new(0);
	BUF_AUTO out = BUF((size_t)16 << 20);
	for (ssize_t n; (n = getline(&line, &cap, in)) >= 0;) {
		struct str s = { line, (size_t)n };
		while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
			s.n--;
		arena_reset(a);
		buf_reset(&out);
		triage_line_json(engine, a, s, &out);
		fwrite(out.p, 1, out.n, stdout);
	}
	bool ok = !ferror(in) && fflush(stdout) == 0;
	free(line);
	if (in != stdin)
		fclose(in);
	triage_close(engine);
	return ok ? 0 : 1;
}

int cmd_train(struct cli *x)
{
	const char *to = cli_opt(x, "o") ? cli_opt(x, "o") : "models/triage.bin";
	struct buf out = BUF((size_t)64 << 20);
	if (x->nwords != 1)
		return cli_usage(x, tr(x->lang, N_("Name the folder of data.")));
	enum err e = train_run(x->words[0], cli_opt(x, "texts") ? cli_opt(x, "texts") : "demo/train", &out, &x->f);
	if (e != OK) {
		buf_free(&out);
		return cli_fail(x, e);
	}
	FILE *f = fopen(to, "wb");
	bool ok = f && fwrite(out.p, 1, out.n, f) == out.n;
	ok = f && fclose(f) == 0 && ok;
	printf("%s: %zu\n", to, out.n);
	buf_free(&out);
	return ok ? 0 : 1;
}
