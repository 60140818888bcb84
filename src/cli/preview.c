/* Why: `xiaoan preview` is not for people: the server runs it for each file that somebody hands in. It says on standard output what kind of
 * file stands on standard input, and gives two pictures of it:
 *
 *     type jpeg\n   view 48121\n…bytes…   tile 9120\n…bytes…   end\n
 *
 * The server itself may start nothing (cli/fence.h). Before its fence is up it starts one `xiaoan preview --broker`, which reads nothing
 * from anybody but two descriptors for each file, and starts this for them.
 *
 * Invariants: nothing is read before the door is shut: no network, no file but fonts, no other process, little memory, seconds of
 * time. What was found is said before the picture is tried, so that a file which breaks the reader is still known by its kind. */
#include "base/child.h"
#include "cli/cli.h"
#include "paper/preview.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <signal.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define INPUT_MAX ((size_t)64 << 20)
#define WALL_SECONDS 12
#define PICTURE_MAX ((size_t)6 << 20)

static void limit(int what, rlim_t n) { (void)setrlimit((__rlimit_resource_t)what, &(struct rlimit){ n, n }); }

/* Reading below these folders, and nothing else of the file system. False: the kernel has no Landlock. */
static bool only_fonts(void)
{
	static const char *const dirs[] = { "/usr/share/fonts", "/usr/local/share/fonts", "/etc/fonts", "/usr/share/fontconfig", "/usr/share/poppler", "/var/cache/fontconfig", "/usr/share/color", NULL };
	struct landlock_ruleset_attr a = { .handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };
	int rules = (int)syscall(SYS_landlock_create_ruleset, &a, sizeof a, 0);
	if (rules < 0)
		return false;
	for (size_t i = 0; dirs[i]; i++) {
		struct landlock_path_beneath_attr p = { .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR, .parent_fd = open(dirs[i], O_PATH | O_CLOEXEC) };
		if (p.parent_fd < 0)
			continue;
		(void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &p, 0);
		close(p.parent_fd);
	}
	bool ok = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	close(rules);
	return ok;
}

/* What a reader of pictures needs of the kernel. Anything else fails with EPERM: a library of another Debian that asks for more then
 * gives a grey tile, not a dead child. */
static bool few_calls(bool files)
{
	static const int calls[] = { SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect),
		SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
		SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(sysinfo),
		SCMP_SYS(uname), SCMP_SYS(prlimit64) };
	static const int reading[] = { SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(statx), SCMP_SYS(lstat), SCMP_SYS(pread64), SCMP_SYS(readlink), SCMP_SYS(access),
		SCMP_SYS(getdents64), SCMP_SYS(fcntl), SCMP_SYS(fstatfs), SCMP_SYS(statfs) };
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool ok = f != NULL;
	for (size_t i = 0; ok && i < ARRAY_LEN(calls); i++)
		ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0) == 0;
	for (size_t i = 0; ok && files && i < ARRAY_LEN(reading); i++)
		ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, reading[i], 0) == 0;
	/* fstat of what is open already harms nobody, and the C library asks it of standard output */
	if (ok && !files)
		ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fstat), 0) == 0 && seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1, SCMP_A0(SCMP_CMP_LE, 2)) == 0;
	ok = ok && seccomp_load(f) == 0;
	seccomp_release(f);
	return ok;
}

/* False: nothing may be read then. A network name space of its own is more than seccomp needs, and not everywhere allowed. */
static bool shut_the_door(void)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	alarm(WALL_SECONDS);      /* and no call that could take it back is left */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, 8);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_NOFILE, 32);
#ifndef __SANITIZE_ADDRESS__
	/* The sanitizer lays out terabytes of shadow that it never fills. */
	limit(RLIMIT_AS, (rlim_t)1 << 30);
#endif
	(void)!unshare(CLONE_NEWUSER | CLONE_NEWNET);
	bool files = only_fonts();
	return few_calls(files);
}

static void part(const char *name, const struct buf *b)
{
	printf("%s %zu\n", name, b->n);
	(void)!fwrite(b->p, 1, b->n, stdout);
}

/* "pages N\n", then of each page asked for "page SIZE\n" and its bytes; of one that cannot be read, size 0. It never says "type": what is handed in
 * with such a beginning is of no kind. */
static int pages(struct str in)
{
	struct str rest, line = str_cut(in, '\n', &rest), count;
	int64_t from = 0, n = 0;
	line = (struct str){ line.p + strlen(PREVIEW_PAGES), line.n - strlen(PREVIEW_PAGES) };
	struct str first = str_cut(line, ' ', &count);
	const char *type = str_int(first, &from) && str_int(count, &n) && rest.n ? preview_type(rest) : NULL;
	int all = type ? preview_count(type, rest) : 0;
	printf("pages %d\n", all);
	fflush(stdout);
	for (int64_t i = from; from >= 0 && i < from + n && i < all; i++) {
		BUF_AUTO b = BUF(PICTURE_MAX);
		bool ok = preview_page(type, rest, (int)i, &b);
		part("page", ok ? &b : &(struct buf){ 0 });
		fflush(stdout);
	}
	_exit(0);
}

/* For the test and for who doubts: what can be done behind the door. */
static int probe(void)
{
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	printf("file %s\n", fd < 0 ? "no" : "YES");
	printf("write %s\n", open("/tmp/xiaoan-probe", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0 ? "no" : "YES");
	printf("network %s\n", socket(AF_INET, SOCK_STREAM, 0) < 0 ? "no" : "YES");
	printf("process %s\n", syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) < 0 ? "no" : "YES");
	char *const none[] = { NULL };
	printf("program %s\n", execve("/bin/true", none, none) < 0 ? "no" : "YES");
	fflush(stdout);
	_exit(0);
}

int cmd_preview(int argc, char **argv)
{
	/* Before the door is shut whatever the server left open is closed. */
	(void)!close_range(3, ~0U, 0);
	if (argc > 2 && strcmp(argv[2], "--broker") == 0) {
		static const char *const words[] = { "preview", NULL };
		child_serve("/proc/self/exe", words);
		_exit(0);
	}
	if (!preview_ready() || !shut_the_door())
		_exit(1);
	if (argc > 2 && strcmp(argv[2], "--probe") == 0)
		return probe();
	BUF_AUTO in = BUF(INPUT_MAX);
	char room[65536];
	for (ssize_t n; (n = read(0, room, sizeof room)) != 0;) {
		if (n < 0 && errno != EINTR)
			_exit(1);
		if (n > 0)
			buf_put(&in, room, (size_t)n);
	}
	if (!in.over && str_starts(buf_view(&in), PREVIEW_PAGES))
		return pages(buf_view(&in));
	const char *type = in.over ? NULL : preview_type(buf_view(&in));
	printf("type %s\n", type ? type : "none");
	fflush(stdout);
	BUF_AUTO view = BUF(PICTURE_MAX), tile = BUF(PICTURE_MAX);
	if (type && preview_make(type, buf_view(&in), &view, &tile)) {
		part("view", &view);
		part("tile", &tile);
	}
	printf("end\n");
	fflush(stdout);
	_exit(0);   /* nothing is freed: what the readers hold goes with the process */
}
