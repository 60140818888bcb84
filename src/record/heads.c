/* Why: a journal that lies in one place with its own proof can be made anew by whoever owns the place. A signed head that
 * was carried elsewhere cannot: from then on nothing below it changes unseen (S31).
 * Invariants: numbers of heads run without gaps from 1; a head is signed in the transaction that read its size; files are
 * only ever appended to. */
#include "record/inner.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void key_id(struct keyring *k, char ret[17])
{
	unsigned char pub[32], h[32];
	head_public_key(k, pub);
	sha256((struct str){ (const char *)pub, 32 }, h);
	for (int i = 0; i < 8; i++)
		snprintf(ret + 2 * i, 3, "%02x", h[i]);
}

static enum err last(struct ctx *c, struct tree_head *ret, bool *ret_found)
{
	ROWS q = NULL;
	TRY(db_rows(c->db, c->f, "SELECT number, size, ms, root, signature, key FROM journal_sth ORDER BY number DESC LIMIT 1", NOARGS, &q));
	TRY(rows_next(q, ret_found));
	if (!*ret_found)
		return OK;
	struct tree_head h = { .number = rows_int(q, 0), .size = rows_int(q, 1), .ms = rows_int(q, 2) };
	if (rows_blob(q, 3).n != 32 || rows_blob(q, 4).n != 64)
		return fail(c->f, ERR_DB, NULL, "head %lld is damaged", (long long)h.number);
	memcpy(h.root, rows_blob(q, 3).p, 32);
	memcpy(h.signature, rows_blob(q, 4).p, 64);
	snprintf(h.key, sizeof h.key, "%.*s", (int)rows_text(q, 5).n, rows_text(q, 5).p);
	*ret = h;
	return OK;
}

enum err head_last(struct ctx *c, struct tree_head *ret, bool *ret_found) { return last(c, ret, ret_found); }

struct making { struct tree_head h; bool made; };

static enum err make(struct ctx *c, void *arg)
{
	struct making *k = arg;
	struct tree_head before = { 0 };
	struct merkle m = { 0 };
	bool found;
	*k = (struct making){ 0 };
	TRY(last(c, &before, &found));
	TRY(journal_tree(c, &m));
	if ((int64_t)m.size == (found ? before.size : 0))
		return OK;
	struct tree_head h = { .number = before.number + 1, .size = (int64_t)m.size, .ms = now_ms() };
	merkle_root(&m, h.root);
	key_id(c->app->keys, h.key);
	head_sign(c->app->keys, m.size, h.root, h.ms, h.signature);
	TRY(db_exec(c->db, c->f, "INSERT INTO journal_sth (number, size, root, ms, signature, key) VALUES (?, ?, ?, ?, ?, ?)",
		    ARGS(VI(h.number), VI(h.size), VB(h.root, 32), VI(h.ms), VB(h.signature, 64), VS(str_of(h.key))), NULL));
	*k = (struct making){ h, true };
	return OK;
}

void head_json(struct ctx *c, const struct tree_head *h, struct buf *b)
{
	unsigned char pub[32];
	head_public_key(c->app->keys, pub);
	buf_printf(b, "{\"xiaoan_head\":1,\"number\":%lld,\"size\":%lld,\"root\":\"", (long long)h->number, (long long)h->size);
	hex_put(b, h->root, 32);
	buf_printf(b, "\",\"ms\":%lld,\"time\":\"", (long long)h->ms);
	iso_put(b, h->ms);
	buf_printf(b, "\",\"key\":\"%s\",\"public_key\":\"", h->key);
	hex_put(b, pub, 32);
	buf_cstr(b, "\",\"signature\":\"");
	hex_put(b, h->signature, 64);
	buf_cstr(b, "\"}");
}

/* One line, whole and on the disk, or false: a torn line could not be told from a forged one. */
static bool append_line(struct arena *a, const char *dir, int64_t ms, struct str line)
{
	struct civil d = civil_of(ms);
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return false;
	int fd = open(arena_printf(a, "%s/%04d-%02d-%02d.jsonl", dir, d.year, d.month, d.day), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	off_t at = lseek(fd, 0, SEEK_END);
	bool ok = write(fd, line.p, line.n) == (ssize_t)line.n && fsync(fd) == 0;
	if (!ok && at >= 0)
		ok = ftruncate(fd, at) != 0 && ok;
	return close(fd) == 0 && ok;
}

static void publish(struct ctx *c, const struct tree_head *h)
{
	BUF_AUTO b = BUF(1024);
	head_json(c, h, &b);
	buf_char(&b, '\n');
	bool ok = append_line(c->a, arena_printf(c->a, "%s/heads", c->app->data_dir), h->ms, buf_view(&b));
	if (c->app->heads_copy)
		ok = append_line(c->a, c->app->heads_copy, h->ms, buf_view(&b)) && ok;
	c->app->heads_fail = !ok;
}

enum err head_tick(struct ctx *c, bool now)
{
	struct tree_head before = { 0 };
	struct making k = { 0 };
	int64_t size = 0, at = now_ms();
	bool found;
	TRY(ctx_read(c));
	TRY(db_int(c->db, c->f, "SELECT size FROM journal_head WHERE id = 1", NOARGS, &size, NULL));
	TRY(last(c, &before, &found));
	if (size == before.size || (!now && size - before.size < HEAD_ENTRIES && before.ms <= at && at - before.ms < HEAD_MS))
		return OK;
	TRY(ctx_write(c, make, &k));
	if (k.made)
		publish(c, &k.h);
	return OK;
}
