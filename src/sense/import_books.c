/* Why: an import is seen, stopped, gone on with and looked up by people; and its file, which holds what nobody may read, must
 * not outlive its use.
 * Invariants: a file lies on the disk only sealed; it is removed when the run has ended, and after a day when it never ran. */
#include "people/people.h"
#include "sense/import.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((size_t)64 << 20)
#define SLICE_MS 5000
#define KEEP_MS MS_DAY
#define COLUMNS "id, channel, name, sha256, area, sheet, map, rows, done_row, good, bad, dup, warned, state, error, who, org, ms, finished"

/* ---- the sealed file ---- */

static char *path_of(struct ctx *c, int64_t id) { return arena_printf(c->a, "%s/import/%lld", c->app->data_dir, (long long)id); }

static enum err write_all(int fd, struct str s, struct fault *f)
{
	while (s.n) {
		ssize_t k = write(fd, s.p, s.n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return fail(f, errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO, N_("The file could not be kept. Is the disk full?"), "write: errno %d", errno);
		s.p += k;
		s.n -= (size_t)k;
	}
	return OK;
}

static enum err file_put(struct ctx *c, int64_t id, struct str bytes)
{
	ARENA a = arena_new((size_t)256 << 20);
	char *dir = arena_printf(a, "%s/import", c->app->data_dir), *path = path_of(c, id);
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return fail(c->f, ERR_IO, N_("The file could not be kept. Is the disk full?"), "mkdir import: errno %d", errno);
	struct str sealed = seal(c->app->keys, a, PLACE("import_batch", "file", id), bytes);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fail(c->f, ERR_IO, N_("The file could not be kept. Is the disk full?"), "open import/%lld: errno %d", (long long)id, errno);
	enum err e = write_all(fd, sealed, c->f);
	if (e == OK && fsync(fd) != 0)
		e = fail(c->f, ERR_IO, N_("The file could not be kept. Is the disk full?"), "fsync: errno %d", errno);
	close(fd);
	if (e != OK)
		unlink(path);
	return e;
}

static enum err file_get(struct ctx *c, int64_t id, struct arena *a, struct str *ret)
{
	struct stat st;
	int fd = open(path_of(c, id), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return fail(c->f, ERR_NOT_FOUND, N_("The uploaded file is no longer there. Please upload it again; rows already imported are not taken twice."), NULL);
	enum err e = fail(c->f, ERR_IO, NULL, "import/%lld cannot be read", (long long)id);
	if (fstat(fd, &st) == 0 && st.st_size > 0 && (size_t)st.st_size <= FILE_MAX + 4096) {
		void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p != MAP_FAILED) {
			fault_clear(c->f);
			e = unseal(c->app->keys, a, PLACE("import_batch", "file", id), (struct str){ p, (size_t)st.st_size }, ret, c->f);
			munmap(p, (size_t)st.st_size);
		}
	}
	close(fd);
	return e;
}

/* ---- rows of the books ---- */

static void batch_of(struct ctx *c, struct rows *q, struct import_batch *b)
{
	*b = (struct import_batch){ .id = rows_int(q, 0), .channel = arena_str(c->a, rows_text(q, 1)), .name = arena_str(c->a, rows_text(q, 2)),
				    .sha256 = arena_str(c->a, rows_text(q, 3)), .area = arena_str(c->a, rows_text(q, 4)), .sheet = (int)rows_int(q, 5),
				    .map = arena_str(c->a, rows_text(q, 6)), .state = arena_str(c->a, rows_text(q, 13)), .error = arena_str(c->a, rows_text(q, 14)),
				    .who = rows_int(q, 15), .org = rows_int(q, 16), .ms = rows_int(q, 17), .finished = rows_int(q, 18) };
	b->n = (struct import_counts){ .rows = rows_int(q, 7), .at = rows_int(q, 8), .good = rows_int(q, 9), .bad = rows_int(q, 10), .dup = rows_int(q, 11), .warned = rows_int(q, 12) };
}

static bool sees_all(const struct ctx *c) { return c->actor->role == ROLE_SYSTEM || c->actor->role == ROLE_CITY; }

enum err import_get(struct ctx *c, int64_t id, struct import_batch *ret)
{
	ROWS q = NULL;
	bool more;
	TRY(db_rows(c->db, c->f, "SELECT " COLUMNS " FROM import_batch WHERE id = ?", ARGS(VI(id)), &q));
	TRY(rows_next(q, &more));
	if (!more || (!sees_all(c) && rows_int(q, 15) != c->actor->user))
		return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
	batch_of(c, q, ret);
	return OK;
}

enum err import_list(struct ctx *c, int limit, struct import_batch **ret, size_t *ret_n)
{
	ROWS q = NULL;
	bool more;
	struct import_batch *b = NULL;
	size_t n = 0, cap = 0;
	if (sees_all(c))
		TRY(db_rows(c->db, c->f, "SELECT " COLUMNS " FROM import_batch ORDER BY id DESC LIMIT ?", ARGS(VI(limit)), &q));
	else
		TRY(db_rows(c->db, c->f, "SELECT " COLUMNS " FROM import_batch WHERE who = ? ORDER BY id DESC LIMIT ?", ARGS(VI(c->actor->user), VI(limit)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct import_batch one;
		batch_of(c, q, &one);
		VEC_PUSH(c->a, b, n, cap, one);
	}
	*ret = b;
	*ret_n = n;
	return OK;
}

enum err import_bads(struct ctx *c, int64_t id, int64_t after, int limit, struct import_bad **ret, size_t *ret_n)
{
	ROWS q = NULL;
	bool more;
	struct import_bad *b = NULL;
	size_t n = 0, cap = 0;
	TRY(db_rows(c->db, c->f, "SELECT row, col, reason, arg FROM import_bad WHERE batch = ? AND row > ? ORDER BY row LIMIT ?", ARGS(VI(id), VI(after), VI(limit)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct import_bad one = { rows_int(q, 0), arena_str(c->a, rows_text(q, 1)), arena_str(c->a, rows_text(q, 2)), arena_str(c->a, rows_text(q, 3)) };
		VEC_PUSH(c->a, b, n, cap, one);
	}
	*ret = b;
	*ret_n = n;
	return OK;
}

/* ---- taking in ---- */

static enum err put_batch(struct ctx *c, void *arg)
{
	struct import_batch *b = arg;
	if (!code_find(c->app->codes, "source", b->channel))
		return fail(c->f, ERR_INVALID, N_("There is no channel of this name. See codes/source.tsv."), NULL);
	TRY(db_exec(c->db, c->f, "INSERT INTO import_batch (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, ?, NULL, ?, ?, ?, 0)",
		    ARGS(VI(b->id), VS(b->channel), VS(b->name), VS(b->sha256), VS(b->area), VI(b->sheet), VS(b->map), VS(b->state), VI(b->who), VI(b->org), VI(b->ms)), NULL));
	return journal_note(c, "import", "clue", 0, "ok", arena_fmt(c->a, "{\"batch\":\"%lld\",\"channel\":\"%.*s\"}", (long long)b->id, (int)b->channel.n, b->channel.p));
}

static struct import_batch fresh(struct ctx *c, struct str name, struct str channel, struct str bytes, struct str state)
{
	return (struct import_batch){ .id = id_new(now_ms()), .channel = channel, .name = utf8_valid(name) ? utf8_head(name, 100) : STR("?"), .sha256 = sha256_str(c->a, bytes),
				      .area = str_of(c->actor->area), .map = STR(""), .state = state, .who = c->actor->user, .org = c->actor->org, .ms = now_ms() };
}

/* Uploads that nobody ran within a day. */
static enum err sweep(struct ctx *c)
{
	ROWS q = NULL;
	bool more;
	int64_t old[50];
	int n = 0;
	TRY(db_rows(c->db, c->f, "SELECT id FROM import_batch WHERE state = 'new' AND ms < ? LIMIT 50", ARGS(VI(now_ms() - KEEP_MS)), &q));
	while (n < 50) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		old[n++] = rows_int(q, 0);
	}
	rows_end(q);
	q = NULL;
	for (int i = 0; i < n; i++)
		TRY(import_finish(c, old[i], "dropped", NULL));
	return OK;
}

enum err import_take(struct ctx *c, struct str name, struct str channel, struct str bytes, int64_t *ret_id)
{
	if (bytes.n > FILE_MAX)
		return fail(c->f, ERR_LIMIT, N_("The file is larger than 64 MiB. Please split it."), NULL);
	if (!bytes.n)
		return fail(c->f, ERR_INVALID, N_("The file is empty."), NULL);
	TRY(sweep(c));
	struct import_batch b = fresh(c, name, channel, bytes, STR("new"));
	TRY(file_put(c, b.id, bytes));
	enum err e = ctx_write(c, put_batch, &b);
	if (e != OK)
		unlink(path_of(c, b.id));
	else
		*ret_id = b.id;
	return e;
}

enum err import_begin(struct ctx *c, struct str name, struct str channel, struct str bytes, struct import_batch *ret)
{
	struct import_batch b = fresh(c, name, channel, bytes, STR("running"));
	int64_t id = 0;
	TRY(db_int(c->db, c->f, "SELECT id FROM import_batch WHERE sha256 = ? AND channel = ? AND who = ? AND state = 'running' ORDER BY id DESC LIMIT 1",
		   ARGS(VS(b.sha256), VS(channel), VI(b.who)), &id, NULL));
	if (id)
		return import_get(c, id, ret);
	TRY(ctx_write(c, put_batch, &b));
	*ret = b;
	return OK;
}

enum err import_table(struct ctx *c, const struct import_batch *b, struct arena *a, struct tab *ret)
{
	struct str bytes;
	TRY(file_get(c, b->id, a, &bytes));
	return tab_open(a, bytes, b->sheet, import_head_known, ret, c->f);
}

/* ---- starting, going on, ending ---- */

struct starting { const struct import_batch *b; const struct tab *t; struct str map, area; int64_t rows; bool start; };

static enum err start(struct ctx *c, void *arg)
{
	struct starting *s = arg;
	int64_t changed = 0;
	TRY(db_exec(c->db, c->f, "UPDATE import_batch SET map = ?, area = ?, sheet = ?, rows = ?, state = ? WHERE id = ? AND state IN ('new', 'running')",
		    ARGS(VS(s->map), VS(s->area), VI(s->b->sheet), VI(s->rows), VS(s->start ? STR("running") : s->b->state), VI(s->b->id)), &changed));
	if (!changed)
		return fail(c->f, ERR_STATE, N_("This import has been run already."), NULL);
	TRY(import_map_keep(c, s->b->channel, s->t, s->map));
	/* A second click finds it running: the job is there. */
	if (s->start && str_is(s->b->state, "new"))
		TRY(job_put(c, "import", arena_fmt(c->a, "%lld", (long long)s->b->id), now_ms()));
	return OK;
}

static bool count_row(void *arg, const struct tab_row *r)
{
	(void)r;
	++*(int64_t *)arg;
	return true;
}

static bool maps(const struct import_map *m, enum import_field f)
{
	for (int i = 0; i < TAB_COLS; i++)
		if (m->field[i] == (unsigned char)f)
			return true;
	return false;
}

enum err import_start(struct ctx *c, const struct import_batch *b, const struct tab *t, const struct import_map *m, struct str area, bool run)
{
	struct starting s = { b, t, import_map_text(c->a, m), area, 0, run };
	if (!maps(m, IM_TEXT)) {
		fault_field(c->f, "map", N_("Please say which column holds the text."), NULL);
		return fail(c->f, ERR_INVALID, N_("Please say which column holds the text."), NULL);
	}
	TRY(tab_each(t, 0, count_row, &s.rows, c->f));
	return ctx_write(c, start, &s);
}

struct ending { int64_t id; const char *state, *error; };

static enum err end(struct ctx *c, void *arg)
{
	struct ending *e = arg;
	return db_exec(c->db, c->f, "UPDATE import_batch SET state = ?, error = ?, finished = ? WHERE id = ? AND state IN ('new', 'running')",
		       ARGS(VS(str_of(e->state)), VS(str_of(e->error)), VI(now_ms()), VI(e->id)), NULL);
}

enum err import_finish(struct ctx *c, int64_t id, const char *state, const char *error)
{
	struct ending e = { id, state, error };
	TRY(ctx_write(c, end, &e));
	unlink(path_of(c, id));
	return OK;
}

static enum err again(struct ctx *c, void *arg)
{
	return job_put(c, "import", *(struct str *)arg, now_ms());
}

/* What trying again would not mend. */
static bool hopeless(enum err e) { return e == ERR_INVALID || e == ERR_NOT_FOUND || e == ERR_AUTH || e == ERR_DENIED || e == ERR_LIMIT || e == ERR_STATE; }

static enum err slice(struct ctx *c, struct import_batch *b, bool *ret_more)
{
	struct actor who;
	struct tab t;
	struct import_counts n;
	struct import_run r = { .tab = &t, .channel = b->channel, .area = b->area, .actor = &who, .batch = b->id, .budget_ms = SLICE_MS, .start = b->n };
	ARENA a = arena_new((size_t)512 << 20);
	TRY(people_actor(c->app, c->db, c->a, b->who, &who, c->f));
	who.face = "import";
	TRY(import_table(c, b, a, &t));
	TRY(import_map_parse(&t, b->map, &r.map, c->f));
	return import_run(c, &r, &n, ret_more);
}

enum err import_job(struct ctx *c, struct str arg)
{
	struct import_batch b;
	int64_t id;
	bool more = false;
	if (!str_int(arg, &id))
		return OK;
	if (!c->db)
		TRY(ctx_read(c));
	enum err e = import_get(c, id, &b);
	if (e == ERR_NOT_FOUND || (e == OK && !str_is(b.state, "running"))) {
		fault_clear(c->f);
		return OK;
	}
	TRY(e);
	e = slice(c, &b, &more);
	if (e == OK)
		return more ? ctx_write(c, again, &arg) : import_finish(c, id, "done", NULL);
	if (e == ERR_STALE || hopeless(e)) {
		const char *why = c->f->msg ? c->f->msg : err_text(e);
		fault_clear(c->f);
		return e == ERR_STALE ? OK : import_finish(c, id, "failed", why);
	}
	return e;
}
