/* Inside store/: what store.c shares with the two engines.  Nobody outside this room includes it.
 *
 * store.c owns the queue, the threads, the list of readers and the statement cache; migrate.c the migrations; an engine
 * owns its connections, and how jobs become transactions (drain). */
#ifndef XA_STORE_INTERNAL_H
#define XA_STORE_INTERNAL_H
#include "store/store.h"
#include <pthread.h>

#define QUEUE_MAX 10000        /* jobs waiting before store_submit blocks */
#define CACHE_MAX 512          /* statements a connection keeps prepared */
#define CACHE_BUCKETS 1024     /* a power of two */
#define WRITERS_MAX 64

/* ---- statement cache: key -> what the engine prepared; the oldest unused goes first ---- */

struct cached {
	struct cached *chain, *newer, *older;
	uint64_t hash;
	size_t n;
	void *stmt;            /* the engine's */
	bool busy;             /* a struct rows is stepping it */
	char key[];
};
struct cache {
	struct cached *bucket[CACHE_BUCKETS], *newest, *oldest;
	size_t count;
};
struct cached *cache_get(struct cache *c, struct str key);
/* May drop the oldest idle entry, through the engine's forget(). */
struct cached *cache_put(struct db *d, struct str key, void *stmt);
void cache_clear(struct db *d);

/* ---- connections ------------------------------------------------------------------- */

struct after { void (*fn)(void *); void *arg; struct after *next; };

#define LATER_KINDS 8
struct later_list { const struct later *kind; void **item; size_t n, cap, flushed; };
struct later_at { size_t n, flushed; };
struct later_mark { struct later_at at[LATER_KINDS]; };

struct db {
	struct store *s;
	const struct engine *e;
	bool writer, in_job;
	bool quiet;                                 /* of the running job, see db_quiet() */
	int64_t loud;                               /* jobs of the open transaction that were not */
	bool failed;                                /* a statement of the job (or sub) failed: nothing more may run in it */
	bool wrote;                                 /* the job has changed something; SQLite */
	int read_depth, open_rows;
	int64_t statements, execs;
	struct after *after_first, **after_last;   /* of the running job */
	struct later_list later[LATER_KINDS + 1];   /* of the transaction; the last stays empty */
	struct arena *later_arena;
	struct rows *spare;                         /* ended ones, to use again */
	struct db *next;                            /* in the store's list of readers */
	struct cache cache;
};

struct rows {
	struct db *d;
	struct fault *f;
	struct rows *next;         /* spare list */
	void *res;                 /* sqlite3_stmt or PGresult */
	bool over;                 /* SQLite: the last row was given */
	struct cached *c;          /* SQLite: the cache entry it occupies, NULL when prepared for once */
	int row, cols, nrows;      /* PostgreSQL */
	char *text;                /* PostgreSQL: numbers asked for as text, a slot a column */
	size_t text_cap;
};

struct engine {
	bool postgres;
	enum err (*connect)(struct store *s, bool writer, struct db **ret, struct fault *f);
	void (*disconnect)(struct db *d);
	void (*forget)(struct db *d, void *stmt);
	/* Body of a writer thread: takes jobs until queue_take() says there are no more. */
	void (*drain)(struct store *s, struct db *d);
	enum err (*exec)(struct db *d, struct fault *f, const char *sql, const struct val *args, size_t nargs, int64_t *ret_changed);
	enum err (*rows)(struct db *d, struct rows *r, const char *sql, const struct val *args, size_t nargs);
	/* Several statements without parameters, none counted or cached. */
	enum err (*script)(struct db *d, struct fault *f, const char *sql);
	enum err (*next)(struct rows *r, bool *ret_more);
	void (*end)(struct rows *r);
	int (*cols)(const struct rows *r);
	enum val_type (*type)(const struct rows *r, int col);
	int64_t (*integer)(const struct rows *r, int col);
	double (*real)(const struct rows *r, int col);
	struct str (*text)(const struct rows *r, int col);
	struct str (*blob)(const struct rows *r, int col);
	enum err (*read_begin)(struct db *d, struct fault *f);
	void (*read_end)(struct db *d);
	enum err (*copy)(struct store *s, const char *path, struct fault *f);
	enum err (*snapshot)(struct store *s, const char *path, struct fault *f);   /* NULL: it has none */
	enum err (*ship)(struct db *d, const struct ship_to *to, const struct ship_at *last, struct fault *f);   /* in no transaction */
};
extern const struct engine engine_sqlite, engine_postgres;

struct store {
	const struct engine *e;
	char *where;               /* path or URL; a URL may hold a password: never into a fault or log */
	struct store_options opt;
	pthread_mutex_t lock;      /* guards the queue, closing, refuse, readers */
	pthread_cond_t some, room; /* a job came, or closing; a place is free */
	struct write *head, **tail;
	size_t queued;
	bool closing;
	enum err refuse;           /* not OK: no job is taken */
	const char *refuse_msg, *refuse_hint;
	struct db *readers;
	pthread_key_t reader_key;
	bool key_made;
	pthread_rwlock_t alone;    /* PostgreSQL: held for writing by a job that lost against others too often */
	_Atomic int64_t version;   /* see store_version() */
	int nwriters;              /* threads started */
	_Atomic int64_t commits;
	pthread_t writer[WRITERS_MAX];
	struct db *writer_db[WRITERS_MAX];
};

/* The next job; NULL when none is there. idle_ms: 0 don't wait, <0 wait for ever, else that long. *ret_closed: the store
 * closes and the queue is empty. */
struct write *queue_take(struct store *s, int idle_ms, bool *ret_closed);
/* Runs w->run with the list of after-commit calls empty; on failure drops those the job asked for. */
enum err job_run(struct db *d, struct write *w);
/* Calls (e == OK) and frees the after-commit calls, then done(). */
void job_finish(struct write *w, struct after *list, enum err e);
void after_drop(struct after *list);
struct after *after_take(struct db *d);
void db_init(struct db *d, struct store *s, const struct engine *e, bool writer);
void db_free_shared(struct db *d);      /* cache and spare rows; before disconnecting */

/* later.c */
struct later_mark later_mark(const struct db *d);
void later_undo(struct db *d, const struct later_mark *m);
void later_clear(struct db *d);         /* the transaction is over */
void later_free(struct db *d);

/* dialect.c: INTEGER, BLOB, REAL and the table options as PostgreSQL has them, and with params every `?` as $1, $2, …;
 * returns how many there were. */
size_t sql_to_postgres(const char *sql, bool params, struct buf *b);
/* dialect.c: a migration for one engine, of the blocks between lines `-- sqlite` or `-- postgres` and `-- end` only its own;
 * a PostgreSQL block is taken as it stands. b holds a NUL-terminated string after. */
void migration_text(const char *sql, bool postgres, struct buf *b);
/* postgres.c: keeps other processes from migrating until freed; a connection of its own */
enum err postgres_migrate_lock(struct store *s, struct db **ret, struct fault *f);

/* ship.c: takes the frames of a SQLite WAL away before they are folded into the file. One a writer. */
struct ship;
struct sqlite3;
struct ship *ship_new(const char *path, struct sqlite3 *h, const struct ship_to *to, const struct ship_at *last);
void ship_free(struct ship *sh);              /* takes NULL */
void ship_committed(struct ship *sh);         /* after each commit, in no transaction */
bool ship_due(const struct ship *sh);
enum err ship_take(struct ship *sh, struct fault *f);
/* Folds what was taken; truncate: and empties the WAL. False: something was in the way, try later. */
bool ship_fold(struct ship *sh, bool truncate);

/* postgres_rows.c: the accessors of engine_postgres */
enum err pgrow_next(struct rows *r, bool *ret_more);
void pgrow_end(struct rows *r);
int pgrow_cols(const struct rows *r);
enum val_type pgrow_type(const struct rows *r, int col);
int64_t pgrow_integer(const struct rows *r, int col);
double pgrow_real(const struct rows *r, int col);
struct str pgrow_text(const struct rows *r, int col);
struct str pgrow_blob(const struct rows *r, int col);

#endif
