/* Why: when something does not work, one command looks at everything that usually goes wrong and says what to do. */
#include "cli/cli.h"
#include "cli/fence.h"
#include "record/backup.h"
#include "paper/paper.h"
#include "report/safety.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>



static void say(struct cli *x, bool ok, const char *what, const char *detail, const char *todo)
{
	printf("[%s] %s%s%s\n", ok ? "ok" : "!!", tr(x->lang, what), detail && *detail ? ": " : "", detail ? detail : "");
	if (!ok) {
		printf("     → %s\n", tr(x->lang, todo));
		x->bad++;
	}
}

static void look_disk(struct cli *x)
{
	struct statvfs v;
	struct stat st;
	const char *key = cli_root_key(x);
	bool got = statvfs(x->app.data_dir, &v) == 0;
	double free_gib = got ? (double)v.f_bavail * (double)v.f_frsize / (1 << 30) : 0;
	say(x, got && access(x->app.data_dir, W_OK) == 0, N_("Data folder can be written"), x->app.data_dir, N_("Make the folder and give it to the user that runs xiaoan."));
	say(x, free_gib > 1, N_("Free room on the disk"), arena_printf(x->a, "%.1f GiB", free_gib), N_("Free at least 1 GiB: with a full disk nothing can be saved."));
	say(x, stat(key, &st) == 0 && (st.st_mode & 077) == 0, N_("Root key is there and only its owner can read it"), key,
	    N_("Restore root.key from your safe copy (without it the data cannot be read), and: chmod 600 root.key"));
}

static void look_backups(struct cli *x)
{
	struct backup_info *v;
	size_t n = 0;
	char *key = arena_printf(x->a, "%s/backup.pub", x->app.data_dir);
	const char *dir = cli_opt(x, "backups") ? cli_opt(x, "backups") : arena_printf(x->a, "%s/backups", x->app.data_dir);
	if (x->app.store_url || cli_data_there(x) != OK)
		return;
	if (!cli_opt(x, "backups"))
		say(x, access(key, R_OK) == 0, N_("Backup key"), key, N_("Without it no backups are made: xiaoan backup keygen SECRETFILE, then restart xiaoan serve."));
	enum err e = backup_list(x->a, dir, &v, &n, &x->f);
	int64_t age = e == OK && n ? now_ms() - v[0].made : -1;
	say(x, age >= 0 && age < 26 * MS_HOUR, N_("Last backup"), age >= 0 ? datetime_str(x->a, v[0].made).p : "",
	    N_("No backup of the last day: look into the server’s log, and whether it runs and has room."));
}

static void look_store(struct cli *x)
{
	struct ctx c;
	int64_t n = 0;
	enum err e = cli_data_there(x);
	if (e == OK)
		e = app_open(&x->app, all_types, &x->opened, &x->f);
	if (e == OK)
		e = app_wire(x->opened, x->a, &x->f);
	say(x, e == OK, N_("Store, keys, migrations and catalogue"), e == OK ? "" : x->f.detail,
	    e == ERR_NOT_FOUND ? x->f.msg : N_("Read the reason above; for PostgreSQL check the address, the account and that the server runs."));
	if (e != OK)
		return;
	x->who = actor_system;
	if (cli_ctx(x, &c) == OK)
		e = db_int(c.db, &x->f, "SELECT size FROM journal_head WHERE id = 1", NOARGS, &n, NULL);
	say(x, e == OK, N_("Journal entries"), arena_printf(x->a, "%lld", (long long)n), N_("Run: xiaoan journal verify"));
	int year = civil_of(now_ms()).year;
	say(x, calendar_knows(x->opened->calendar, year), N_("Official holidays of this year are known"), arena_printf(x->a, "%d", year),
	    N_("Add this year's State Council notice to codes/holidays.tsv; until then weekends alone are counted."));
	/* The notice for the next year comes in November; terms that begin in December end in it. */
	if (civil_of(now_ms()).month == 12)
		say(x, calendar_knows(x->opened->calendar, year + 1), N_("Official holidays of the next year are known"), arena_printf(x->a, "%d", year + 1),
		    N_("Add the State Council's notice for the next year to codes/holidays.tsv: terms that begin now end then."));
}

/* The self-check from the machine's side; what only the running server knows stands there as not seen. 1: something is to be done. */
static int safety(struct cli *x)
{
	struct ctx c;
	struct finding v[SAFETY_MAX];
	size_t n;
	enum grave worst;
	static const char *const marks[] = { "ok", "??", "! ", "!!" };
	struct app *app = cli_open(x);
	enum err e = cli_ctx(x, &c);
	if (e != OK)
		return cli_fail(x, e);
	int64_t demo = 0;
	if (db_int(c.db, &x->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM setting WHERE name = 'demo_password'", NOARGS, &demo, NULL) == OK)
		app->demo = demo > 0;
	app->root_key = cli_root_key(x);
	struct safety_place at = safety_here(&c);
	if (cli_opt(x, "backups"))
		at.backups = cli_opt(x, "backups");
	safety_run(&c, &at, v, &n, &worst);
	if (cli_opt(x, "json")) {
		BUF_AUTO b = BUF(1 << 20);
		safety_json(&c, v, n, worst, &b);
		puts(b.p);
		return worst >= GRAVE_WARN;
	}
	for (int g = GRAVE_DANGER; g >= GRAVE_OK; g--)
		for (size_t i = 0; i < n; i++) {
			struct str wrong = safety_wrong(&c, &safety_checks[i], &v[i]);
			if ((int)v[i].grave != g)
				continue;
			printf("[%s] %s%s%.*s\n", marks[g], tr(x->lang, safety_checks[i].title), wrong.n ? ": " : "", (int)wrong.n, wrong.n ? wrong.p : "");
			if (g >= GRAVE_WARN)
				printf("     → %s\n", tr(x->lang, safety_checks[i].todo));
		}
	return worst >= GRAVE_WARN;
}

/* A kernel is not what a doctor's patient can change in a day: told, but no reason to say that something is broken. */
static void look_fence(struct cli *x)
{
	int abi = fence_landlock();
	bool calls = fence_seccomp();
	char *what = arena_printf(x->a, "Landlock %s, seccomp %s", abi ? arena_printf(x->a, "%d", abi) : tr(x->lang, N_("absent")), tr(x->lang, calls ? N_("there") : N_("absent")));
	if (abi && calls)
		say(x, true, N_("The kernel fences the server in"), what, NULL);
	else
		printf("[--] %s: %s\n     → %s\n", tr(x->lang, N_("The kernel fences the server in only in part")), what,
		       tr(x->lang, N_("A container or an old kernel lacks it: what the server may touch is kept by the user's rights alone. Run it on Linux 5.13 or newer, with landlock among CONFIG_LSM.")));
}

int cmd_doctor(struct cli *x)
{
	if (cli_opt(x, "safety"))
		return safety(x);
	x->bad = 0;
	int64_t now = now_ms();
	BUF_AUTO t = BUF(64);
	iso_put(&t, now);
	say(x, now > INT64_C(1767225600000), N_("Clock"), t.p, N_("The clock is wrong: switch on time synchronisation (systemctl enable --now systemd-timesyncd)."));
	look_disk(x);
	look_store(x);
	look_backups(x);
	look_fence(x);
	struct str report;
	bool ok = false;
	enum err e = pdf_fonts(x->a, &report, &ok, &x->f);
	say(x, e == OK && ok, N_("Chinese fonts for papers"), e == OK ? arena_cstr(x->a, report) : x->f.detail, N_("Install them: apt-get install fonts-noto-cjk fonts-arphic-ukai"));
	puts(tr(x->lang, x->bad ? N_("Please look at the lines with !!.") : N_("All is well.")));
	return x->bad != 0;
}
