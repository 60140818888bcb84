/* Why: the schema grows with the program, forward only, one text for both engines.
 * Invariants: each migration is one transaction together with its line in schema_migration; a text that was applied once
 * may never change (the hash is of the whole text, both engines' blocks). */
#include "store/internal.h"
#include "base/clock.h"
#include <inttypes.h>
#include <stdio.h>

#define MIGRATION_MAX (8 * 1024 * 1024)

static void text_hash(const char *sql, char ret[17])
{
	uint64_t h = 0xcbf29ce484222325u;
	for (; *sql; sql++)
		h = (h ^ (unsigned char)*sql) * 0x100000001b3u;
	snprintf(ret, 17, "%016" PRIx64, h);
}

/* ---- applying ---- */

static const char newer_hint[] = N_("Install the newer program again, or restore the backup made before it was installed.");

static enum err table_job(struct db *d, void *arg, struct fault *f)
{
	BUF_AUTO b = BUF(4096);
	migration_text("CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL,"
		       " hash TEXT NOT NULL, applied_ms INTEGER NOT NULL) STRICT", db_is_postgres(d), &b);
	return d->e->script(d, f, b.p);
}

struct plan { const struct migration *m; size_t n; bool *applied; };

static enum err check_line(struct plan *p, int64_t number, struct str hash, struct fault *f)
{
	size_t i = 0;
	while (i < p->n && p->m[i].number != number)
		i++;
	if (i == p->n) {
		enum err e = fail(f, ERR_DB, N_("The database was made by a newer version of the program (migration %s)."),
				  "migration %lld is unknown here", (long long)number);
		if (f) {
			f->hint = newer_hint;
			snprintf(f->arg, sizeof f->arg, "%lld", (long long)number);
		}
		return e;
	}
	char want[17];
	text_hash(p->m[i].sql, want);
	if (!str_is(hash, want)) {
		enum err e = fail(f, ERR_DB, N_("Migration %s was changed after it had been applied to this database."),
				  "migration %d has hash %s, applied was %.*s", p->m[i].number, want, (int)hash.n, hash.p);
		if (f) {
			f->hint = N_("Use the program this database was made with; a change needs a new migration.");
			snprintf(f->arg, sizeof f->arg, "%d %.80s", p->m[i].number, p->m[i].name);
		}
		return e;
	}
	p->applied[i] = true;
	return OK;
}

static enum err check_job(struct db *d, void *arg, struct fault *f)
{
	struct plan *p = arg;
	ROWS r = NULL;
	TRY(db_rows(d, f, "SELECT number, hash FROM schema_migration ORDER BY number", NOARGS, &r));
	for (;;) {
		bool more = false;
		TRY(rows_next(r, &more));
		if (!more)
			return OK;
		TRY(check_line(p, rows_int(r, 0), rows_text(r, 1), f));
	}
}

static enum err apply_job(struct db *d, void *arg, struct fault *f)
{
	const struct migration *m = arg;
	/* another process may have been quicker between our check and this transaction */
	int64_t there = 0;
	TRY(db_int(d, f, "SELECT COUNT(*) FROM schema_migration WHERE number = ?", ARGS(VI(m->number)), &there, NULL));
	if (there)
		return OK;
	BUF_AUTO b = BUF(MIGRATION_MAX);
	migration_text(m->sql, db_is_postgres(d), &b);
	if (b.over)
		return fail(f, ERR_LIMIT, NULL, "migration %d is too long", m->number);
	TRY(d->e->script(d, f, b.p));
	char hash[17];
	text_hash(m->sql, hash);
	return db_exec(d, f, "INSERT INTO schema_migration (number, name, hash, applied_ms) VALUES (?, ?, ?, ?)",
		       ARGS(VI(m->number), VS(str_of(m->name)), VS(str_of(hash)), VI(now_ms())), NULL);
}

static enum err migrate_locked(struct store *s, struct plan *p, struct fault *f)
{
	TRY(store_write(s, table_job, NULL, f));
	TRY(store_write(s, check_job, p, f));
	for (size_t i = 0; i < p->n; i++)
		if (!p->applied[i])
			TRY(store_write(s, apply_job, (void *)&p->m[i], f));
	return OK;
}

enum err store_migrate(struct store *s, const struct migration *m, size_t n, struct fault *f)
{
	for (size_t i = 1; i < n; i++)
		must(m[i - 1].number < m[i].number);
	ARENA a = arena_new(0);
	struct plan p = { m, n, NEWN(a, bool, n + 1) };
	struct db *lock = NULL;
	if (s->e->postgres)
		TRY(postgres_migrate_lock(s, &lock, f));
	enum err e = migrate_locked(s, &p, f);
	if (lock)
		s->e->disconnect(lock);
	return e;
}
