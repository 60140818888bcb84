/* Why: one table from which dispatch, help, man page and completion come. */
#include "cli/cli.h"
#include "cli/keeper.h"
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COMMON_HELP                                                                  \
	"  --data DIR      folder of the data (default ./data)\n"                      \
	"  --store URL     postgres://… instead of the embedded database in DIR\n"     \
	"  --keys URL      key store (default DIR/keys.db; several machines share one: postgres://…)\n" \
	"  --root-key FILE root key (default: systemd's credential root.key, else DIR/root.key)\n" \
	"  --passphrase-fd N   read the root key's passphrase from this descriptor\n"

static const struct command commands[] = {
	{ "serve", N_("serve the pages and the API"),
	  "xiaoan serve [--port N] [--host H] [--demo] [--tls] [--proxy LIST] [--heads DIR] [--wechat FILE]\n"
	  "             [--posts-out CONTACT [--posts-inside LIST]]\n\n" COMMON_HELP
	  "  --port N        port (default 8080; 0: any free one, printed)\n"
	  "  --host H        address to listen on (default 127.0.0.1)\n"
	  "  --demo          load the made-up city when the folder is new, and say on every page that it is one\n"
	  "  --scale X       size of that city (default 1)\n"
	  "  --backups DIR   folder for backups (default DATA/backups), made when there is a key: xiaoan backup keygen\n"
	  "  --tls           a proxy in front speaks TLS: send HSTS and secure cookies\n"
	  "  --proxy LIST    its addresses or networks, whose X-Forwarded-For is believed (with --tls: this machine)\n"
	  "  --heads DIR     second folder for the signed heads of the journal, on another disk or machine\n"
	  "  --wechat FILE   token, appid and aes_key of a WeChat Official Account; its messages to /wechat become clues\n"
	  "  --posts-out CONTACT  fetches the sources of public posts that are entered; sites are shown CONTACT, an address or a page of yours.\n"
	  "                  Without it the server connects to nothing for them\n"
	  "  --posts-inside LIST  inner addresses or networks that may be fetched from, such as a supplier on the government network\n", cmd_serve },
	{ "demo", N_("load the made-up city into an empty folder"),
	  "xiaoan demo [--scale X] [--seed N] [--end DATE]\n\n" COMMON_HELP
	  "  --scale X       0.01 … 100 (default 1: 60,000 households)\n"
	  "  --seed N        the same seed makes the same city (default 1)\n"
	  "  --end DATE      last day of its history (default today)\n", cmd_demo },
	{ "import", N_("read clues from XLSX, CSV or JSON lines"),
	  "xiaoan import FILE --channel NAME [--dry-run] [--json] [--sheet N] [--map COLUMN=FIELD,…]\n\n" COMMON_HELP
	  "  --channel NAME  where the rows come from (codes/source.tsv), such as hotline12345\n"
	  "  --area CODE     area of the rows that name none (default: the city)\n"
	  "  --dry-run       only say what would happen\n"
	  "  --json          the result as JSON\n", cmd_import },
	{ "report", N_("the monthly table"),
	  "xiaoan report month YYYY-MM [--area CODE] [--format json|html|xlsx|pdf] [--inside] [-o FILE]\n\n"
	  "html, xlsx and pdf show a figure of 1 to 4 as \"<5\", for papers are passed on; --inside shows it, for the federation's own use.\n\n" COMMON_HELP, cmd_report },
	{ "triage", N_("screen texts: one JSON line out for each {\"text\": …} in"),
	  "xiaoan triage FILE.jsonl     (- reads standard input)\n", cmd_triage },
	{ "train", N_("learn the text model anew from a folder of data"),
	  "xiaoan train FOLDER [-o FILE] [--texts FOLDER]\n\n"
	  "  --texts FOLDER  our own made-up texts (default demo/train)\n", cmd_train },
	{ "user", N_("accounts: list, add, link, password, close"),
	  "xiaoan user list\n"
	  "xiaoan user add --login NAME --name NAME --role ROLE [--org ID] [--area CODE]   prints a one-time set-up link\n"
	  "xiaoan user link LOGIN                                                            a new one-time set-up link\n"
	  "xiaoan user close LOGIN                                                           ends log-in, sessions and tokens\n"
	  "xiaoan user unlock LOGIN                                                          forgets wrong tries\n"
	  "xiaoan user factor-off LOGIN --reason TEXT                                        takes her second factor off; she is told\n\n" COMMON_HELP, cmd_user },
	{ "token", N_("API tokens: make, list, revoke"),
	  "xiaoan token make LOGIN --name NAME [--days N]     prints the token once\n"
	  "xiaoan token list LOGIN\n"
	  "xiaoan token revoke LOGIN --name NAME\n\n" COMMON_HELP, cmd_token },
	{ "keys", N_("keys: status, rotation, change of suite, sheets of paper"),
	  "xiaoan keys status                      epochs, and how many records are under which\n"
	  "xiaoan keys rotate [--background]       new keys for everything, while people work; begins to use them after 15 s\n"
	  "xiaoan keys suite xchacha|aes|sm4       the same with another suite (sm4: SM4-CTR with HMAC-SM3)\n"
	  "xiaoan keys reseal                      goes on with a rotation that was stopped\n"
	  "xiaoan keys paper [-o FOLDER]           the root key as three sheets of which any two give it back\n"
	  "xiaoan keys restore < SHEETS            root key from two sheets\n"
	  "xiaoan keys lock --new-passphrase-fd N  root key under a passphrase; unlock: in the clear again\n\n" COMMON_HELP
	  "  --background    only begin: the running server does the rest\n", cmd_keys },
	{ "retention", N_("what has had its time: plan, approve, destroy, certify"),
	  "xiaoan retention plan                         lists what is due by codes/retention.tsv; destroys nothing\n"
	  "xiaoan retention list | show PLAN\n"
	  "xiaoan retention approve PLAN --login NAME --password-fd N [--code N]   twice, by two people\n"
	  "xiaoan retention run PLAN                     destroys the data keys, for ever, in every copy\n"
	  "xiaoan retention certificate PLAN -o FILE.pdf\n"
	  "xiaoan retention hold clue|case ID --reason TEXT --login NAME --password-fd N   wins over every rule\n"
	  "xiaoan retention release clue|case ID --login NAME --password-fd N\n\n" COMMON_HELP, cmd_retention },
	{ "journal", N_("check the journal: nothing altered, removed or reordered; carry its proof away"),
	  "xiaoan journal verify                            reads it all, names the first entry that is wrong\n"
	  "xiaoan journal head [--pdf] [-o FILE]            signs a head now and prints it; --pdf: the daily slip, with a QR code\n"
	  "xiaoan journal export [-o FILE] [--from N --to N] [--since N]   entries and proofs as JSON lines, for xiaoan-verify;\n"
	  "                                                 --since: also that a saved head of N entries grew into it\n"
	  "xiaoan journal key                               the public key of the signatures: note it elsewhere\n\n" COMMON_HELP, cmd_journal },
	{ "incident", N_("after an incident: journal with proofs, affected records, drafts of the reports with their time limits"),
	  "xiaoan incident FROM TO -o DIR     times such as 2026-11-24 or 2026-11-24T09:05; DIR is made\n\n" COMMON_HELP, cmd_incident },
	{ "record", N_("hold each record against what the journal says was written"), "xiaoan record verify\n\n" COMMON_HELP, cmd_record },
	{ "tally", N_("count the records again and compare with the tallies"), "xiaoan tally verify\n\n" COMMON_HELP, cmd_tally },
	{ "backup", N_("backups: key, now, list, verify; or copy the database into a new file while the server runs"),
	  "xiaoan backup keygen SECRETFILE                a pair of keys: the public one into DIR, the secret one to take away\n"
	  "xiaoan backup now [--dir FOLDER]               copy, look through, seal (xiaoan serve does so every day)\n"
	  "xiaoan backup list [--dir FOLDER]\n"
	  "xiaoan backup verify FILE --key SECRETFILE     restore it whole into a temporary folder and look it through\n"
	  "xiaoan backup keys FILE|FOLDER [--public KEYFILE]   a sealed copy of root key and key store, for another place than the backups;\n"
	  "                                               in a FOLDER those older than 35 days are removed\n"
	  "xiaoan backup open FILE --key SECRETFILE -o FOLDER   such a copy opened: root.key, keys.db\n"
	  "xiaoan backup FILE                             a plain copy of the database; the keys are not in it\n\n" COMMON_HELP, cmd_backup },
	{ "restore", N_("open a backup into an empty folder, as of any moment"),
	  "xiaoan restore FILE|FOLDER --key SECRETFILE [--until TIME|last] [--keys-copy FILE [--keys-secret SECRETFILE]]\n\n" COMMON_HELP
	  "  --keys-copy FILE        also the keys, from a copy that xiaoan backup keys made\n"
	  "  --keys-secret SECRETFILE   that opens it, when it is not the one of --key\n"
	  "  --store URL, --keys URL   on into an empty PostgreSQL, from a backup of either engine\n"
	  "  --until TIME    also what was done after the backup, up to this time (“last”: all there is)\n", cmd_restore },
	{ "doctor", N_("look at store, fonts, clock, disk and settings, and say what to do"), "xiaoan doctor [--safety [--json]] [--backups DIR]\n\n" COMMON_HELP
	  "  --safety        every insecure setting, with what to do; exit code 1 when there is one (page: Self-check)\n"
	  "  --json          the same as JSON\n", cmd_doctor },
	{ "matrix", N_("print who may see and do what, from the tables that decide it"), "xiaoan matrix     (Markdown; no data needed)\n", cmd_matrix },
	{ "completion", N_("print completion for bash"), "xiaoan completion bash\n", cmd_completion },
	{ "man", N_("print the manual page"), "xiaoan man > xiaoan.1\n", cmd_man },
	{ 0 },
};

const char *cli_opt(const struct cli *x, const char *name)
{
	for (int i = 0; i < x->nopts; i++)
		if (strcmp(x->opts[i].name, name) == 0)
			return x->opts[i].value;
	return NULL;
}

int64_t cli_int(struct cli *x, const char *name, int64_t fallback)
{
	const char *v = cli_opt(x, name);
	int64_t n;
	if (!v)
		return fallback;
	if (!str_int(str_of(v), &n)) {
		fprintf(stderr, "xiaoan: --%s: %s\n", name, tr(x->lang, N_("Please enter a whole number.")));
		exit(2);
	}
	return n;
}

int cli_usage(struct cli *x, const char *why)
{
	if (why)
		fprintf(stderr, "xiaoan: %s\n\n", why);
	fputs(x->cmd->help, why ? stderr : stdout);
	return why ? 2 : 0;
}

int cli_fail(struct cli *x, enum err e)
{
	BUF_AUTO b = BUF(8192);
	/* The page's word for several wrong fields speaks of marks in red. */
	const char *msg = x->f.msg ? x->f.msg : x->f.nfields ? N_("Please correct:") : err_text(e);
	buf_msg(&b, tr(x->lang, msg), str_of(x->f.arg), STR_NONE);
	if (x->f.hint) {
		buf_char(&b, ' ');
		buf_cstr(&b, tr(x->lang, x->f.hint));
	}
	for (int i = 0; i < x->f.nfields; i++) {
		buf_printf(&b, "\n  %s: ", x->f.fields[i].field);
		buf_msg(&b, tr(x->lang, x->f.fields[i].msg), str_of(x->f.fields[i].arg), STR_NONE);
	}
	fprintf(stderr, "xiaoan: %s%s%s%s\n", b.p, x->f.detail[0] ? " (" : "", x->f.detail, x->f.detail[0] ? ")" : "");
	return 1;
}

/* Who typed it: the user of the operating system, and who became that user by sudo. */
static void name_agent(struct cli *x)
{
	struct passwd *p = getpwuid(getuid());
	const char *sudo = getenv("SUDO_USER");
	x->who = actor_system;
	x->who.face = "cli";
	snprintf(x->who.agent, sizeof x->who.agent, "os:%.16s%s%.16s", p ? p->pw_name : "?", sudo ? "<" : "", sudo ? sudo : "");
	for (char *c = x->who.agent; *c; c++)
		if ((unsigned char)*c < 0x21 || (unsigned char)*c > 0x7E)
			*c = '?';
}

/* Commands that change what is kept, or carry personal data out. Those that only check must run on a broken journal too; the server
 * tells of its start and end; `journal` and `incident` tell more exactly what they hand out. */
static enum err tell_journal(struct cli *x)
{
	static const char *const told[] = { "import", "report", "user", "token", "backup" };
	static const char *const subs[] = { "month", "list", "add", "link", "close", "unlock", "factor-off", "make", "revoke", "now" };
	struct ctx c;
	const char *what = "";
	bool tell = false;
	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		tell |= strcmp(x->cmd->name, told[i]) == 0;
	for (size_t i = 0; i < ARRAY_LEN(subs) && x->nwords; i++)
		if (strcmp(x->words[0], subs[i]) == 0)    /* any other word may be somebody's name */
			what = subs[i];
	if (!tell)
		return OK;
	TRY(cli_ctx(x, &c));
	return journal_note(&c, "command", "", 0, "ok", arena_fmt(x->a, "{\"command\":\"%s\",\"what\":\"%s\"}", x->cmd->name, what));
}

struct app *cli_open(struct cli *x)
{
	enum err e = cli_data_there(x);
	name_agent(x);
	if (e == OK)
		e = app_open(&x->app, all_types, &x->opened, &x->f);
	if (e == OK)
		e = app_wire(x->opened, x->a, &x->f);
	if (e == OK)
		e = tell_journal(x);
	if (e != OK) {
		cli_fail(x, e);
		exit(1);
	}
	return x->opened;
}

enum err cli_ctx(struct cli *x, struct ctx *c)
{
	ctx_init(c, x->opened, x->a, &x->f, &x->who);
	c->lang = x->lang;
	return ctx_read(c);
}

/* What a command takes is what its help tells of, so that a slip of the finger is not passed over: "serve --prot 9000" must not
 * serve elsewhere, nor an "--aera" be forgotten. */
static bool takes(const struct command *k, const char *name)
{
	static const char *const always[] = { "data", "store", "keys", "root-key", "passphrase-fd", "help", "h" };
	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		if (strcmp(name, always[i]) == 0)
			return true;
	size_t n = strlen(name);
	for (const char *p = k->help; (p = strchr(p, '-')); p += strspn(p, "-")) {
		const char *w = p + strspn(p, "-");
		if (n && strncmp(w, name, n) == 0 && !strchr("abcdefghijklmnopqrstuvwxyz-", w[n]) && (p == k->help || strchr(" [", p[-1])))
			return true;
	}
	return false;
}

/* Only these may begin an empty folder: whoever checks or counts in a folder that is not there has mistyped its name. */
static bool begins(const struct command *k) { return k->run == cmd_serve || k->run == cmd_demo || k->run == cmd_user; }

enum err cli_data_there(struct cli *x)
{
	if (x->app.store_url || begins(x->cmd))
		return OK;
	char *path = arena_printf(x->a, "%s/xiaoan.db", x->app.data_dir);
	return access(path, F_OK) == 0 ? OK : fail(&x->f, ERR_NOT_FOUND, N_("There is no data here yet. Please check --data, or begin with xiaoan serve."), "%s", path);
}

/* NULL: in the data folder. */
static const char *root_key_elsewhere(struct cli *x)
{
	const char *given = cli_opt(x, "root-key"), *dir = getenv("CREDENTIALS_DIRECTORY");
	char *path = dir ? arena_printf(x->a, "%s/root.key", dir) : NULL;
	return given ? given : path && access(path, F_OK) == 0 ? path : NULL;
}

const char *cli_root_key(struct cli *x)
{
	const char *elsewhere = root_key_elsewhere(x);
	return elsewhere ? elsewhere : arena_printf(x->a, "%s/root.key", x->app.data_dir);
}

struct str cli_passphrase(struct cli *x, const char *option)
{
	int64_t fd = cli_opt(x, option) ? cli_int(x, option, -1) : -1;
	char *p = arena_alloc(x->a, 1024);
	size_t n = 0;
	ssize_t r = 1;
	while (fd >= 0 && n < 1023 && (r = read((int)fd, p + n, 1023 - n)) > 0)
		n += (size_t)r;
	while (n && (p[n - 1] == '\n' || p[n - 1] == '\r'))
		n--;
	return fd >= 0 && r >= 0 ? (struct str){ p, n } : STR_NONE;
}

static bool is_flag(const char *name)
{
	static const char *const flags[] = { "demo", "dry-run", "json", "inside", "help", "tls", "background", "pdf", "safety" };
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (strcmp(name, flags[i]) == 0)
			return true;
	return false;
}

/* False when a word makes no sense. */
static bool parse(struct cli *x, int argc, char **argv, const char **ret_odd)
{
	for (int i = 2; i < argc; i++) {
		char *w = argv[i], *eq;
		bool dash = w[0] == '-' && w[1] && (w[1] != '-' || w[2]);
		if (!dash) {
			if (x->nwords == (int)ARRAY_LEN(x->words))
				return false;
			x->words[x->nwords++] = w;
			continue;
		}
		w += w[1] == '-' ? 2 : 1;
		if (x->nopts == (int)ARRAY_LEN(x->opts))
			return false;
		eq = strchr(w, '=');
		const char *value = "", *name = eq ? arena_cstr(x->a, (struct str){ w, (size_t)(eq - w) }) : w;
		if (!takes(x->cmd, name)) {
			*ret_odd = argv[i];
			return false;
		}
		if (eq)
			value = eq + 1;
		else if (!is_flag(w) && strcmp(w, "h") != 0) {
			if (++i == argc || strncmp(argv[i], "--", 2) == 0)
				return false;
			value = argv[i];
		}
		x->opts[x->nopts].name = name;
		x->opts[x->nopts++].value = value;
	}
	return true;
}

static int help(enum lang lang, FILE *to)
{
	fprintf(to, "%s\n\n", tr(lang, N_("xiaoan: clues, cases and peace in families; the system of a women’s federation")));
	for (const struct command *k = commands; k->name; k++)
		fprintf(to, "  xiaoan %-11s %s\n", k->name, tr(lang, k->line));
	fprintf(to, "\n%s\n", tr(lang, N_("xiaoan COMMAND --help tells more of each.")));
	return to == stdout ? 0 : 2;
}

int cmd_completion(struct cli *x)
{
	(void)x;
	printf("_xiaoan() {\n  local cur=${COMP_WORDS[COMP_CWORD]}\n  if [ $COMP_CWORD -eq 1 ]; then COMPREPLY=($(compgen -W '");
	for (const struct command *k = commands; k->name; k++)
		printf("%s ", k->name);
	printf("help' -- \"$cur\")); return; fi\n  case ${COMP_WORDS[1]} in\n");
	static const char *const subs[][2] = { { "report", "month" }, { "user", "list add link close unlock factor-off" }, { "token", "make list revoke" },
					       { "keys", "status rotate suite reseal paper backup restore lock unlock" }, { "retention", "plan list show approve run certificate hold release" }, { "journal", "verify head export key" }, { "record", "verify" }, { "tally", "verify" }, { "backup", "keygen now list verify keys open" }, { "completion", "bash" } };
	for (size_t i = 0; i < ARRAY_LEN(subs); i++)
		printf("    %s) [ $COMP_CWORD -eq 2 ] && COMPREPLY=($(compgen -W '%s' -- \"$cur\")) && return;;\n", subs[i][0], subs[i][1]);
	printf("  esac\n  case $cur in\n    -*) COMPREPLY=($(compgen -W '--data --store --help --port --host --demo --scale --seed --channel --dry-run --json "
	       "--area --format --key --until --dir --name --login --role' -- \"$cur\"));;\n    *) COMPREPLY=($(compgen -f -- \"$cur\"));;\n  esac\n}\ncomplete -F _xiaoan xiaoan\n");
	return 0;
}

/* The manual page comes from the table, so that it cannot tell of what is not there. */
int cmd_man(struct cli *x)
{
	(void)x;
	printf(".TH XIAOAN 1 \"\" \"XiaoAn %s\"\n.SH NAME\nxiaoan \\- the system of a women\\(cqs federation for peace in families\n"
	       ".SH SYNOPSIS\n.B xiaoan\n.I COMMAND\n[options]\n.SH DESCRIPTION\nClues about households come in, are screened, dispatched, mediated, followed up,"
	       " closed and counted.\n.SH COMMANDS\n", XA_VERSION);
	for (const struct command *k = commands; k->name; k++) {
		printf(".SS xiaoan %s\n%s\n.PP\n.nf\n", k->name, k->line);
		for (const char *p = k->help; *p; p++)
			if (*p == '-')
				fputs("\\-", stdout);
			else if (*p == '\\')
				fputs("\\e", stdout);
			else
				putchar(*p);
		printf(".fi\n");
	}
	printf(".SH FILES\n.TP\n.I DATA/xiaoan.db\nthe embedded database\n.TP\n.I DATA/keys.db\nthe keys, each wrapped under the root key: back it up apart from the data, and keep"
	       " such copies no longer than 35 days\n.TP\n.I DATA/root.key\nthe root key: keep it on paper (xiaoan keys paper); without it nobody can read the data\n.TP\n.I DATA/backup.pub\nthe public key to which backups are sealed\n.TP\n.I DATA/backups/\nsealed backups, and in log/ what was done"
	       " between them\n.TP\n.I DATA/keys.pub\nthe public key to which copies of the key store are sealed (absent: backup.pub)\n.TP\n.I DATA/key-backups/\nsealed copies of the key store\n.TP\n.I DATA/ballast\nroom that is given up when the disk is all but full\n.TP\n.I DATA/heads/\nsigned heads of the journal, one file a day: copy them elsewhere\n.TP\n.I DATA/outbox/\nmessages for the city\\(cqs gateway\n"
	       ".SH EXIT STATUS\n0: done; 1: it did not work; 2: asked wrongly\n.SH SEE ALSO\nxiaoan\\-verify(1), docs/operator.md, docs/journal.md\n");
	return 0;
}

int cli_main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "preview") == 0)
		return cmd_preview(argc, argv);
	const char *env = getenv("LC_ALL") && *getenv("LC_ALL") ? getenv("LC_ALL") : getenv("LANG");
	struct cli x = { .lang = env && strncmp(env, "en", 2) == 0 ? LANG_EN : LANG_ZH };
	if (argc < 2 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return help(x.lang, argc < 2 ? stderr : stdout);
	if (strcmp(argv[1], "--version") == 0)
		return printf("xiaoan %s\n", XA_VERSION), 0;
	for (const struct command *k = commands; k->name && !x.cmd; k++)
		if (strcmp(k->name, argv[1]) == 0)
			x.cmd = k;
	if (!x.cmd) {
		fprintf(stderr, "xiaoan: %s\n\n", tr(x.lang, N_("There is no such command.")));
		return help(x.lang, stderr);
	}
	x.a = arena_new(0);
	int code;
	const char *odd = NULL;
	bool clear = parse(&x, argc, argv, &odd);
	if (odd)
		code = cli_usage(&x, arena_printf(x.a, "%s: %s", odd, tr(x.lang, N_("There is no such option."))));
	else if (!clear)
		code = cli_usage(&x, tr(x.lang, N_("An option lacks its value, or there are too many words.")));
	else if (cli_opt(&x, "help") || cli_opt(&x, "h"))
		code = cli_usage(&x, NULL);
	else {
		x.app.data_dir = cli_opt(&x, "data") ? cli_opt(&x, "data") : "./data";
		x.app.store_url = cli_opt(&x, "store");
		x.app.keys_url = cli_opt(&x, "keys");
		x.app.root_key = root_key_elsewhere(&x);
		x.app.passphrase = cli_passphrase(&x, "passphrase-fd");
		code = x.cmd->run(&x);
	}
	if (x.opened) {
		app_unwire(x.opened);
		app_close(x.opened);
	}
	keeper_free(x.keeper);
	arena_free(x.a);
	return code;
}
