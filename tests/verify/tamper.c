/* What a forger does to a journal, by seeded chance, against one saved head: every one must be found.
 * XA_TAMPER=10000 (the nightly target) instead of 200; XA_SEED=n repeats a run. */
#include "log.h"
#include "base/clock.h"
#include <sqlite3.h>

#define ENTRIES 301

static struct { char dir[40], db[80], copy[80], head[80], key[80], all[80], part[80]; struct keyring *keys; } site;

static void exec(sqlite3 *d, const char *sql)
{
	char *why = NULL;
	if (sqlite3_exec(d, sql, NULL, NULL, &why) != SQLITE_OK) {
		printf("# %s: %s\n", sql, why);
		abort();
	}
}

static int copy_ddl(void *arg, int n, char **v, char **names)
{
	(void)n, (void)names;
	exec(arg, v[0]);
	return 0;
}

/* Only the journal's own tables: ten thousand copies of the whole city would be in the way. */
static void site_make(void)
{
	struct log l;
	sqlite3 *d;
	if (site.db[0])
		return;
	log_open(&l);
	snprintf(site.dir, sizeof site.dir, "%s", l.dir);
	struct { char *to; const char *name; } names[] = { { site.db, "journal.db" }, { site.copy, "copy.db" }, { site.head, "head.json" }, { site.key, "key" },
							    { site.all, "all.jsonl" }, { site.part, "part.jsonl" } };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		snprintf(names[i].to, 80, "%s/%s", site.dir, names[i].name);
	clock_fix(1764000000000);
	log_fill(&l, 0, 100);
	log_head(&l, NULL);
	clock_fix(1764000600000);
	log_fill(&l, 100, 230);
	log_head(&l, NULL);
	clock_fix(1764001200000);
	log_fill(&l, 230, ENTRIES);
	log_head(&l, site.head);
	log_key(&l, site.key);
	log_export(&l, site.all, (struct journal_span){ 0 });
	log_export(&l, site.part, (struct journal_span){ .from = 90, .to = 140 });
	NEED(sqlite3_open(site.db, &d) == SQLITE_OK);
	exec(d, arena_printf(l.a, "ATTACH '%s/xiaoan.db' AS o", l.dir));
	exec(d, "PRAGMA main.journal_mode = OFF; PRAGMA main.synchronous = OFF");
	NEED(sqlite3_exec(d, "SELECT sql FROM o.sqlite_schema WHERE tbl_name IN ('journal', 'journal_head', 'journal_sth') AND sql IS NOT NULL AND type = 'table'", copy_ddl, d, NULL) == SQLITE_OK);
	exec(d, "INSERT INTO journal SELECT * FROM o.journal; INSERT INTO journal_head SELECT * FROM o.journal_head; INSERT INTO journal_sth SELECT * FROM o.journal_sth");
	sqlite3_close(d);
	NEED_OK(keyring_open(arena_printf(l.a, "%s/root.key", l.dir), false, &site.keys, &l.f));
	l.keep = true;
	log_close(&l);
}

__attribute__((destructor)) static void site_end(void)
{
	char cmd[80];
	keyring_free(site.keys);
	snprintf(cmd, sizeof cmd, "rm -rf %s", site.dir);
	must(!site.dir[0] || system(cmd) == 0);
}

static void copy_file(const char *from, const char *to)
{
	char b[65536];
	size_t n;
	FILE *f = fopen(from, "rb"), *t = fopen(to, "wb");
	must(f && t);
	while ((n = fread(b, 1, sizeof b, f)) > 0)
		must(fwrite(b, 1, n, t) == n);
	fclose(f);
	must(fclose(t) == 0);
}

/* ---- the forger's own tools: leaves, tree and heads made anew ---- */

static struct v_text col(sqlite3_stmt *s, int c)
{
	const char *p = sqlite3_column_blob(s, c);
	return (struct v_text){ p ? p : "", (size_t)sqlite3_column_bytes(s, c) };
}

/* Recomputes every leaf, the peaks and the heads' roots, as the server would have; signs the heads with `keys`. */
static void rebuild(sqlite3 *d, struct keyring *keys, bool heads)
{
	sqlite3_stmt *q, *u;
	struct merkle m = { 0 };
	ARENA a = arena_new(0);
	static unsigned char roots[ENTRIES + 64][32];
	sqlite3_prepare_v2(d, "SELECT seq, format, ms, actor, org, rid, version, approver, role, face, verb, type, outcome, session, origin, agent, reason, body FROM journal ORDER BY seq", -1, &q, NULL);
	sqlite3_prepare_v2(d, "UPDATE journal SET leaf = ? WHERE seq = ?", -1, &u, NULL);
	while (sqlite3_step(q) == SQLITE_ROW) {
		int64_t i[8];
		for (int k = 0; k < 8; k++)
			i[k] = sqlite3_column_int64(q, k);
		struct v_entry e = { .seq = i[0], .format = i[1], .ms = i[2], .actor = i[3], .org = i[4], .rid = i[5], .version = i[6], .approver = i[7], .role = col(q, 8), .face = col(q, 9),
				     .verb = col(q, 10), .type = col(q, 11), .outcome = col(q, 12), .session = col(q, 13), .origin = col(q, 14), .agent = col(q, 15), .reason = col(q, 16), .body = col(q, 17) };
		unsigned char *bytes, leaf[32];
		size_t n;
		if (!v_leaf_bytes(&e, &bytes, &n))
			continue;
		tree_leaf(bytes, n, leaf);
		free(bytes);
		merkle_add(&m, leaf);
		if (m.size < ARRAY_LEN(roots))
			merkle_root(&m, roots[m.size]);
		sqlite3_bind_blob(u, 1, leaf, 32, SQLITE_TRANSIENT);
		sqlite3_bind_int64(u, 2, e.seq);
		sqlite3_step(u);
		sqlite3_reset(u);
	}
	sqlite3_finalize(q);
	sqlite3_finalize(u);
	struct str peaks = merkle_save(&m, a);
	sqlite3_prepare_v2(d, "UPDATE journal_head SET size = ?, peaks = ?", -1, &u, NULL);
	sqlite3_bind_int64(u, 1, (int64_t)m.size);
	sqlite3_bind_blob(u, 2, peaks.p, (int)peaks.n, SQLITE_TRANSIENT);
	sqlite3_step(u);
	sqlite3_finalize(u);
	if (!heads)
		return;
	exec(d, arena_printf(a, "DELETE FROM journal_sth WHERE size > %llu", (unsigned long long)m.size));
	unsigned char pub[32], id[32], sig[64];
	BUF_AUTO hex = BUF(64);
	head_public_key(keys, pub);
	sha256((struct str){ (char *)pub, 32 }, id);
	hex_put(&hex, id, 8);
	sqlite3_prepare_v2(d, "SELECT number, size, ms FROM journal_sth", -1, &q, NULL);
	sqlite3_prepare_v2(d, "UPDATE journal_sth SET root = ?, signature = ?, key = ? WHERE number = ?", -1, &u, NULL);
	while (sqlite3_step(q) == SQLITE_ROW) {
		int64_t size = sqlite3_column_int64(q, 1);
		head_sign(keys, (uint64_t)size, roots[size], sqlite3_column_int64(q, 2), sig);
		sqlite3_bind_blob(u, 1, roots[size], 32, SQLITE_TRANSIENT);
		sqlite3_bind_blob(u, 2, sig, 64, SQLITE_TRANSIENT);
		sqlite3_bind_text(u, 3, hex.p, -1, SQLITE_TRANSIENT);
		sqlite3_bind_int64(u, 4, sqlite3_column_int64(q, 0));
		sqlite3_step(u);
		sqlite3_reset(u);
	}
	sqlite3_finalize(q);
	sqlite3_finalize(u);
}

/* ---- what he does ---- */

static int64_t pick(struct rng *r, int64_t lo, int64_t hi) { return rng_range(r, lo, hi); }

/* Turns one bit of one value, whatever its type. */
static void flip(sqlite3 *d, struct rng *r, const char *table, const char *key, int64_t id, const char *column, char *say)
{
	char sql[200];
	sqlite3_stmt *q, *u;
	snprintf(sql, sizeof sql, "SELECT %s FROM %s WHERE %s = ?", column, table, key);
	sqlite3_prepare_v2(d, sql, -1, &q, NULL);
	sqlite3_bind_int64(q, 1, id);
	must(sqlite3_step(q) == SQLITE_ROW);
	snprintf(sql, sizeof sql, "UPDATE %s SET %s = ? WHERE %s = ?", table, column, key);
	must(sqlite3_prepare_v2(d, sql, -1, &u, NULL) == SQLITE_OK);
	int type = sqlite3_column_type(q, 0), n = sqlite3_column_bytes(q, 0);
	if (type == SQLITE_INTEGER) {
		sqlite3_bind_int64(u, 1, sqlite3_column_int64(q, 0) ^ (int64_t)(UINT64_C(1) << pick(r, 0, 40)));
	} else if (!n) {
		sqlite3_bind_text(u, 1, "x", 1, SQLITE_STATIC);
	} else {
		unsigned char b[4096];
		must(n <= (int)sizeof b);
		memcpy(b, sqlite3_column_blob(q, 0), (size_t)n);
		b[pick(r, 0, n - 1)] ^= (unsigned char)(1 << pick(r, 0, 7));
		if (type == SQLITE_TEXT)
			sqlite3_bind_text(u, 1, (char *)b, n, SQLITE_TRANSIENT);
		else
			sqlite3_bind_blob(u, 1, b, n, SQLITE_TRANSIENT);
	}
	sqlite3_bind_int64(u, 2, id);
	sqlite3_finalize(q);
	if (sqlite3_step(u) != SQLITE_DONE)    /* a key that is taken: another way to the same end */
		exec(d, "DELETE FROM journal WHERE seq = 2");
	sqlite3_finalize(u);
	snprintf(say, 120, "flip a bit of %s.%s of %lld", table, column, (long long)id);
}

static void sqlf(sqlite3 *d, const char *fmt, ...) PRINTF(2, 3);
static void sqlf(sqlite3 *d, const char *fmt, ...)
{
	char sql[600];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(sql, sizeof sql, fmt, ap);
	va_end(ap);
	exec(d, sql);
}

#define ALL_COLUMNS "ms, actor, org, role, face, verb, type, rid, version, outcome, body, leaf, format, session, origin, agent, reason, approver"

static void insert(sqlite3 *d, int64_t like, int64_t as)
{
	sqlf(d, "INSERT INTO journal (seq, " ALL_COLUMNS ") SELECT %lld, " ALL_COLUMNS " FROM journal WHERE seq = %lld", (long long)as, (long long)like);
}

/* Moves what follows seq by one. Through negative numbers, for the key is unique. */
static void shift(sqlite3 *d, int64_t after, int by)
{
	sqlf(d, "UPDATE journal SET seq = -seq WHERE seq > %lld", (long long)after);
	sqlf(d, "UPDATE journal SET seq = -seq + %d WHERE seq < 0", by);
}

static void swap(sqlite3 *d, int64_t a, int64_t b)
{
	sqlf(d, "UPDATE journal SET seq = -1 WHERE seq = %lld", (long long)a);
	sqlf(d, "UPDATE journal SET seq = %lld WHERE seq = %lld", (long long)a, (long long)b);
	sqlf(d, "UPDATE journal SET seq = %lld WHERE seq = -1", (long long)b);
}

static void mutate(sqlite3 *d, struct rng *r, char *say)
{
	static const char *const cols[] = { "seq", "ms", "actor", "org", "role", "face", "verb", "type", "rid", "version", "outcome", "body", "leaf", "format", "session", "origin", "agent", "reason", "approver" };
	static const char *const sth[] = { "number", "size", "root", "ms", "signature", "key" };
	struct keyring *other = keyring_for_test(5);
	int kind = (int)pick(r, 0, 9);
	bool stolen = pick(r, 0, 1), heads = pick(r, 0, 1);   /* has he the server's own key? does he make the heads anew? */
	int64_t a = pick(r, 1, ENTRIES), b = pick(r, 1, ENTRIES - 1);
	if (b >= a)
		b++;
	snprintf(say, 120, "kind %d at %lld, %lld%s%s", kind, (long long)a, (long long)b, stolen ? ", stolen key" : "", heads ? ", heads anew" : "");
	switch (kind) {
	case 0: case 1: flip(d, r, "journal", "seq", a, cols[pick(r, 0, (int64_t)ARRAY_LEN(cols) - 1)], say); break;
	case 2: sqlf(d, "DELETE FROM journal WHERE seq = %lld", (long long)a); break;
	case 3: swap(d, a, b); break;
	case 4: sqlf(d, "DELETE FROM journal WHERE seq >= %lld", (long long)a); rebuild(d, stolen ? site.keys : other, heads); break;   /* the tail */
	case 5: insert(d, a, ENTRIES + 1); if (heads) flip(d, r, "journal", "seq", ENTRIES + 1, "ms", say); break;
	case 6: shift(d, a, 1); insert(d, a, a + 1); rebuild(d, stolen ? site.keys : other, heads); break;
	case 7: flip(d, r, "journal", "seq", a, cols[pick(r, 1, 11)], say); rebuild(d, stolen ? site.keys : other, heads); break;      /* all anew */
	case 8: flip(d, r, "journal_sth", "number", pick(r, 1, 3), sth[pick(r, 0, 5)], say); break;
	default:
		if (heads)
			sqlf(d, "DELETE FROM journal_sth WHERE number = %lld", (long long)pick(r, 1, 3));
		else
			flip(d, r, "journal_head", "id", 1, stolen ? "size" : "peaks", say);
	}
	keyring_free(other);
}

static int64_t env(const char *name, int64_t fallback)
{
	int64_t n = fallback;
	if (getenv(name))
		(void)str_int(str_of(getenv(name)), &n);
	return n;
}

/* The examples of docs/journal.md, for who writes a verifier from them. */
TEST(leaves_as_documented)
{
	static const char *const want[] = { "d2655fa4b9ad593b6157e40681178e9453288161f6e3e43ef4cf8319d1853022", "a4b07a92a7ff73290f68f273261f82d8b34ccae001a353fe46004152030e6984" };
#define T(s) { "" s, sizeof(s) - 1 }
	for (int format = 1; format <= 2; format++) {
		struct v_entry e = { .seq = 1, .format = format, .ms = 1764000000000, .actor = 7, .org = 3, .rid = 1001, .version = 2, .role = T("town"), .face = T("desk"), .verb = T("view"),
				     .type = T("clue"), .outcome = T("ok"), .body = T("{}") };
		unsigned char *bytes, *no;
		size_t n;
		tree_hash leaf, w;
		NEED(v_leaf_bytes(&e, &bytes, &n));
		tree_leaf(bytes, n, leaf);
		free(bytes);
		CHECK(hex_get(str_of(want[format - 1]), w, 32) && memcmp(leaf, w, 32) == 0);
		/* What a format cannot hold unambiguously, or does not know, is refused. */
		e.format = format == 1 ? 1 : 3;
		e.verb = (struct v_text)T("a\nb");
		CHECK(!v_leaf_bytes(&e, &no, &n));
	}
#undef T
}

TEST(an_untouched_journal_is_whole)
{
	const char *said;
	site_make();
	CHECK_INT(verified(site.db, site.head, site.key, &said), 0);
	CHECK(strstr(said, "WHOLE") && strstr(said, "Entries 301") && strstr(said, "Heads   4, of which saved elsewhere: 1") && !strstr(said, "· "));
	CHECK_INT(verified(site.all, site.head, site.key, &said), 0);
	CHECK(strstr(said, "between heads: 2; all hold"));
	CHECK_INT(verified(site.part, site.head, site.key, &said), 0);
	CHECK(strstr(said, "of entries: 51, between heads: 2; all hold"));
	/* What it cannot know it says. */
	CHECK_INT(verified(site.db, NULL, NULL, &said), 0);
	CHECK(strstr(said, "No saved head was given") && strstr(said, "No public key"));
	CHECK_INT(verified("/nonexistent/x.db", NULL, NULL, NULL), 3);
	CHECK_INT(verified(site.key, NULL, NULL, NULL), 3);
	CHECK_INT(verified("--nonsense", NULL, NULL, NULL), 2);
}

TEST(every_forgery_is_found)
{
	int64_t n = env("XA_TAMPER", 200), seed = env("XA_SEED", 1), missed = 0;
	char say[120];
	site_make();
	for (int64_t i = 0; i < n; i++) {
		struct rng r = { (uint64_t)(seed * 1000000 + i) };
		sqlite3 *d;
		copy_file(site.db, site.copy);
		NEED(sqlite3_open(site.copy, &d) == SQLITE_OK);
		exec(d, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN");
		mutate(d, &r, say);
		exec(d, "COMMIT");
		sqlite3_close(d);
		/* With the head alone: a key that was noted elsewhere must not be needed. */
		if (verified(site.copy, site.head, i % 2 ? site.key : NULL, NULL) != 1) {
			printf("# not found: seed %lld, number %lld: %s\n", (long long)seed, (long long)i, say);
			missed++;
		}
	}
	CHECK_INT(missed, 0);
}

/* ---- exports ---- */

struct file { char *line[ENTRIES + 100]; int n; };

static void load(const char *path, struct file *f, struct arena *a)
{
	char *line = NULL;
	size_t room = 0;
	FILE *in = fopen(path, "r");
	NEED(in != NULL);
	for (f->n = 0; getline(&line, &room, in) > 0; f->n++)
		f->line[f->n] = arena_cstr(a, str_of(line));
	free(line);
	fclose(in);
}

static void mutate_file(struct file *f, struct rng *r, char *say)
{
	int entries = 0, kind = (int)pick(r, 0, 3);
	while (strncmp(f->line[1 + entries], "{\"seq\"", 6) == 0)
		entries++;
	int a = (int)pick(r, 1, entries), b = (int)pick(r, 1, entries - 1);
	b += b >= a;
	snprintf(say, 120, "kind %d, line %d", kind, a);
	if (kind == 0) {
		size_t at = (size_t)pick(r, 1, (int64_t)strlen(f->line[a]) - 3);
		f->line[a][at] = (char)(f->line[a][at] ^ 1 << pick(r, 0, 6));
		if (!f->line[a][at])
			f->line[a][at] = 1;
	} else if (kind == 1) {
		memmove(f->line + a, f->line + a + 1, (size_t)(f->n - a - 1) * sizeof *f->line);
		f->n--;
	} else if (kind == 2) {
		char *t = f->line[a];
		f->line[a] = f->line[b];
		f->line[b] = t;
	} else {
		f->n = a;    /* the rest is cut off */
	}
}

TEST(every_forged_export_is_found)
{
	int64_t n = env("XA_TAMPER", 200), seed = env("XA_SEED", 1), missed = 0;
	char say[120];
	site_make();
	for (int64_t i = 0; i < n; i++) {
		ARENA a = arena_new(0);
		struct file f;
		struct rng r = { (uint64_t)(seed * 2000000 + i) };
		load(i % 2 ? site.all : site.part, &f, a);
		mutate_file(&f, &r, say);
		FILE *out = fopen(site.copy, "w");
		for (int k = 0; k < f.n; k++)
			fputs(f.line[k], out);
		NEED(fclose(out) == 0);
		if (verified(site.copy, site.head, site.key, NULL) == 0) {
			printf("# not found: seed %lld, number %lld: %s\n", (long long)seed, (long long)i, say);
			missed++;
		}
	}
	CHECK_INT(missed, 0);
}

TEST(a_head_of_another_journal_does_not_fit)
{
	struct log l;
	const char *said;
	char head[80], key[80];
	site_make();
	log_open(&l);
	log_fill(&l, 0, 20);
	snprintf(head, sizeof head, "%s/head", l.dir);
	snprintf(key, sizeof key, "%s/key", l.dir);
	log_head(&l, head);
	log_key(&l, key);
	CHECK_INT(verified(site.db, head, site.key, &said), 1);
	CHECK(strstr(said, "signed with another key") && strstr(said, "do not give the root of head 1"));
	CHECK_INT(verified(site.part, head, site.key, &said), 1);
	CHECK(strstr(said, "Nothing links the saved head"));
	CHECK_INT(verified(site.db, site.head, key, &said), 1);
	log_close(&l);
}
