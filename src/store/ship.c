/* Why: between two backups the last hours live in one place only.  The WAL holds every page as each commit left it; before it is
 * folded into the database file, it is taken away (S48).
 * Invariants: a frame is folded only after put() said that it is durable elsewhere, or after gap(); what is handed over ends at a
 * commit and its checksums were followed from the head of the WAL, so that a torn tail is never taken for a commit.
 * SQLite's own file locks hang on the database file: it is never opened here, only the WAL beside it. */
#include "store/internal.h"
#include "base/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAL_HEAD 32
#define FRAME_HEAD 24
#define FOLD_AT 1000                  /* frames, as SQLite does by itself */
#define PART_MAX ((size_t)32 << 20)   /* bytes handed over at once */
#define GIVE_UP 100000                /* frames that could not be put: the disk must not fill with them */
#define MARKS 4096

struct ship {
	const struct ship_to *to;
	struct sqlite3 *h;
	char *wal, *db;
	struct ship_at at;
	bool fresh;                       /* nothing known yet: where the WAL ends now is where the stream begins */
	uint32_t sum[2];                  /* the checksum at at.frames, when known */
	bool sum_known;
	int64_t waiting_since;            /* mono_ms of the first commit not yet taken, 0: none */
	int64_t logged;                   /* frames in the WAL after the last commit here */
	struct ship_mark marks[MARKS];
	size_t nmarks;
};

static uint32_t be32(const unsigned char *p) { return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]; }
static uint32_t le32(const unsigned char *p) { return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0]; }

static void wal_sum(bool big, const unsigned char *p, size_t n, uint32_t s[2])
{
	for (size_t i = 0; i + 8 <= n; i += 8) {
		s[0] += (big ? be32(p + i) : le32(p + i)) + s[1];
		s[1] += (big ? be32(p + i + 4) : le32(p + i + 4)) + s[0];
	}
}

static void file_stands(struct ship *sh)
{
	struct stat st;
	if (stat(sh->db, &st) != 0)
		return;
	sh->at.file_bytes = st.st_size;
	sh->at.file_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

static int on_commit(void *arg, struct sqlite3 *h, const char *name, int frames)
{
	struct ship *sh = arg;
	(void)h, (void)name;
	sh->logged = frames;
	if (!sh->waiting_since)
		sh->waiting_since = mono_ms();
	/* too many for the table: the last one moves, and its time with it */
	if (sh->nmarks == MARKS)
		sh->nmarks--;
	sh->marks[sh->nmarks++] = (struct ship_mark){ frames, now_ms() };
	return SQLITE_OK;
}

struct ship *ship_new(const char *path, struct sqlite3 *h, const struct ship_to *to, const struct ship_at *last)
{
	struct ship *sh = xalloc(sizeof *sh);
	size_t n = strlen(path) + 5;
	sh->to = to;
	sh->h = h;
	sh->db = xstrdup(path);
	sh->wal = xalloc(n);
	snprintf(sh->wal, n, "%s-wal", path);
	sh->fresh = !last;
	if (last) {
		struct ship_at was = *last;
		file_stands(sh);
		/* folded elsewhere while nobody looked? */
		bool moved = was.done && (was.file_bytes != sh->at.file_bytes || was.file_ns != sh->at.file_ns);
		sh->at = was;
		if (moved) {
			to->gap(to->arg);
			sh->fresh = true;
		}
	}
	sh->waiting_since = mono_ms();
	sqlite3_wal_hook(h, on_commit, sh);
	return sh;
}

void ship_free(struct ship *sh)
{
	if (!sh)
		return;
	sqlite3_wal_hook(sh->h, NULL, NULL);
	free(sh->db);
	free(sh->wal);
	free(sh);
}

static bool read_at(int fd, void *p, size_t n, int64_t off) { return pread(fd, p, n, off) == (ssize_t)n; }

/* A WAL opened and its head looked at. */
struct wal { int fd; bool big; uint32_t page; size_t frame; uint32_t salt[2], sum[2]; };

static enum err wal_open(struct ship *sh, struct wal *w, bool *ret_any, struct fault *f)
{
	unsigned char head[WAL_HEAD];
	*ret_any = false;
	w->fd = open(sh->wal, O_RDONLY | O_CLOEXEC);
	if (w->fd < 0)
		return errno == ENOENT ? OK : fail(f, ERR_IO, NULL, "%s: %s", sh->wal, strerror(errno));
	if (!read_at(w->fd, head, sizeof head, 0) || (be32(head) & 0xfffffffe) != 0x377f0682)
		return OK;
	w->big = be32(head) & 1;
	w->page = be32(head + 8) == 1 ? 65536 : be32(head + 8);
	w->frame = FRAME_HEAD + w->page;
	w->salt[0] = be32(head + 16);
	w->salt[1] = be32(head + 20);
	w->sum[0] = w->sum[1] = 0;
	wal_sum(w->big, head, 24, w->sum);
	*ret_any = w->page >= 512 && w->page <= 65536 && w->sum[0] == be32(head + 24) && w->sum[1] == be32(head + 28);
	return OK;
}

/* Follows the checksums from where the WAL stands at w->sum over at most `max` frames from `from`; into buf when given. Returns
 * how many frames up to the last commit; w->sum is then the checksum there. */
static int64_t follow(struct wal *w, int64_t from, int64_t max, struct buf *buf)
{
	unsigned char *one = xalloc(w->frame);
	int64_t good = 0;
	uint32_t sum[2] = { w->sum[0], w->sum[1] };
	for (int64_t i = 0; i < max; i++) {
		if (!read_at(w->fd, one, w->frame, WAL_HEAD + (from + i) * (int64_t)w->frame) || be32(one + 8) != w->salt[0] || be32(one + 12) != w->salt[1])
			break;
		wal_sum(w->big, one, 8, sum);
		wal_sum(w->big, one + FRAME_HEAD, w->page, sum);
		if (sum[0] != be32(one + 16) || sum[1] != be32(one + 20))
			break;
		if (buf)
			buf_put(buf, one, w->frame);
		if (be32(one + 4)) {
			good = i + 1;
			w->sum[0] = sum[0];
			w->sum[1] = sum[1];
		}
	}
	free(one);
	return good;
}

/* Where in this WAL does the stream go on? */
static void join(struct ship *sh, struct wal *w)
{
	bool same = w->salt[0] == sh->at.salt[0] && w->salt[1] == sh->at.salt[1];
	if (!same && !sh->fresh && !sh->at.done) {
		sh->to->gap(sh->to->arg);
		sh->fresh = true;
	}
	if (same && !sh->fresh && sh->sum_known) {
		w->sum[0] = sh->sum[0];
		w->sum[1] = sh->sum[1];
		return;
	}
	if (!same)
		sh->at = (struct ship_at){ .salt = { w->salt[0], w->salt[1] } };
	/* up to where it was taken, for the checksum; a fresh stream begins at the end */
	int64_t upto = sh->fresh ? INT64_MAX : sh->at.frames;
	int64_t got = follow(w, 0, upto, NULL);
	if (!sh->fresh && got != upto) {
		sh->to->gap(sh->to->arg);
		got += follow(w, got, INT64_MAX, NULL);
		sh->fresh = true;
	}
	if (sh->fresh)
		sh->at = (struct ship_at){ .salt = { w->salt[0], w->salt[1] }, .frames = got };
	sh->fresh = false;
	sh->at.done = false;
}

static enum err hand_over(struct ship *sh, struct wal *w, bool *ret_more, struct fault *f)
{
	BUF_AUTO b = BUF(PART_MAX + w->frame);
	int64_t max = (int64_t)(PART_MAX / w->frame);
	int64_t n = follow(w, sh->at.frames, max, &b);
	*ret_more = false;
	if (n == 0)
		return OK;
	struct ship_part p = { .from = sh->at, .to = sh->at, .page_size = w->page, .frames = (const unsigned char *)b.p, .nframes = (size_t)n };
	p.to.frames += n;
	p.to.done = false;
	size_t first = 0, k;
	while (first < sh->nmarks && sh->marks[first].frames <= p.from.frames)
		first++;
	for (k = first; k < sh->nmarks && sh->marks[k].frames <= p.to.frames; k++)
		;
	struct ship_mark *marks = xalloc((k - first + 1) * sizeof *marks);
	for (size_t i = first; i < k; i++)
		marks[p.nmarks++] = (struct ship_mark){ sh->marks[i].frames - p.from.frames, sh->marks[i].ms };
	/* commits of other programs: known by now at the latest */
	if (!p.nmarks || marks[p.nmarks - 1].frames < n)
		marks[p.nmarks++] = (struct ship_mark){ n, now_ms() };
	p.marks = marks;
	enum err e = sh->to->put(sh->to->arg, &p, f);
	free(marks);
	if (e != OK)
		return e;
	sh->at = p.to;
	sh->sum[0] = w->sum[0];
	sh->sum[1] = w->sum[1];
	sh->sum_known = true;
	memmove(sh->marks, sh->marks + k, (sh->nmarks - k) * sizeof *sh->marks);
	sh->nmarks -= k;
	*ret_more = true;
	return OK;
}

enum err ship_take(struct ship *sh, struct fault *f)
{
	struct wal w = { .fd = -1 };
	bool any = false, more = true;
	enum err e = wal_open(sh, &w, &any, f);
	if (e == OK && any) {
		sh->sum_known = sh->sum_known && w.salt[0] == sh->at.salt[0] && w.salt[1] == sh->at.salt[1];
		join(sh, &w);
		sh->sum[0] = w.sum[0];
		sh->sum[1] = w.sum[1];
		sh->sum_known = true;
		while (e == OK && more)
			e = hand_over(sh, &w, &more, f);
	} else if (e == OK && !sh->at.done && !sh->fresh && sh->at.frames) {
		sh->to->gap(sh->to->arg);   /* it was emptied behind our back */
		sh->at = (struct ship_at){ .done = true };
	}
	if (e == OK && !any && sh->fresh) {   /* an empty WAL: the stream begins with its first frame */
		sh->at = (struct ship_at){ .done = true };
		sh->fresh = false;
	}
	if (w.fd >= 0)
		close(w.fd);
	if (e == OK) {
		sh->waiting_since = 0;
		sh->nmarks = 0;
		sh->logged = sh->at.frames;
		return OK;
	}
	sh->waiting_since = mono_ms();   /* tried again after a while, not every second */
	if (sh->logged - sh->at.frames > GIVE_UP) {
		sh->to->gap(sh->to->arg);
		sh->fresh = true;
		sh->sum_known = false;
	}
	return e;
}

bool ship_due(const struct ship *sh) { return sh->waiting_since && mono_ms() - sh->waiting_since >= sh->to->every_ms; }

bool ship_fold(struct ship *sh, bool truncate)
{
	int in_log = 0, folded = 0;
	if (sh->at.done && !sh->waiting_since)
		return true;
	sqlite3_busy_timeout(sh->h, 0);
	int rc = sqlite3_wal_checkpoint_v2(sh->h, NULL, SQLITE_CHECKPOINT_PASSIVE, &in_log, &folded);
	/* more than was taken: another program wrote in between, take that first */
	bool mine = in_log <= sh->at.frames, all = rc == SQLITE_OK && folded == in_log && mine;
	if (all && truncate)
		all = sqlite3_wal_checkpoint_v2(sh->h, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK;
	sqlite3_busy_timeout(sh->h, 10000);
	if (!mine && !sh->waiting_since)
		sh->waiting_since = mono_ms();
	if (!all)
		return false;
	sh->at.done = true;
	file_stands(sh);
	(void)!sh->to->keep(sh->to->arg, &sh->at, NULL);   /* at worst the next process finds a gap */
	return true;
}

void ship_committed(struct ship *sh)
{
	bool full = sh->logged >= FOLD_AT;
	if ((full || ship_due(sh)) && ship_take(sh, NULL) == OK && full)
		(void)ship_fold(sh, false);
}
