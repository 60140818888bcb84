/* Why: the entries are read where they lie, by the simplest SQL there is, in one snapshot, and never written to.
 * Invariants: what is hashed is what the columns hold; a table that lacks a column of format 2 is one of before, all of format 1. */
#include "verify/verify.h"
#include <inttypes.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS "seq, format, ms, actor, org, rid, version, approver, role, face, verb, type, outcome, session, origin, agent, reason, body, leaf"
#define INTS 8
#define TEXTS 10
static const char entries_sql[] = "SELECT " COLUMNS " FROM journal ORDER BY seq";
static const char old_sql[] = "SELECT seq, 1, ms, actor, org, rid, version, 0, role, face, verb, type, outcome, '', '', '', '', body, leaf FROM journal ORDER BY seq";
static const char heads_sql[] = "SELECT number, size, ms, root, signature, key FROM journal_sth ORDER BY number";
static const char tail_sql[] = "SELECT size, peaks FROM journal_head WHERE id = 1";

static void entry_of(struct v_run *v, const int64_t i[INTS], const struct v_text t[TEXTS], struct v_text leaf)
{
	struct v_entry e = { .seq = i[0], .format = i[1], .ms = i[2], .actor = i[3], .org = i[4], .rid = i[5], .version = i[6], .approver = i[7],
			     .role = t[0], .face = t[1], .verb = t[2], .type = t[3], .outcome = t[4], .session = t[5], .origin = t[6], .agent = t[7], .reason = t[8],
			     .body = t[9], .leaf_n = leaf.n, .nproof = -1 };
	if (leaf.n == TREE_HASH)
		memcpy(e.leaf, leaf.p, TREE_HASH);
	v_entry(v, &e);
}

static void head_of(struct v_run *v, const int64_t i[3], struct v_text root, struct v_text sig, struct v_text key)
{
	struct v_head h = { .number = i[0], .size = i[1], .ms = i[2] };
	if (root.n == TREE_HASH)
		memcpy(h.root, root.p, TREE_HASH);
	if (sig.n == sizeof h.signature)
		memcpy(h.signature, sig.p, sig.n);
	snprintf(h.key, sizeof h.key, "%.*s", (int)key.n, key.p);
	v_head(v, &h);
}

/* ---- SQLite ---- */

static struct v_text column(sqlite3_stmt *s, int c)
{
	const char *p = sqlite3_column_type(s, c) == SQLITE_BLOB ? sqlite3_column_blob(s, c) : (const char *)sqlite3_column_text(s, c);
	return (struct v_text){ p ? p : "", (size_t)sqlite3_column_bytes(s, c) };
}

static bool has(sqlite3 *d, const char *sql)
{
	sqlite3_stmt *s = NULL;
	bool ok = sqlite3_prepare_v2(d, sql, -1, &s, NULL) == SQLITE_OK;
	sqlite3_finalize(s);
	return ok;
}

static int lite_heads(struct v_run *v, sqlite3 *d)
{
	sqlite3_stmt *s;
	int rc;
	if (sqlite3_prepare_v2(d, heads_sql, -1, &s, NULL) != SQLITE_OK)
		return -1;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		int64_t i[3] = { sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1), sqlite3_column_int64(s, 2) };
		head_of(v, i, column(s, 3), column(s, 4), column(s, 5));
	}
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

static int lite_entries(struct v_run *v, sqlite3 *d)
{
	sqlite3_stmt *s;
	int rc;
	if (sqlite3_prepare_v2(d, has(d, entries_sql) ? entries_sql : old_sql, -1, &s, NULL) != SQLITE_OK)
		return -1;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		int64_t i[INTS];
		struct v_text t[TEXTS];
		for (int k = 0; k < INTS; k++)
			i[k] = sqlite3_column_int64(s, k);
		for (int k = 0; k < TEXTS; k++)
			t[k] = column(s, INTS + k);
		entry_of(v, i, t, column(s, INTS + TEXTS));
	}
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

static int lite_tail(struct v_run *v, sqlite3 *d)
{
	sqlite3_stmt *s;
	if (sqlite3_prepare_v2(d, tail_sql, -1, &s, NULL) != SQLITE_OK)
		return -1;
	int rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		struct v_text peaks = column(s, 1);
		v_tail(v, sqlite3_column_int64(s, 0), (const unsigned char *)peaks.p, peaks.n);
	} else if (rc == SQLITE_DONE) {
		v_find(v, V_TAIL_BAD, NULL, NULL);
	}
	sqlite3_finalize(s);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : -1;
}

int v_read_sqlite(struct v_run *v, const char *path)
{
	sqlite3 *d = NULL;
	/* Read only, and still beside a running server: its write-ahead log is honoured. */
	int rc = sqlite3_open_v2(path, &d, SQLITE_OPEN_READONLY, NULL);
	bool ok = rc == SQLITE_OK && sqlite3_busy_timeout(d, 10000) == SQLITE_OK &&
		  sqlite3_exec(d, "PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; BEGIN", NULL, NULL, NULL) == SQLITE_OK;
	if (ok && has(d, heads_sql))
		ok = lite_heads(v, d) == 0;
	if (ok) {
		v_start(v);
		ok = lite_entries(v, d) == 0 && lite_tail(v, d) == 0;
	}
	if (ok)
		v_end(v);
	else
		snprintf(v->why, sizeof v->why, "%s", sqlite3_errmsg(d));
	sqlite3_close(d);
	return ok ? 0 : -1;
}

/* ---- PostgreSQL: row by row, in text, so that nothing of its types matters ---- */

static struct v_text cell(PGresult *r, int c) { return (struct v_text){ PQgetvalue(r, 0, c), (size_t)PQgetlength(r, 0, c) }; }
static int64_t cell_int(PGresult *r, int c) { return strtoll(PQgetvalue(r, 0, c), NULL, 10); }

/* "\x0123…" into out; its length, or 0. */
static size_t cell_bytes(PGresult *r, int c, unsigned char *out, size_t room)
{
	struct v_text t = cell(r, c);
	size_t n = t.n >= 2 && t.p[0] == '\\' && t.p[1] == 'x' ? (t.n - 2) / 2 : 0;
	return n && n <= room && v_unhex((struct v_text){ t.p + 2, t.n - 2 }, out, n) ? n : 0;
}

static void pg_head(struct v_run *v, PGresult *r)
{
	unsigned char root[32], sig[64];
	int64_t i[3] = { cell_int(r, 0), cell_int(r, 1), cell_int(r, 2) };
	size_t nr = cell_bytes(r, 3, root, 32), ns = cell_bytes(r, 4, sig, 64);
	head_of(v, i, (struct v_text){ (char *)root, nr }, (struct v_text){ (char *)sig, ns }, cell(r, 5));
}

static void pg_entry(struct v_run *v, PGresult *r)
{
	int64_t i[INTS];
	struct v_text t[TEXTS];
	unsigned char leaf[64];
	for (int k = 0; k < INTS; k++)
		i[k] = cell_int(r, k);
	for (int k = 0; k < TEXTS; k++)
		t[k] = cell(r, INTS + k);
	size_t n = cell_bytes(r, INTS + TEXTS, leaf, sizeof leaf);
	entry_of(v, i, t, (struct v_text){ (char *)leaf, n });
}

static void pg_tail(struct v_run *v, PGresult *r)
{
	unsigned char peaks[9 + 64 * 32];
	size_t n = cell_bytes(r, 1, peaks, sizeof peaks);
	v_tail(v, cell_int(r, 0), peaks, n);
}

static bool pg_rows(struct v_run *v, PGconn *c, const char *sql, void (*fn)(struct v_run *, PGresult *), int64_t *ret_n)
{
	bool ok = PQsendQuery(c, sql) && PQsetSingleRowMode(c);
	*ret_n = 0;
	for (PGresult *r; (r = PQgetResult(c)); PQclear(r)) {
		ExecStatusType s = PQresultStatus(r);
		if (s == PGRES_SINGLE_TUPLE) {
			fn(v, r);
			++*ret_n;
		} else if (s != PGRES_TUPLES_OK) {
			ok = false;
		}
	}
	return ok;
}

static bool pg_do(PGconn *c, const char *sql)
{
	PGresult *r = PQexec(c, sql);
	ExecStatusType s = PQresultStatus(r);
	PQclear(r);
	return s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK;
}

static bool pg_has(PGconn *c, const char *sql)
{
	PGresult *r = PQprepare(c, "", sql, 0, NULL);
	bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;
	PQclear(r);
	return ok;
}

int v_read_postgres(struct v_run *v, const char *url)
{
	PGconn *c = PQconnectdb(url);
	bool ok = PQstatus(c) == CONNECTION_OK && pg_do(c, "SET bytea_output = 'hex'");
	bool heads = ok && pg_has(c, heads_sql), now = ok && pg_has(c, entries_sql);
	int64_t n = 0;
	ok = ok && pg_do(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") && (!heads || pg_rows(v, c, heads_sql, pg_head, &n));
	if (ok) {
		v_start(v);
		ok = pg_rows(v, c, now ? entries_sql : old_sql, pg_entry, &n) && pg_rows(v, c, tail_sql, pg_tail, &n);
	}
	if (ok && n != 1)
		v_find(v, V_TAIL_BAD, NULL, NULL);
	if (ok)
		v_end(v);
	else
		snprintf(v->why, sizeof v->why, "%s", PQerrorMessage(c));
	PQfinish(c);
	return ok ? 0 : -1;
}
