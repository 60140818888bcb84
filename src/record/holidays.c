/* Why: the State Council names next year's holidays in November, and every term that runs past New Year hangs on them; they cannot wait for a new program.
 * Invariants: days are read through app->calendar and nowhere else; a calendar once handed out is freed with the program alone, because somebody may
 * be reading it; a year that was entered stands for the table's, whole. */
#include "base/embedded.h"
#include "record/inner.h"
#include <pthread.h>
#include <stdlib.h>

struct kept { struct calendar *calendar; struct kept *next; };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;      /* of the list, for every app */

static void put_in_place(struct app *app, struct calendar *calendar, int64_t ms)
{
	pthread_mutex_lock(&lock);
	struct calendar *was = app->calendar;
	if (was) {
		struct kept *k = xalloc(sizeof *k);
		*k = (struct kept){ was, app->calendars };
		app->calendars = k;
	}
	app->calendar = calendar;
	app->holidays = ms;
	pthread_mutex_unlock(&lock);
}

void holidays_free(struct app *app)
{
	calendar_free(app->calendar);
	for (struct kept *k = app->calendars, *next; k; k = next) {
		next = k->next;
		calendar_free(k->calendar);
		free(k);
	}
}

/* Years that stand in `more`. */
static bool entered(struct str more, struct str year)
{
	while (more.p) {
		struct str line = str_cut(more, '\n', &more);
		if (str_starts(line, "#year\t") && line.n == 10 && memcmp(line.p + 6, year.p, 4) == 0)
			return true;
	}
	return false;
}

/* A day of the December before, entered with the next year's list, stands for the table's too. */
static bool has_day(struct str more, struct str line)
{
	while (more.p) {
		struct str m = str_cut(more, '\n', &more);
		if (m.n > 10 && line.n > 10 && memcmp(m.p, line.p, 10) == 0)
			return true;
	}
	return false;
}

static enum err build(struct str more, struct calendar **ret, struct fault *f)
{
	const struct embedded *e = embedded_find("codes/holidays.tsv");
	struct str rest = e ? (struct str){ e->bytes, e->n } : STR_NONE;
	BUF_AUTO b = BUF((size_t)1 << 20);
	while (rest.p) {
		struct str line = str_cut(rest, '\n', &rest);
		if (line.n > 10 && line.p[0] != '#' && !entered(more, (struct str){ line.p, 4 }) && !has_day(more, line)) {
			buf_str(&b, line);
			buf_char(&b, '\n');
		}
	}
	buf_str(&b, more);
	return calendar_load(buf_view(&b), ret, f);
}

enum err holidays_refresh(struct ctx *c)
{
	ROWS q = NULL;
	bool more;
	struct str lines = STR("");
	int64_t ms = 0;
	struct calendar *made;
	TRY(db_rows(c->db, c->f, "SELECT value, updated FROM setting WHERE name = 'holidays'", NOARGS, &q));
	TRY(rows_next(q, &more));
	if (more) {
		lines = arena_str(c->a, rows_text(q, 0));
		ms = rows_int(q, 1);
	}
	if (c->app->calendar && c->app->holidays == ms)
		return OK;
	TRY(build(lines, &made, c->f));
	put_in_place(c->app, made, ms);
	return OK;
}

struct change { struct app *app; int64_t ms; size_t n; char text[]; };

/* What does not read was refused before the commit. */
static void committed(void *arg)
{
	struct change *k = arg;
	struct calendar *made;
	if (build((struct str){ k->text, k->n }, &made, NULL) == OK)
		put_in_place(k->app, made, k->ms);
}

enum err holidays_set(struct ctx *c, struct str lines)
{
	struct calendar *trial;
	int64_t was = 0;
	TRY(build(lines, &trial, c->f));
	calendar_free(trial);
	TRY(db_int(c->db, c->f, "SELECT updated FROM setting WHERE name = 'holidays'", NOARGS, &was, NULL));
	struct change *k = xalloc(sizeof *k + lines.n + 1);
	*k = (struct change){ .app = c->app, .ms = c->now > was ? c->now : was + 1, .n = lines.n };
	if (lines.n)
		memcpy(k->text, lines.p, lines.n);
	db_after_commit(c->db, committed, k);
	return db_exec(c->db, c->f, "INSERT INTO setting (name, value, updated) VALUES ('holidays', ?, ?) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value, updated = EXCLUDED.updated",
		       ARGS(VS(lines), VI(k->ms)), NULL);
}
