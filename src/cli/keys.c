/* Why: keys are changed, printed and put back by people, at a quiet desk or in a bad hour: one command, that says what it does.
 * Invariants: no key is ever printed but as a share of which two are needed. */
#include "cli/cli.h"
#include "paper/paper.h"
#include "record/keystore.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const suite_names[] = { "", "xchacha", "aes", "sm4" };

static enum suite suite_of(const char *name)
{
	for (int i = SUITE_XCHACHA; i <= SUITE_SM4; i++)
		if (strcmp(name, suite_names[i]) == 0)
			return (enum suite)i;
	return 0;
}

static int status(struct cli *x)
{
	struct app *app = cli_open(x);
	struct ctx c;
	struct keystore_epoch *v;
	struct reseal_count *k;
	size_t n, nk;
	int64_t keys, behind = 0;
	char name[9];
	enum err e = cli_ctx(x, &c);
	if (e == OK)
		e = keystore_epochs(app, x->a, &v, &n, &keys, &x->f);
	if (e == OK)
		e = reseal_counts(&c, &k, &nk);
	if (e != OK)
		return cli_fail(x, e);
	keyring_name(app->keys, name);
	printf("%s: %s\n%s: %lld\n", tr(x->lang, N_("Root key")), name, tr(x->lang, N_("Data keys of cases and clues")), (long long)keys);
	for (size_t i = 0; i < n; i++) {
		const char *state = v[i].retired ? N_("retired") : v[i].active_at > now_ms() ? N_("waits for its moment") : v[i].number == keyring_epoch(app->keys) ? N_("in use") : N_("being replaced");
		printf("%s %d  %-8s %.*s  %s\n", tr(x->lang, N_("Epoch")), v[i].number, suite_names[v[i].suite], 10, datetime_str(x->a, v[i].made).p, tr(x->lang, state));
	}
	for (size_t i = 0; i < nk; i++) {
		printf("  %-20s %9lld  %s %lld\n", k[i].name, (long long)k[i].rows, tr(x->lang, N_("under an older key:")), (long long)k[i].behind);
		behind += k[i].behind;
	}
	puts(tr(x->lang, behind ? N_("Records are still being sealed anew. A running server goes on with it; or run: xiaoan keys reseal") : N_("Everything is under the key in use.")));
	return 0;
}

static int reseal(struct cli *x, struct app *app)
{
	struct reseal_report r = { 0 };
	int64_t rows = 0;
	enum err e = OK;
	while (e == OK && !r.done) {
		e = reseal_some(app, 1000, &r, &x->f);
		rows += r.rows;
		if (isatty(2))
			fprintf(stderr, "\r%lld ", (long long)rows);
	}
	if (isatty(2))
		fputc('\n', stderr);
	if (e != OK)
		return cli_fail(x, e);
	printf("%lld %s\n", (long long)rows, tr(x->lang, N_("records sealed anew; nothing is left under an older key.")));
	return 0;
}

static int rotate(struct cli *x, enum suite s)
{
	struct app *app = cli_open(x);
	struct ctx c;
	int epoch;
	enum err e = cli_ctx(x, &c);
	if (e == OK)
		e = keystore_begin(&c, s ? s : keyring_suite(app->keys), KEYSTORE_LEAD_MS, &epoch);
	if (e != OK)
		return cli_fail(x, e);
	printf("%s %d\n", tr(x->lang, N_("Begun: epoch")), epoch);
	fflush(stdout);
	if (cli_opt(x, "background"))
		return 0;
	/* Every process must have read the epoch before anybody uses it. */
	for (int64_t until = mono_ms() + KEYSTORE_LEAD_MS + 500; mono_ms() < until;)
		usleep(200000);
	return reseal(x, app);
}

static int write_sheet(struct cli *x, const char *dir, int n, const char *end, struct str bytes)
{
	char *path = arena_printf(x->a, "%s/sheet-%d.%s", dir, n, end);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n;
	int why = errno;
	if (fd >= 0)
		close(fd);
	return ok ? 0 : cli_fail(x, fail(&x->f, ERR_IO, N_("The file cannot be written."), "%s: %s", path, strerror(why)));
}

static int paper(struct cli *x)
{
	struct app *app = cli_open(x);
	struct str sheet[SHEETS];
	char name[9];
	const char *dir = cli_opt(x, "o");
	enum err e = keyring_sheets(app->keys, x->a, sheet, &x->f);
	if (e != OK)
		return cli_fail(x, e);
	keyring_name(app->keys, name);
	if (!dir)
		printf("%s\n\n", tr(x->lang, N_("Three sheets. Any two give the root key back, one alone tells nothing. Keep them with three people, in three places.")));
	for (int i = 0; i < SHEETS; i++) {
		BUF_AUTO t = BUF(16384), svg = BUF((size_t)1 << 20);
		buf_printf(&t, "%s %s · %d / 3\n", tr(x->lang, N_("Root key")), name, i + 1);
		/* Eight groups a line, to be compared by eye. */
		for (size_t k = 0, groups = 0; k < sheet[i].n; k++) {
			bool end = sheet[i].p[k] == '-' && ++groups % 8 == 0;
			buf_char(&t, sheet[i].p[k]);
			if (end)
				buf_char(&t, '\n');
		}
		buf_cstr(&t, "\n\n");
		if (!dir) {
			fwrite(t.p, 1, t.n, stdout);
			continue;
		}
		e = qr_svg(sheet[i], 6, &svg, &x->f);
		if (e != OK)
			return cli_fail(x, e);
		if (write_sheet(x, dir, i + 1, "txt", buf_view(&t)) || write_sheet(x, dir, i + 1, "svg", buf_view(&svg)))
			return 1;
	}
	if (dir)
		printf("%s\n", tr(x->lang, N_("Written. Print each sheet on its own, then delete the files.")));
	return 0;
}

/* Two sheets on standard input, an empty line between them or a line each. */
static int restore(struct cli *x)
{
	BUF_AUTO in = BUF(65536);
	char part[4096];
	size_t n;
	while ((n = fread(part, 1, sizeof part, stdin)) > 0)
		buf_put(&in, part, n);
	struct str text = buf_view(&in), sheet[2] = { STR_NONE, STR_NONE };
	ptrdiff_t one = str_find(text, STR("XA1-")), two = one < 0 ? -1 : str_find((struct str){ text.p + one + 4, text.n - (size_t)one - 4 }, STR("XA1-"));
	if (two < 0)
		return cli_fail(x, fail(&x->f, ERR_INVALID, N_("Two sheets are needed on standard input. Each begins with XA1-."), NULL));
	sheet[0] = (struct str){ text.p + one, (size_t)two + 4 };
	sheet[1] = (struct str){ text.p + one + 4 + two, text.n - (size_t)one - 4 - (size_t)two };
	/* What stands between the sheets (a heading) is no part of the first. */
	for (int i = 0; i < 2; i++) {
		ptrdiff_t end = str_find(sheet[i], STR("\n\n"));
		if (end >= 0)
			sheet[i].n = (size_t)end;
	}
	mkdir(x->app.data_dir, 0700);
	enum err e = keyring_restore(cli_root_key(x), sheet[0], sheet[1], &x->f);
	if (e != OK)
		return cli_fail(x, e);
	printf("%s %s\n", tr(x->lang, N_("The root key is back:")), cli_root_key(x));
	return 0;
}

/* Under a passphrase from --new-passphrase-fd, or in the clear again. */
static int lock(struct cli *x, bool on)
{
	struct app *app = cli_open(x);
	struct str pass = on ? cli_passphrase(x, "new-passphrase-fd") : STR_NONE;
	if (on && utf8_count(pass) < 16)
		return cli_fail(x, fail(&x->f, ERR_INVALID, N_("A passphrase of at least 16 characters is needed: --new-passphrase-fd N."), NULL));
	enum err e = keyring_lock(app->keys, cli_root_key(x), pass, &x->f);
	if (e != OK)
		return cli_fail(x, e);
	puts(tr(x->lang, on ? N_("The root key is under the passphrase now. The server needs it at each start: --passphrase-fd N.") : N_("The root key lies in its file without a passphrase now.")));
	return 0;
}

int cmd_keys(struct cli *x)
{
	const char *what = x->nwords ? x->words[0] : "";
	if (strcmp(what, "status") == 0 && x->nwords == 1)
		return status(x);
	if (strcmp(what, "rotate") == 0 && x->nwords == 1)
		return rotate(x, 0);
	if (strcmp(what, "suite") == 0 && x->nwords == 2 && suite_of(x->words[1]))
		return rotate(x, suite_of(x->words[1]));
	if (strcmp(what, "reseal") == 0 && x->nwords == 1)
		return reseal(x, cli_open(x));
	if (strcmp(what, "paper") == 0 && x->nwords == 1)
		return paper(x);
	if (strcmp(what, "restore") == 0 && x->nwords == 1)
		return restore(x);
	if ((strcmp(what, "lock") == 0 || strcmp(what, "unlock") == 0) && x->nwords == 1)
		return lock(x, what[0] == 'l');
	return cli_usage(x, tr(x->lang, N_("There is no such command.")));
}
