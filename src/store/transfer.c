/* Why: PostgreSQL is backed up into the same sealed file as SQLite, opened and checked the same way, and restored to either engine: so its
 * rows go into a SQLite file of the same tables, and out of one.
 * Invariants: the rows are of one moment; they arrive in one transaction, or not at all; nothing is converted but NULL, integer, real,
 * text and blob as they are. */
#include "store/internal.h"

#define FETCH_ROWS "500"    /* at once, from a cursor: a result is held in memory whole */

struct transfer { struct store *from; };

static enum err one_column(struct db *d, struct arena *a, const char *sql, struct str arg, struct str **ret, size_t *ret_n, struct fault *f)
{
	ROWS r = NULL;
	struct str *v = NULL;
	size_t n = 0, cap = 0;
	TRY(db_rows(d, f, sql, &(struct val){ .t = V_TEXT, .s = arg }, arg.p ? 1 : 0, &r));
	for (;;) {
		bool more = false;
		TRY(rows_next(r, &more));
		if (!more)
			break;
		VEC_PUSH(a, v, n, cap, arena_str(a, rows_text(r, 0)));
	}
	*ret = v;
	*ret_n = n;
	return OK;
}

static enum err put_rows(struct db *out, struct rows *r, const char *insert, struct val *v, int ncols, int64_t *ret_n, struct fault *f)
{
	for (*ret_n = 0;; ++*ret_n) {
		bool more = false;
		TRY(rows_next(r, &more));
		if (!more)
			return OK;
		for (int i = 0; i < ncols; i++) {
			v[i] = (struct val){ .t = rows_type(r, i) };
			switch (v[i].t) {
			case V_INT: v[i].i = rows_int(r, i); break;
			case V_REAL: v[i].r = rows_real(r, i); break;
			case V_TEXT: v[i].s = rows_text(r, i); break;
			case V_BLOB: v[i].s = rows_blob(r, i); break;
			case V_NULL: break;
			}
			/* an empty one is no NULL */
			if ((v[i].t == V_TEXT || v[i].t == V_BLOB) && !v[i].s.p)
				v[i].s = STR("");
		}
		TRY(db_exec(out, f, insert, v, (size_t)ncols, NULL));
	}
}

static enum err copy_table(struct db *in, struct db *out, struct arena *a, const char *name, const struct str *col, size_t ncols, struct fault *f)
{
	BUF_AUTO cols = BUF(1 << 16);
	BUF_AUTO marks = BUF(1 << 16);
	for (size_t i = 0; i < ncols; i++) {
		buf_printf(&cols, "%s%.*s", i ? ", " : "", (int)col[i].n, col[i].p);
		buf_cstr(&marks, i ? ", ?" : "?");
	}
	const char *insert = arena_printf(a, "INSERT INTO %s (%s) VALUES (%s)", name, cols.p, marks.p);
	const char *select = arena_printf(a, "SELECT %s FROM %s", cols.p, name), *query = select;
	struct val *v = NEWN(a, struct val, ncols);
	/* a migration may have put a first row */
	int64_t rows = 0;
	TRY(db_int(out, f, arena_printf(a, "SELECT CAST(COUNT(*) AS INTEGER) FROM %s", name), NOARGS, &rows, NULL));
	if (rows)
		TRY(db_exec(out, f, arena_printf(a, "DELETE FROM %s", name), NOARGS, NULL));
	if (in->e->postgres) {
		TRY(in->e->script(in, f, arena_printf(a, "DECLARE copy_%s NO SCROLL CURSOR FOR %s", name, select)));
		query = arena_printf(a, "FETCH " FETCH_ROWS " FROM copy_%s", name);
	}
	do {
		ROWS r = NULL;
		TRY(db_rows(in, f, query, NOARGS, &r));
		TRY(put_rows(out, r, insert, v, (int)ncols, &rows, f));
	} while (in->e->postgres && rows);
	return in->e->postgres ? in->e->script(in, f, arena_printf(a, "CLOSE copy_%s", name)) : OK;
}

static enum err copy_all(struct db *in, struct db *out, struct fault *f)
{
	ARENA a = arena_new(0);
	struct db *names = in->e->postgres ? out : in;
	struct str *table, *col;
	size_t n, ncols;
	TRY(one_column(names, a, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'search\\_%' ESCAPE '\\' ORDER BY name", STR_NONE,
		       &table, &n, f));
	for (size_t i = 0; i < n; i++) {
		TRY(one_column(names, a, "SELECT name FROM pragma_table_info(?)", table[i], &col, &ncols, f));
		TRY(copy_table(in, out, a, arena_cstr(a, table[i]), col, ncols, f));
	}
	return OK;
}

static enum err transfer_job(struct db *out, void *arg, struct fault *f)
{
	struct transfer *t = arg;
	struct db *in;
	TRY(store_reader(t->from, &in, f));
	TRY(db_read_begin(in, f));
	enum err e = copy_all(in, out, f);
	db_read_end(in);
	return e;
}

enum err store_transfer(struct store *from, struct store *to, struct fault *f)
{
	must(from != to && !(from->e->postgres && to->e->postgres));
	return store_write(to, transfer_job, &(struct transfer){ from }, f);
}
