/* The catalogue held against everything it speaks of: tables, code lists, types, deadline rules, words. Each row a rule. */
#include "absorb/absorb.h"
#include "cli/cli.h"
#include "record/inner.h"
#include "../test.h"
#include <sys/wait.h>
#include <unistd.h>

struct place_of { char dir[64]; struct app *app; struct arena *a; struct fault f; struct ctx c; };

static void open_all(struct place_of *p)
{
	memset(p, 0, sizeof *p);
	snprintf(p->dir, sizeof p->dir, "/tmp/xa-cat-XXXXXX");
	NEED(mkdtemp(p->dir) != NULL);
	p->a = arena_new(0);
	NEED_OK(app_open(&(struct app_options){ .data_dir = p->dir, .fast_unsafe = true }, all_types, &p->app, &p->f));
	ctx_init(&p->c, p->app, p->a, &p->f, &actor_system);
	NEED_OK(ctx_read(&p->c));
}

static void close_all(struct place_of *p)
{
	char *cmd = arena_printf(p->a, "rm -rf '%s'", p->dir);
	app_close(p->app);
	CHECK(system(cmd) == 0);
	arena_free(p->a);
}

static const char *column_type(const struct field *f) { return field_numeric(f) ? "INTEGER" : field_sealed(f) ? "BLOB" : "TEXT"; }

static bool is_common(struct str name)
{
	static const char *const common[] = { "id", "version", "parent", "state", "number", "area", "town", "comm", "org", "owner", "creator", "created", "updated", "extra" };
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		if (str_is(name, common[i]))
			return true;
	return false;
}

TEST(tables_are_what_the_catalogue_says)
{
	struct place_of p;
	open_all(&p);
	for (const struct plan *pl = p.app->plans; pl->t; pl++) {
		ROWS r = NULL;
		bool more;
		size_t fields = 0;
		NEED_OK(db_rows(p.c.db, &p.f, "SELECT name, type FROM pragma_table_info(?)", ARGS(VS(str_of(pl->table))), &r));
		for (;;) {
			NEED_OK(rows_next(r, &more));
			if (!more)
				break;
			struct str name = rows_text(r, 0), type = rows_text(r, 1);
			int i = field_find(pl->t, name);
			bool blind = str_ends(name, "_bi");
			if (blind) {
				i = field_find(pl->t, (struct str){ name.p, name.n - 3 });
				CHECK(i >= 0 && pl->t->fields[i].flags & FF_BLIND && str_is(type, "BLOB"));
			} else if (i >= 0) {
				fields++;
				if (!str_is(type, column_type(&pl->t->fields[i])))
					printf("# %s.%.*s is %.*s\n", pl->table, (int)name.n, name.p, (int)type.n, type.p);
				CHECK(str_is(type, column_type(&pl->t->fields[i])));
			} else {
				if (!is_common(name))
					printf("# %s.%.*s is in no catalogue\n", pl->table, (int)name.n, name.p);
				CHECK(is_common(name));
			}
		}
		CHECK_INT(fields, pl->t->nfields);
	}
	close_all(&p);
}

TEST(codes_types_and_rules_exist)
{
	struct place_of p;
	open_all(&p);
	for (const struct rtype *const *t = all_types; *t; t++) {
		for (size_t i = 0; i < (*t)->nfields; i++) {
			const struct field *f = &(*t)->fields[i];
			size_t n = 0;
			bool ok = true;
			if (f->type == F_CODE || f->type == F_CODES)
				ok = codes_list(p.app->codes, f->of, &n) && n;
			else if (f->type == F_REF)
				ok = type_find(p.app, str_of(f->of)) != NULL;
			if (!ok)
				printf("# %s.%s: nothing called %s\n", (*t)->name, f->name, f->of);
			CHECK(ok);
			/* What names a person is never plain, and what is sealed is no list filter. */
			CHECK(f->secrecy != S_PLAIN || (f->type != F_PHONE && f->type != F_IDNO) || strcmp((*t)->name, "org") == 0 || strcmp((*t)->name, "studio") == 0);
			CHECK(f->secrecy == S_PLAIN || !(f->flags & FF_FILTER));
		}
		CHECK(!(*t)->title || field_find(*t, str_of((*t)->title)) >= 0);
		CHECK(!(*t)->parent || type_find(p.app, str_of((*t)->parent)));
		CHECK((*t)->nread > 0);
		for (size_t i = 0; i < (*t)->nsteps; i++) {
			const struct step *s = &(*t)->steps[i];
			struct rec r = { .t = *t };
			for (const char *words = s->starts; words; words = NULL) {
				struct str rest = str_of(words);
				while (rest.p) {
					struct str w = str_cut(rest, ' ', &rest);
					CHECK(!w.n || !str_eq(due_rule_label(&p.c, w), w));
				}
			}
			const char *at = s->fields;
			struct str w;
			bool need;
			while (step_field(&at, &w, &need)) {
				bool ok = str_is(w, "*") || str_is(w, "area") || str_is(w, "org") || str_is(w, "owner") || field_find(*t, w) >= 0;
				if (!ok)
					printf("# %s.%s asks for %.*s\n", (*t)->name, s->verb, (int)w.n, w.p);
				CHECK(ok);
			}
			(void)r;
			CHECK(s->flags & STEP_INTERNAL || s->roles);
			CHECK(s->to[0] && (strcmp(s->to, "=") == 0 || strcmp(s->to, "?") == 0 || strlen(s->to) > 2));
		}
	}
	close_all(&p);
}

/* Every label a person can meet has Chinese of its own. */
TEST(labels_are_translated)
{
	int missing = 0;
	for (const struct rtype *const *t = all_types; *t; t++) {
		const char *v[] = { (*t)->label, (*t)->plural };
		for (size_t i = 0; i < ARRAY_LEN(v); i++)
			missing += strcmp(tr(LANG_ZH, v[i]), v[i]) == 0 ? printf("# no Chinese: %s\n", v[i]) > 0 : 0;
		for (size_t i = 0; i < (*t)->nfields; i++)
			missing += strcmp(tr(LANG_ZH, (*t)->fields[i].label), (*t)->fields[i].label) == 0 ? printf("# no Chinese: %s\n", (*t)->fields[i].label) > 0 : 0;
		for (size_t i = 0; i < (*t)->nstates; i++)
			missing += strcmp(tr(LANG_ZH, (*t)->states[i].label), (*t)->states[i].label) == 0 ? printf("# no Chinese: %s\n", (*t)->states[i].label) > 0 : 0;
		for (size_t i = 0; i < (*t)->nsteps; i++)
			missing += strcmp(tr(LANG_ZH, (*t)->steps[i].label), (*t)->steps[i].label) == 0 ? printf("# no Chinese: %s\n", (*t)->steps[i].label) > 0 : 0;
	}
	CHECK_INT(missing, 0);
}

/* ---- the command line ---- */

static int ran(const char *line)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		char *argv[16], *words = strdup(line);
		int n = 0;
		for (char *w = strtok(words, " "); w && n < 15; w = strtok(NULL, " "))
			argv[n++] = w;
		argv[n] = NULL;
		must(freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr));
		int code = cli_main(n, argv);
		free(words);
		_exit(code);
	}
	int status = 0;
	NEED(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(a_slip_of_the_finger_is_told)
{
	char dir[] = "/tmp/xa-cli-XXXXXX";
	NEED(mkdtemp(dir) != NULL);
	ARENA a = arena_new(0);
	CHECK_INT(ran("xiaoan serve --prot 9000"), 2);
	CHECK_INT(ran("xiaoan serve --port --demo"), 2);
	CHECK_INT(ran("xiaoan report month 2026-10 --aera 320582001"), 2);
	CHECK_INT(ran("xiaoan report month 2026-10 --for json"), 2);
	CHECK_INT(ran("xiaoan import --help"), 0);
	/* No data: nothing is in order, and no folder is made. */
	CHECK_INT(ran(arena_printf(a, "xiaoan journal verify --data %s/none", dir)), 1);
	CHECK_INT(ran(arena_printf(a, "xiaoan report month 2026-10 --data=%s/none", dir)), 1);
	CHECK_INT(ran(arena_printf(a, "xiaoan doctor --data %s/none", dir)), 1);
	CHECK(access(arena_printf(a, "%s/none", dir), F_OK) != 0);
	CHECK_INT(ran(arena_printf(a, "xiaoan user list --data %s/new", dir)), 0);
	CHECK_INT(ran(arena_printf(a, "xiaoan journal verify --data %s/new", dir)), 0);
	CHECK_INT(ran(arena_printf(a, "xiaoan report month 2026-10 --area 999 --data %s/new", dir)), 1);
	CHECK_INT(ran(arena_printf(a, "xiaoan report month 2026-10 --area 320582001 --data %s/new -o %s/o.json", dir, dir)), 0);
	CHECK(system(arena_printf(a, "rm -rf '%s'", dir)) == 0);
}
