/* Why: between two daily backups the work of a day must not hang on one disk (RPO 5 minutes).  Invariants: a part is sealed, flushed
 * and read back before the store folds its frames; parts of one chain are numbered without a gap; a chain begins with a backup. */
#include "record/backup_inner.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART_MAGIC "xiaoan-log 1\n\0\0\0"
#define PART_HEAD 64
#define PART_MAX ((size_t)40 << 20)

struct backup_log {
	char dir[4096];
	struct filekey pub;
	struct ship_to to;
	_Atomic int64_t chain, seq, joined, last;
	char error[256];
	atomic_bool failing;
};

/* The process has one log; backups ask where it stands. */
static _Atomic(struct backup_log *) running;

void backup_log_at(int64_t *ret_chain, int64_t *ret_seq)
{
	struct backup_log *l = running;
	*ret_chain = l ? l->chain : 0;
	*ret_seq = l ? l->seq : 0;
}

void backup_log_joined(int64_t chain)
{
	struct backup_log *l = running;
	if (l)
		l->joined = chain;
}

bool backup_log_wants(const struct backup_log *l) { return l->joined != l->chain; }
int64_t backup_log_last(const struct backup_log *l) { return l->last; }
const char *backup_log_error(const struct backup_log *l) { return l->failing ? l->error : NULL; }

static void put64(unsigned char *p, int64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (unsigned char)((uint64_t)v >> (8 * i));
}

static int64_t get64(const unsigned char *p)
{
	uint64_t v = 0;
	for (int i = 7; i >= 0; i--)
		v = v << 8 | p[i];
	return (int64_t)v;
}

/* ---- putting ---- */

static enum err position_put(struct backup_log *l, const struct ship_at *at, struct fault *f)
{
	char path[4200], text[300];
	snprintf(path, sizeof path, "%s/position", l->dir);
	snprintf(text, sizeof text, "1 %lld %lld %lld %u %u %lld %d %lld %lld\n", (long long)l->chain, (long long)l->seq, (long long)l->joined, at->salt[0], at->salt[1],
		 (long long)at->frames, (int)at->done, (long long)at->file_bytes, (long long)at->file_ns);
	return file_put(path, str_of(text), f);
}

static bool position_get(struct backup_log *l, struct ship_at *at)
{
	char path[4200], text[301] = "";
	snprintf(path, sizeof path, "%s/position", l->dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
	if (fd >= 0)
		close(fd);
	int64_t v[10];
	struct str rest = { text, n > 0 ? (size_t)n : 0 };
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		if (!str_int(str_trim(str_cut(rest, ' ', &rest)), &v[i]))
			return false;
	if (v[0] != 1)
		return false;
	l->chain = v[1];
	l->seq = v[2];
	l->joined = v[3];
	*at = (struct ship_at){ .salt = { (uint32_t)v[4], (uint32_t)v[5] }, .frames = v[6], .done = v[7] != 0, .file_bytes = v[8], .file_ns = v[9] };
	return true;
}

static void new_chain(struct backup_log *l)
{
	int64_t now = now_ms();
	l->chain = now > l->chain ? now : l->chain + 1;
	l->seq = 0;
}

static enum err part_write(struct backup_log *l, const struct ship_part *p, struct fault *f)
{
	char path[4200];
	unsigned char head[PART_HEAD] = PART_MAGIC, pair[16];
	struct sealed_out *o;
	snprintf(path, sizeof path, "%s/%lld-%010lld.log", l->dir, (long long)l->chain, (long long)l->seq + 1);
	put64(head + 16, l->chain);
	put64(head + 24, l->seq + 1);
	put64(head + 32, p->page_size);
	put64(head + 40, (int64_t)p->nmarks);
	put64(head + 48, (int64_t)p->nframes);
	TRY(sealed_out_open(path, &l->pub, &o, f));
	enum err e = sealed_out_put(o, head, sizeof head, f);
	for (size_t i = 0; e == OK && i < p->nmarks; i++) {
		put64(pair, p->marks[i].frames);
		put64(pair + 8, p->marks[i].ms);
		e = sealed_out_put(o, pair, sizeof pair, f);
	}
	if (e == OK)
		e = sealed_out_put(o, p->frames, p->nframes * (24 + p->page_size), f);
	if (e != OK) {
		sealed_out_drop(o);
		return e;
	}
	return sealed_out_end(o, NULL, f);
}

static enum err part_put(void *arg, const struct ship_part *p, struct fault *f)
{
	struct backup_log *l = arg;
	struct fault mine = { 0 };
	if (!f)
		f = &mine;
	enum err e = part_write(l, p, f);
	if (e == OK) {
		l->seq++;
		l->last = now_ms();
		e = position_put(l, &p->to, f);
	}
	if (e != OK)
		snprintf(l->error, sizeof l->error, "%.20s %.220s", err_name(e), f->detail);
	l->failing = e != OK;
	return e;
}

static enum err at_keep(void *arg, const struct ship_at *at, struct fault *f) { return position_put(arg, at, f); }
static void at_gap(void *arg) { new_chain(arg); }

enum err backup_log_start(struct app *app, const char *dir, const struct filekey *pub, int64_t every_ms, struct backup_log **ret, struct fault *f)
{
	struct ship_at at;
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return fail(f, ERR_IO, N_("The folder for backups cannot be made."), "%s: %s", dir, strerror(errno));
	struct backup_log *l = xalloc(sizeof *l);
	snprintf(l->dir, sizeof l->dir, "%s/log", dir);
	l->pub = *pub;
	l->to = (struct ship_to){ .arg = l, .every_ms = every_ms, .put = part_put, .keep = at_keep, .gap = at_gap };
	enum err e = OK;
	if (mkdir(l->dir, 0700) != 0 && errno != EEXIST)
		e = fail(f, ERR_IO, N_("The folder for backups cannot be made."), "%s: %s", l->dir, strerror(errno));
	bool known = e == OK && position_get(l, &at);
	if (!known)
		new_chain(l);
	if (e == OK)
		e = store_ship(app->store, &l->to, known ? &at : NULL, f);
	if (e != OK) {
		free(l);
		return e;
	}
	running = l;
	*ret = l;
	return OK;
}

void backup_log_free(struct backup_log *l)
{
	if (!l)
		return;
	running = NULL;
	free(l);
}

/* ---- applying ---- */

static uint32_t be32(const unsigned char *p) { return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]; }

/* The frames of one part up to the last commit not after `until`. *ret_go: the next part may be asked for. */
static enum err apply_part(struct str part, int fd, int64_t chain, int64_t seq, int64_t until, int64_t *ret_until, bool *ret_go, struct fault *f)
{
	const unsigned char *p = (const unsigned char *)part.p;
	if (part.n < PART_HEAD || memcmp(p, PART_MAGIC, 16) != 0 || get64(p + 16) != chain || get64(p + 24) != seq)
		return fail(f, ERR_IO, N_("The file is damaged, cut short, or sealed for another key."), "part %lld of the log is another one", (long long)seq);
	size_t page = (size_t)get64(p + 32), marks = (size_t)get64(p + 40), frames = (size_t)get64(p + 48), size = 24 + page;
	if (page < 512 || page > 65536 || marks > 1 << 20 || frames > 1 << 20 || part.n != PART_HEAD + marks * 16 + frames * size)
		return fail(f, ERR_IO, NULL, "part %lld of the log has another length", (long long)seq);
	size_t upto = 0;
	*ret_go = true;
	for (size_t i = 0; i < marks && *ret_go; i++) {
		const unsigned char *m = p + PART_HEAD + i * 16;
		if (get64(m + 8) > until)
			*ret_go = false;
		else if (get64(m) >= 0 && (size_t)get64(m) <= frames) {
			upto = (size_t)get64(m);
			*ret_until = get64(m + 8);
		}
	}
	const unsigned char *at = p + PART_HEAD + marks * 16;
	for (size_t i = 0; i < upto; i++, at += size) {
		int64_t no = be32(at), pages = be32(at + 4);
		if (no == 0 || pwrite(fd, at + 24, page, (no - 1) * (int64_t)page) != (ssize_t)page || (pages && ftruncate(fd, pages * (int64_t)page) != 0))
			return fail(f, errno == ENOSPC ? ERR_FULL : ERR_IO, NULL, "applying the log: %s", strerror(errno));
	}
	return OK;
}

enum err backup_log_apply(const char *dir, const struct filekey *secret, const char *db, const struct backup_info *from, int64_t until, int64_t *ret_until, struct fault *f)
{
	int fd = open(db, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return fail(f, ERR_IO, NULL, "%s: %s", db, strerror(errno));
	enum err e = OK;
	bool go = from->chain != 0;
	for (int64_t seq = from->seq + 1; e == OK && go; seq++) {
		char path[4300];
		BUF_AUTO b = BUF(PART_MAX);
		snprintf(path, sizeof path, "%s/log/%lld-%010lld.log", dir, (long long)from->chain, (long long)seq);
		if (access(path, F_OK) != 0)
			break;
		e = sealed_in_all(path, secret, &b, f);
		if (e == OK)
			e = apply_part(buf_view(&b), fd, from->chain, seq, until, ret_until, &go, f);
	}
	if (e == OK && fsync(fd) != 0)
		e = fail(f, ERR_IO, NULL, "flushing the database: %s", strerror(errno));
	close(fd);
	return e;
}
