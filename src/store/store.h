/*
 * store/: the one database layer, on SQLite (default) or PostgreSQL (by URL).
 *
 * Owns connections, statement caches, the group-commit writer and the migrations.  Only this room includes
 * sqlite3.h and libpq-fe.h.  May include base/.  Called by record/ and above.  Knows no record, no right, no word
 * for a user.  Tests: tests/store/, run on both engines (XA_TEST_PG names a running server, else only SQLite).
 *
 * SQL is written once, in the dialect both share: `?` for parameters (numbered by position for PostgreSQL), types
 * INTEGER, TEXT, BLOB, REAL only, upserts by ON CONFLICT … DO UPDATE, CAST(SUM(x) AS INTEGER), no ILIKE, no datetime
 * functions.  In migrations tables end in `) STRICT`; the PostgreSQL engine reads INTEGER as BIGINT, BLOB as BYTEA,
 * REAL as DOUBLE PRECISION and drops STRICT.  Statements are prepared once a connection and cached by their text.
 *
 * Threads: a reader belongs to one thread.  All writes go through the writer: with SQLite one thread that runs each
 * queued job, undone alone when it fails, and commits once for all that wait (synchronous=FULL); with PostgreSQL a few threads, one
 * transaction a job.  A job's done() is called only when its effect is durable (or has failed).
 *
 * In a job: PostgreSQL transactions are SERIALIZABLE, so both engines keep the same promise; it runs a job again from
 * scratch (at most 5 times) when it lost against another. SQLite runs one again when another of the same commit failed after
 * it had written: a savepoint for each would cost more than what most jobs do. So run() may be called more than once: set what it hands
 * back afresh each time, and cause nothing outside but by db_after_commit.  Once a statement has failed outside db_sub
 * the job must return the error; whatever else it tries is refused, on both engines.  On SQLite a transaction that a
 * full disk broke fails for all jobs in it, with ERR_FULL.
 */
#ifndef XA_STORE_H
#define XA_STORE_H
#include "base/base.h"

struct store;
struct db;    /* a connection: a thread's reader, or the writer's inside a job */

struct store_options {
	int readers_cache_kib;   /* page cache of a reader, 0: 8192 */
	bool fast_unsafe;        /* synchronous=OFF: demo loading and benches only */
	int writers;             /* PostgreSQL: writer threads, 0: 4 */
	bool keep_log;           /* SQLite: never fold the WAL into the file unless store_ship() took it away first */
};

/* url: a file path or "sqlite:PATH" (":memory:" is refused: readers could not see it), or "postgres://…". Creates the
 * file. opt may be NULL. Errors: ERR_IO, ERR_DB, ERR_FULL; ERR_BUSY: PostgreSQL is away, and so says whatever asks it later while it is: the
 * store finds it again by itself. */
CHECKED enum err store_open(const char *url, const struct store_options *opt, struct store **ret, struct fault *f);
void store_close(struct store *s);    /* finishes the queue; takes NULL */
bool store_is_postgres(const struct store *s);
/* The TCP ports on which a store at url would be looked for, at most max; none for a file or a Unix socket. */
CHECKED enum err store_ports(const char *url, uint16_t *ret, size_t max, size_t *ret_n, struct fault *f);

struct migration { int number; const char *name; const char *sql; };
/* Applies those not yet applied, in order, each in one transaction; refuses when an applied one's text has changed or
 * the database is newer than the program. Table schema_migration(number, name, hash, applied_ms). */
CHECKED enum err store_migrate(struct store *s, const struct migration *m, size_t n, struct fault *f);

/* ---- values, statements, rows ---------------------------------------------------- */

enum val_type { V_NULL, V_INT, V_TEXT, V_BLOB, V_REAL };
struct val { enum val_type t; int64_t i; double r; struct str s; };
#define VI(x) ((struct val){ .t = V_INT, .i = (x) })
#define VS(x) val_text(x)
#define VB(ptr, len) ((struct val){ .t = V_BLOB, .s = { (const char *)(ptr), (len) } })
#define VR(x) ((struct val){ .t = V_REAL, .r = (x) })
#define VN ((struct val){ .t = V_NULL })
static inline struct val val_text(struct str s) { return s.p ? (struct val){ .t = V_TEXT, .s = s } : VN; }
/* db_exec(db, f, "UPDATE x SET y = ? WHERE id = ?", ARGS(VI(1), VI(2)), &changed) */
#define ARGS(...) (const struct val[]){ __VA_ARGS__ }, sizeof((const struct val[]){ __VA_ARGS__ }) / sizeof(struct val)
#define NOARGS NULL, 0

/* Runs a statement that returns no rows. ret_changed may be NULL. A broken UNIQUE gives ERR_DUPLICATE, other
 * constraints ERR_DB; a full disk ERR_FULL. */
CHECKED enum err db_exec(struct db *d, struct fault *f, const char *sql, const struct val *args, size_t nargs, int64_t *ret_changed);

struct rows;
/* Starts a query; rows_end must be called (also by CLEANUP(rows_endp)). Text and blobs point into the row and live until the
 * next rows_next: copy with arena_str. */
CHECKED enum err db_rows(struct db *d, struct fault *f, const char *sql, const struct val *args, size_t nargs, struct rows **ret);
CHECKED enum err rows_next(struct rows *r, bool *ret_more);    /* fault goes where db_rows was told */
int rows_cols(const struct rows *r);
enum val_type rows_type(const struct rows *r, int col);
int64_t rows_int(const struct rows *r, int col);               /* NULL gives 0 */
double rows_real(const struct rows *r, int col);
struct str rows_text(const struct rows *r, int col);           /* NULL gives absent */
struct str rows_blob(const struct rows *r, int col);
void rows_end(struct rows *r);                                 /* takes NULL */
void rows_endp(struct rows **r);
#define ROWS CLEANUP(rows_endp) struct rows *
/* One row, one integer; *ret keeps its value when there is no row. ret_found may be NULL. */
CHECKED enum err db_int(struct db *d, struct fault *f, const char *sql, const struct val *args, size_t nargs, int64_t *ret, bool *ret_found);

/* ---- reading ------------------------------------------------------------------------ */

/* This thread's reader; opened when first asked for, closed when the thread or the store ends. */
CHECKED enum err store_reader(struct store *s, struct db **ret, struct fault *f);
/* One snapshot for all statements between; nested calls count. */
CHECKED enum err db_read_begin(struct db *d, struct fault *f);
void db_read_end(struct db *d);
bool db_is_postgres(const struct db *d);
bool db_can_write(const struct db *d);
int64_t db_statements(const struct db *d);     /* run so far: for budgets in tests */
int64_t db_execs(const struct db *d);          /* of these by db_exec(): only they change a record */

/* ---- writing ------------------------------------------------------------------------ */

struct write {
	enum err (*run)(struct db *d, void *arg, struct fault *f);   /* on the writer; an error undoes it alone */
	void (*done)(void *arg, enum err e, struct fault *f);        /* after the commit, or the failure; may be NULL */
	void *arg;
	struct fault fault;
	struct write *next;                                          /* the store's */
	enum err result;                                             /* the store's */
};
/* Queues w, which must live until done(). Never blocks but when 10,000 jobs wait. */
void store_submit(struct store *s, struct write *w);
/* The same, and waits. Must not be called from inside a job. */
CHECKED enum err store_write(struct store *s, enum err (*run)(struct db *, void *, struct fault *), void *arg, struct fault *f);
/* Inside a job: runs fn in a savepoint of its own, undone alone when it fails. */
CHECKED enum err db_sub(struct db *d, enum err (*fn)(struct db *, void *, struct fault *), void *arg, struct fault *f);
/* Inside a job: call fn(arg) after this job's commit (not called on failure). arg is freed with free() either way. */
void db_after_commit(struct db *d, void (*fn)(void *), void *arg);
/* What many jobs of one commit add to the same row, or what is cheaper written in order, is kept in memory and written together
 * just before the commit, in the same transaction: one kind is one static struct. flush gets the items in the order they
 * came; several may concern one row. It runs outside the jobs, so it must not fail for what one job said. */
struct later { enum err (*flush)(struct db *d, void *const *item, size_t n, struct fault *f); };
/* Inside a job: a new item of n zeroed bytes, which lives until the transaction ends and is undone with its job or db_sub. */
void *db_later(struct db *d, const struct later *kind, size_t n);
struct str db_later_str(struct db *d, struct str s);                  /* a copy that lives as long; after a first db_later */
void *db_later_last(const struct db *d, const struct later *kind);    /* the newest, written or not; NULL: none in this transaction */
size_t db_later_bytes(const struct db *d);                            /* kept so far */
/* Writes what waits (kind NULL: of every kind): before reading on the writer what it changes. Nothing on a reader. */
CHECKED enum err db_settle(struct db *d, const struct later *kind, struct fault *f);
int64_t store_commits(const struct store *s);    /* so far, of all its writers: for benches */
/* Inside a job: nothing that it writes shows on any page (somebody looked, a session was used): store_version() stays. */
void db_quiet(struct db *d);
/* What was read before can be told from what is there now: grows with each commit that held a job which was not quiet, and with
 * each commit of another process, seen at the latest when the next job begins. It has grown before any done() of that commit
 * is called; so what was read under a version asked for beforehand still stands when a later job finds the same by
 * db_version(), on whatever thread it was read. 0: PostgreSQL, where others write unseen; then nothing may be kept. */
int64_t store_version(const struct store *s);
/* The same inside a job, where it counts the not quiet jobs before it in its transaction too. SQLite's only: nobody else can
 * write before this job is committed. */
int64_t db_version(const struct db *d);
/* From now on every job is refused with this error and message (a message id), until e is OK: the database is damaged, and what is
 * written on top makes it worse. */
void store_refuse(struct store *s, enum err e, const char *msg, const char *hint);
/* SQLite: online copy with VACUUM INTO. PostgreSQL: ERR_INTERNAL (store_transfer). */
CHECKED enum err store_copy(struct store *s, const char *path, struct fault *f);

/* Every row that `from` holds, as of one moment, into `to`, in one transaction: for backups of PostgreSQL and for moving between engines.
 * One of the two is SQLite; both were migrated by the same migrations, and what these put into `to` is replaced. The tables search_* are
 * left out: their words are made anew. Slow: not on a web thread, nor in a job of `to`. */
CHECKED enum err store_transfer(struct store *from, struct store *to, struct fault *f);

/* ---- copying page by page, and the log between copies (SQLite; PostgreSQL: ERR_INTERNAL, it has its own) ---------------- */

/* A place in the stream of WAL frames. done: all of that WAL was taken and folded into the file, which then had this size and
 * time of change: whatever WAL comes next follows without a gap. */
struct ship_at { uint32_t salt[2]; int64_t frames; bool done; int64_t file_bytes, file_ns; };
/* Frames as they stand in the WAL: a header of 24 bytes (page number and, at a commit, pages of the database, big-endian first),
 * then the page. They end at a commit. mark: so many of these frames were there at that time. */
struct ship_mark { int64_t frames, ms; };
struct ship_part { struct ship_at from, to; uint32_t page_size; const struct ship_mark *marks; size_t nmarks; const unsigned char *frames; size_t nframes; };
struct ship_to {
	void *arg;
	int64_t every_ms;        /* at the latest so long after a commit */
	/* All on the writer's thread. put: the part must be durable when it says OK; else it is offered again. keep: the place
	 * alone has changed. gap: frames are lost to this stream (another program folded them away, or they could not be put for
	 * too long): it begins anew, and only a new copy joins it. */
	enum err (*put)(void *arg, const struct ship_part *p, struct fault *f);
	enum err (*keep)(void *arg, const struct ship_at *at, struct fault *f);
	void (*gap)(void *arg);
};
/* Begins to take the log away. last: where an earlier process stopped; NULL: nowhere. to must outlive the store. */
CHECKED enum err store_ship(struct store *s, const struct ship_to *to, const struct ship_at *last, struct fault *f);
/* An online copy, the same page by page, flushed; people go on working. What is in it and what the stream took before it began
 * fit together. Slow: not on a web thread. */
CHECKED enum err store_snapshot(struct store *s, const char *path, struct fault *f);

#endif
