/* A disk that is really full, and has room again (S45): a small file system of the test's own, where the kernel gives it one. */
#pragma GCC diagnostic ignored "-Wunused-function"
#include "../absorb/river.h"
#include "cli/keeper.h"
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

static bool small_disk(char dir[40])
{
	snprintf(dir, 40, "/dev/shm/xa-disk-XXXXXX");
	NEED(mkdtemp(dir) != NULL);
	uid_t me = getuid();
	if (unshare(CLONE_NEWNS | (me ? CLONE_NEWUSER : 0)) != 0)
		return false;
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && mount("none", dir, "tmpfs", 0, "size=200m,mode=700") == 0;
}

static void fill(const char *path)
{
	static char block[1 << 16];
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	NEED(fd >= 0);
	for (size_t n = sizeof block; n; n /= 2)     /* to the last byte */
		while (write(fd, block, n) == (ssize_t)n)
			;
	close(fd);
}

static enum err a_clue(struct city *p, int64_t *ret)
{
	struct done d;
	enum err e = ADD(COMMW, "clue", 0, &d, IN("source", "grid"), IN("text", "夫妻为钱争吵"), IN("party_a_name", "王小明"));
	*ret = d.id;
	return e;
}

TEST(full_and_back)
{
	struct city here = { 0 }, *p = &here;
	char mnt[40];
	if (!small_disk(mnt)) {
		puts("# SKIP: no file system of one's own here");
		rmdir(mnt);
		return;
	}
	enum log_level was = log_level;
	log_level = LOG_ERROR + 1;
	snprintf(p->dir, sizeof p->dir, "%s/data", mnt);
	p->a = arena_new(0);
	NEED_OK(app_open(&(struct app_options){ .data_dir = p->dir }, types, &p->app, &p->f));
	p->now = civil_ms((struct civil){ 2026, 11, 24, 9, 0, 0 });
	p->fed = unit(p, CITY, "city");
	p->comm = unit(p, COMM, "community");
	room_look(p->app, room_free);
	struct stat st;
	char *ballast = arena_printf(p->a, "%s/ballast", p->dir), *filler = arena_printf(p->a, "%s/filler", mnt);
	CHECK(stat(ballast, &st) == 0);
	int64_t acked[4000], id, n = 0, refused = 0;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 20; i++) {
			NEED_OK(a_clue(p, &id));
			acked[n++] = id;
		}
		fill(filler);
		/* before anybody has looked: the log has room of its own for a while, then it is said in so many words */
		for (int i = 0; i < 1000 && refused < (round + 1) * 5; i++) {
			enum err e = a_clue(p, &id);
			if (e == OK) {
				acked[n++] = id;
				fill(filler);
				continue;
			}
			CHECK_ERR(e, ERR_FULL);
			refused++;
		}
		CHECK_INT(refused, (round + 1) * 5);
		struct filekey pub;
		struct backup_info b;
		char text[FILEKEY_TEXT], secret[FILEKEY_TEXT];
		filekey_new(text, secret);
		NEED_OK(filekey_parse(str_of(text), false, &pub, &p->f));
		CHECK_ERR(backup_make(p->app, arena_printf(p->a, "%s/backups", mnt), &pub, &b, &p->f), ERR_FULL);
		CHECK(system(arena_printf(p->a, "test -z \"$(ls -A %s | grep '^.backup')$(ls %s/backups 2>/dev/null)\"", p->dir, mnt)) == 0);
		room_look(p->app, room_free);
		CHECK_INT(p->app->halt, HALT_ROOM);
		CHECK(stat(ballast, &st) != 0);        /* what it held is for log-ins and the journal */
		CHECK_ERR(a_clue(p, &id), ERR_FULL);
		CHECK(p->f.msg == halt_text(HALT_ROOM));
		CHECK(unlink(filler) == 0);
		room_look(p->app, room_free);
		CHECK_INT(p->app->halt, HALT_NONE);
		CHECK(stat(ballast, &st) == 0);
	}
	NEED_OK(a_clue(p, &id));
	acked[n++] = id;
	struct ctx c;
	struct journal_report j;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	int64_t there = 0, all = 0;
	for (int64_t i = 0; i < n; i++) {
		NEED_OK(db_int(c.db, &p->f, "SELECT COUNT(*) FROM clue WHERE id = ?", ARGS(VI(acked[i])), &there, NULL));
		all += there;
	}
	CHECK_INT(all, n);
	NEED_OK(db_int(c.db, &p->f, "SELECT COUNT(*) FROM clue", NOARGS, &all, NULL));
	CHECK_INT(all, n);
	NEED_OK(journal_verify(&c, &j));
	CHECK(!j.why);
	printf("# %lld saved, %lld refused\n", (long long)n, (long long)refused);
	log_level = was;
	app_close(p->app);
	arena_free(p->a);
	CHECK(umount(mnt) == 0);
	rmdir(mnt);
}
