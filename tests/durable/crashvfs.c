/* See crashvfs.h. The log is one array, guarded by one lock: SQLite's own order of calls is what is kept. */
#include "crashvfs.h"
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SECTOR 512
#define FILES 2    /* the database, its WAL; -shm is memory and dies with the process */

enum what { WRITE, TRUNCATE, SYNC, DELETED, MARK };
struct entry { enum what what; int file; int64_t off; size_t n; unsigned char *bytes; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool logging;
static struct entry *entries;
static size_t nentries, cap;

struct vfile { sqlite3_file base; int file; sqlite3_file *real; };
static sqlite3_vfs *under;
static sqlite3_vfs vfs;
static sqlite3_io_methods methods;

/* ---- faults ---- */

static _Atomic int fault_kind_now;
static _Atomic int64_t fault_n, fault_count;
static _Atomic bool fault_sticky, fault_done;

void fault_at(enum fault_kind kind, int64_t n, bool sticky)
{
	fault_kind_now = FAULT_NONE;
	fault_n = n;
	fault_count = 0;
	fault_sticky = sticky;
	fault_done = false;
	fault_kind_now = kind;
}
bool fault_fired(void) { return fault_done; }
int64_t fault_counted(void) { return fault_count; }

static enum fault_kind failing(void)
{
	int64_t n = ++fault_count;
	enum fault_kind k = (enum fault_kind)fault_kind_now;
	if (k == FAULT_NONE || n < fault_n || (n > fault_n && !fault_sticky))
		return FAULT_NONE;
	fault_done = true;
	return k;
}

/* ---- the log ---- */

static void note(enum what what, int file, int64_t off, const void *bytes, size_t n)
{
	pthread_mutex_lock(&lock);
	if (logging && file >= 0) {
		if (nentries == cap)
			entries = realloc(entries, (cap = cap ? cap * 2 : 4096) * sizeof *entries);
		struct entry *e = &entries[nentries++];
		*e = (struct entry){ what, file, off, n, NULL };
		if (bytes) {
			e->bytes = malloc(n ? n : 1);
			memcpy(e->bytes, bytes, n);
		}
	}
	pthread_mutex_unlock(&lock);
}

void crash_log_start(void)
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < nentries; i++)
		free(entries[i].bytes);
	nentries = 0;
	logging = true;
	pthread_mutex_unlock(&lock);
	crash_rewind();
}
void crash_log_stop(void) { logging = false; }
size_t crash_log_size(void) { return nentries; }
int crash_log_mark(int64_t what)
{
	note(MARK, 0, what, NULL, 0);
	return (int)nentries - 1;
}

/* ---- the calls ---- */

static struct vfile *of(sqlite3_file *f) { return (struct vfile *)f; }

static int x_close(sqlite3_file *f) { return of(f)->real->pMethods ? of(f)->real->pMethods->xClose(of(f)->real) : SQLITE_OK; }

static int x_read(sqlite3_file *f, void *p, int n, sqlite3_int64 off)
{
	if (of(f)->file >= 0 && failing() != FAULT_NONE)
		return SQLITE_IOERR_READ;
	return of(f)->real->pMethods->xRead(of(f)->real, p, n, off);
}

static int x_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 off)
{
	enum fault_kind k = of(f)->file >= 0 ? failing() : FAULT_NONE;
	if (k == FAULT_FULL)
		return SQLITE_FULL;
	if (k == FAULT_SHORT)
		(void)of(f)->real->pMethods->xWrite(of(f)->real, p, n / 2, off);
	if (k != FAULT_NONE)
		return SQLITE_IOERR_WRITE;
	note(WRITE, of(f)->file, off, p, (size_t)n);
	return of(f)->real->pMethods->xWrite(of(f)->real, p, n, off);
}

static int x_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	if (of(f)->file >= 0 && failing() != FAULT_NONE)
		return SQLITE_IOERR_TRUNCATE;
	note(TRUNCATE, of(f)->file, n, NULL, 0);
	return of(f)->real->pMethods->xTruncate(of(f)->real, n);
}

/* What the disk itself would do is not asked: these files are thrown away. */
static int x_sync(sqlite3_file *f, int flags)
{
	(void)flags;
	if (of(f)->file >= 0 && failing() != FAULT_NONE)
		return SQLITE_IOERR_FSYNC;
	note(SYNC, of(f)->file, 0, NULL, 0);
	return SQLITE_OK;
}

static int x_size(sqlite3_file *f, sqlite3_int64 *ret) { return of(f)->real->pMethods->xFileSize(of(f)->real, ret); }
static int x_lock(sqlite3_file *f, int l) { return of(f)->real->pMethods->xLock(of(f)->real, l); }
static int x_unlock(sqlite3_file *f, int l) { return of(f)->real->pMethods->xUnlock(of(f)->real, l); }
static int x_reserved(sqlite3_file *f, int *ret) { return of(f)->real->pMethods->xCheckReservedLock(of(f)->real, ret); }
static int x_control(sqlite3_file *f, int op, void *arg) { return of(f)->real->pMethods->xFileControl(of(f)->real, op, arg); }
static int x_sector(sqlite3_file *f) { return of(f)->real->pMethods->xSectorSize(of(f)->real); }
/* Nothing is promised of the disk: not that a write of a sector is whole, nor that one stays out of its neighbour. */
static int x_device(sqlite3_file *f) { return (void)f, 0; }
static int x_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
	if (failing() != FAULT_NONE)
		return SQLITE_IOERR_SHMMAP;
	return of(f)->real->pMethods->xShmMap(of(f)->real, page, size, extend, ret);
}
static int x_shm_lock(sqlite3_file *f, int off, int n, int flags) { return of(f)->real->pMethods->xShmLock(of(f)->real, off, n, flags); }
static void x_shm_barrier(sqlite3_file *f) { of(f)->real->pMethods->xShmBarrier(of(f)->real); }
static int x_shm_unmap(sqlite3_file *f, int del) { return of(f)->real->pMethods->xShmUnmap(of(f)->real, del); }
/* No mapping: each read is counted and can fail. */
static int x_fetch(sqlite3_file *f, sqlite3_int64 off, int n, void **ret) { return (void)f, (void)off, (void)n, *ret = NULL, SQLITE_OK; }
static int x_unfetch(sqlite3_file *f, sqlite3_int64 off, void *p) { return (void)f, (void)off, (void)p, SQLITE_OK; }

static int file_of(const char *name, int flags)
{
	(void)name;
	return flags & SQLITE_OPEN_MAIN_DB ? 0 : flags & SQLITE_OPEN_WAL ? 1 : -1;
}

static int x_open(sqlite3_vfs *v, sqlite3_filename name, sqlite3_file *f, int flags, int *out)
{
	(void)v;
	struct vfile *vf = of(f);
	*vf = (struct vfile){ .file = file_of(name, flags), .real = (sqlite3_file *)&vf[1] };
	if (vf->file >= 0 && failing() != FAULT_NONE)
		return SQLITE_CANTOPEN;
	int rc = under->xOpen(under, name, vf->real, flags, out);
	if (rc == SQLITE_OK)
		vf->base.pMethods = &methods;
	return rc;
}

static int x_delete(sqlite3_vfs *v, const char *name, int sync_dir)
{
	(void)v;
	size_t n = strlen(name);
	if (n > 4 && strcmp(name + n - 4, "-wal") == 0)
		note(DELETED, 1, 0, NULL, 0);
	(void)sync_dir;
	return under->xDelete(under, name, 0);
}

void crashvfs_on(void)
{
	static bool made;
	if (made)
		return;
	made = true;
	under = sqlite3_vfs_find(NULL);
	vfs = *under;
	vfs.zName = "crash";
	vfs.szOsFile = (int)sizeof(struct vfile) + under->szOsFile;
	vfs.xOpen = x_open;
	vfs.xDelete = x_delete;
	vfs.pNext = NULL;
	methods = (sqlite3_io_methods){ 3, x_close, x_read, x_write, x_truncate, x_sync, x_size, x_lock, x_unlock, x_reserved, x_control, x_sector, x_device,
		x_shm_map, x_shm_lock, x_shm_barrier, x_shm_unmap, x_fetch, x_unfetch };
	must(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}

/* ---- after the power cut ---- */

struct image { unsigned char *p; size_t n, cap; };
static struct image safe[FILES];    /* what was flushed, as of entry `walked` */
static size_t walked, pending[FILES];   /* of each file, the first entry that is not flushed */
static int64_t walked_mark;

static void size_to(struct image *m, size_t n)
{
	if (n > m->cap) {
		m->p = realloc(m->p, m->cap = n * 2);
		must(m->p != NULL);
	}
	if (n > m->n)
		memset(m->p + m->n, 0, n - m->n);
	m->n = n;
}

static void put(struct image *m, const struct entry *e)
{
	if (e->what == TRUNCATE || e->what == DELETED) {
		size_to(m, e->what == TRUNCATE ? (size_t)e->off : 0);
		return;
	}
	if (e->what != WRITE)
		return;
	if (m->n < (size_t)e->off + e->n)
		size_to(m, (size_t)e->off + e->n);
	memcpy(m->p + e->off, e->bytes, e->n);
}

void crash_rewind(void)
{
	for (int i = 0; i < FILES; i++) {
		safe[i].n = 0;
		pending[i] = 0;
	}
	walked = 0;
	walked_mark = 0;
}

static void walk(size_t to)
{
	for (; walked < to; walked++) {
		const struct entry *e = &entries[walked];
		if (e->what == MARK && e->off > walked_mark)
			walked_mark = e->off;
		if (e->what != SYNC)
			continue;
		for (size_t i = pending[e->file]; i < walked; i++)
			if (entries[i].file == e->file)
				put(&safe[e->file], &entries[i]);
		pending[e->file] = walked + 1;
	}
}

/* Of one write, the sectors that reached the disk. */
static void tear(struct image *m, const struct entry *e, struct rng *rng)
{
	for (size_t at = 0; at < e->n;) {
		size_t n = SECTOR - (size_t)(e->off + (int64_t)at) % SECTOR;
		n = n < e->n - at ? n : e->n - at;
		struct entry part = { WRITE, e->file, e->off + (int64_t)at, n, e->bytes + at };
		int64_t dice = rng_range(rng, 0, 9);
		if (dice < 6)
			put(m, &part);
		else if (dice == 6) {   /* it was being written: rubbish */
			put(m, &part);
			for (size_t i = 0; i < n; i++)
				m->p[(size_t)part.off + i] = (unsigned char)rng_next(rng);
		}
		at += n;
	}
}

static void unflushed(struct image *m, int file, size_t at, struct rng *rng)
{
	size_t list[4096], n = 0;
	for (size_t i = pending[file]; i < at && n < ARRAY_LEN(list); i++)
		if (entries[i].file == file && entries[i].what != MARK && entries[i].what != SYNC)
			list[n++] = i;
	int64_t mood = rng_range(rng, 0, 3);   /* all of it in order; none; some in order; some in any order */
	for (size_t i = 0; mood == 3 && i + 1 < n; i++) {
		size_t j = (size_t)rng_range(rng, (int64_t)i, (int64_t)n - 1), t = list[i];
		list[i] = list[j];
		list[j] = t;
	}
	for (size_t i = 0; i < n && mood != 1; i++) {
		const struct entry *e = &entries[list[i]];
		int64_t dice = mood == 0 ? 0 : rng_range(rng, 0, 3);
		if (dice == 0 || (e->what != WRITE && dice < 2))
			put(m, e);
		else if (dice == 1)
			tear(m, e, rng);
	}
}

static bool store_image(const struct image *m, const char *path)
{
	FILE *f = fopen(path, "w");
	bool ok = f && fwrite(m->p ? m->p : (unsigned char *)path, 1, m->n, f) == m->n;
	return f && fclose(f) == 0 && ok;
}

bool crash_state(size_t at, struct rng *rng, const char *dir, int64_t *ret_acked)
{
	static const char *const names[FILES] = { "crash.db", "crash.db-wal" };
	static struct image now[FILES];
	char path[300];
	must(at >= walked && at <= nentries);
	walk(at);
	*ret_acked = walked_mark;
	for (int i = 0; i < FILES; i++) {
		now[i].n = 0;
		size_to(&now[i], safe[i].n);
		if (safe[i].n)
			memcpy(now[i].p, safe[i].p, safe[i].n);
		unflushed(&now[i], i, at, rng);
		snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		unlink(path);
		if ((i == 0 || now[i].n) && !store_image(&now[i], path))
			return false;
	}
	snprintf(path, sizeof path, "%s/crash.db-shm", dir);
	unlink(path);
	return true;
}
