/* Why: whoever finds a hole in a parser must find nothing behind it: no program to run, no file to write but ours, nowhere to
 * connect to.
 * Invariants: what cannot be put up ends the start; a rule is for a thing that is named here, and for why. The numbers of Landlock
 * are written out because Debian 12's headers are older than kernels this runs on. */
#include "cli/fence.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- Landlock (linux/landlock.h; Documentation/userspace-api/landlock.rst) ---- */

#define LL_CREATE 444
#define LL_ADD_RULE 445
#define LL_RESTRICT 446

enum { LL_EXECUTE = 1 << 0, LL_WRITE = 1 << 1, LL_READ = 1 << 2, LL_LIST = 1 << 3, LL_REMOVE_DIR = 1 << 4, LL_REMOVE = 1 << 5, LL_MAKE_CHAR = 1 << 6,
       LL_MAKE_DIR = 1 << 7, LL_MAKE = 1 << 8, LL_MAKE_SOCK = 1 << 9, LL_MAKE_FIFO = 1 << 10, LL_MAKE_BLOCK = 1 << 11, LL_MAKE_SYM = 1 << 12,
       LL_REFER = 1 << 13, LL_TRUNCATE = 1 << 14, LL_IOCTL = 1 << 15 };
enum { LL_BIND = 1, LL_CONNECT = 2 };
enum { LL_ABSTRACT = 1, LL_SIGNAL = 2 };

/* Of each version of Landlock: what it can forbid. */
static const uint64_t files_of[] = { 0, (1 << 13) - 1, (1 << 14) - 1, (1 << 15) - 1, (1 << 15) - 1, (1 << 16) - 1 };

struct ll_set { uint64_t files, tcp, scope; };
struct __attribute__((packed)) ll_path { uint64_t allowed; int32_t fd; };
struct ll_port { uint64_t allowed, port; };

#define READS (LL_READ | LL_LIST)
#define KEEPS (READS | LL_WRITE | LL_REMOVE_DIR | LL_REMOVE | LL_MAKE_DIR | LL_MAKE | LL_REFER | LL_TRUNCATE)
#define SPOOLS (LL_READ | LL_WRITE | LL_MAKE | LL_REMOVE | LL_TRUNCATE)

/* What a process on Debian reads besides its own: each for who looks there. */
static const struct { const char *path; unsigned rights; } usual[] = {
	{ "/usr", READS }, { "/lib", READS }, { "/lib64", READS },              /* libraries loaded late: NSS, iconv, fonts, OpenSSL */
	{ "/etc/fonts", READS }, { "/var/cache/fontconfig", READS },
	{ "/etc/ssl", READS }, { "/etc/ca-certificates", READS }, { "/etc/pki", READS },
	{ "/etc/ld.so.cache", LL_READ }, { "/etc/localtime", LL_READ }, { "/etc/locale.alias", LL_READ },
	{ "/etc/nsswitch.conf", LL_READ }, { "/etc/passwd", LL_READ }, { "/etc/group", LL_READ },              /* libpq: who am I */
	{ "/etc/hosts", LL_READ }, { "/etc/host.conf", LL_READ }, { "/etc/gai.conf", LL_READ }, { "/etc/services", LL_READ },
	{ "/etc/resolv.conf", LL_READ }, { "/run/systemd/resolve", READS }, { "/run/NetworkManager", READS }, { "/run/resolvconf", READS },
	{ "/etc/krb5.conf", LL_READ }, { "/etc/gss", READS }, { "/etc/postgresql-common", READS },
	{ "/proc/self", READS }, { "/proc/meminfo", LL_READ }, { "/proc/cpuinfo", LL_READ }, { "/proc/stat", LL_READ },
	{ "/proc/sys/vm/overcommit_memory", LL_READ }, { "/sys/devices/system/cpu", READS }, { "/sys/devices/system/node", READS },
	{ "/dev/urandom", LL_READ }, { "/dev/random", LL_READ }, { "/dev/null", LL_READ | LL_WRITE }, { "/dev/zero", LL_READ | LL_WRITE },
	{ "/dev/shm", SPOOLS },
};

int fence_landlock(void)
{
	long v = syscall(LL_CREATE, NULL, 0, 1u);
	return v > 0 ? (int)v : 0;
}

static enum err broken(struct fault *f, const char *what, int why)
{
	return fail(f, ERR_INTERNAL, N_("The server could not be fenced in, so it does not start. The log names the rail; report it, or run it on another kernel."),
	            "fence: %s: %s", what, strerror(why));
}

/* Needed: it must be there. */
static enum err allow(int set, uint64_t known, const char *path, uint64_t rights, bool needed, struct fault *f)
{
	struct stat st;
	int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return needed ? broken(f, path, errno) : OK;
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rights &= LL_READ | LL_WRITE | LL_TRUNCATE;
	struct ll_path p = { rights & known, fd };
	long r = syscall(LL_ADD_RULE, set, 1, &p, 0u);
	int why = errno;
	close(fd);
	return r == 0 ? OK : broken(f, path, why);
}

static enum err allow_files(const struct fence *w, int set, uint64_t known, struct fault *f)
{
	char self[PATH_MAX];
	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		TRY(allow(set, known, usual[i].path, usual[i].rights, false, f));
	for (size_t i = 0; i < ARRAY_LEN(w->read) && w->read[i]; i++)
		TRY(allow(set, known, w->read[i], READS, false, f));
	for (size_t i = 0; i < ARRAY_LEN(w->write) && w->write[i]; i++)
		TRY(allow(set, known, w->write[i], KEEPS, true, f));
	if (w->spool)
		TRY(allow(set, known, w->spool, SPOOLS, true, f));
	/* The program itself, for the names in a report of a crash. */
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n <= 0)
		return OK;
	self[n] = 0;
	return allow(set, known, self, LL_READ, false, f);
}

static enum err allow_port(int set, unsigned port, uint64_t right, struct fault *f)
{
	struct ll_port p = { right, port };
	return syscall(LL_ADD_RULE, set, 2, &p, 0u) == 0 ? OK : broken(f, "port", errno);
}

static enum err put_up(const struct fence *w, int abi, int *ret_set, struct fault *f)
{
	size_t last = ARRAY_LEN(files_of) - 1;
	struct ll_set all = { .files = files_of[(size_t)abi < last ? (size_t)abi : last], .tcp = abi >= 4 ? LL_BIND | LL_CONNECT : 0,
		              .scope = abi >= 6 ? LL_ABSTRACT | LL_SIGNAL : 0 };
	int set = *ret_set = (int)syscall(LL_CREATE, &all, abi >= 6 ? sizeof all : abi >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t), 0u);
	if (set < 0)
		return broken(f, "Landlock", errno);
	TRY(allow_files(w, set, all.files, f));
	if (all.tcp) {
		TRY(allow_port(set, (unsigned)w->listen_port, LL_BIND, f));
		for (size_t i = 0; i < w->nconnect; i++)
			TRY(allow_port(set, w->connect[i], LL_CONNECT, f));
	}
	return syscall(LL_RESTRICT, set, 0u) == 0 ? OK : broken(f, "Landlock", errno);
}

enum err fence_files(const struct fence *w, struct fault *f)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return broken(f, "PR_SET_NO_NEW_PRIVS", errno);
	for (size_t i = 0; i < ARRAY_LEN(w->write) && w->write[i]; i++)
		if (mkdir(w->write[i], 0700) != 0 && errno != EEXIST)
			return fail(f, ERR_IO, N_("The data folder cannot be made."), "mkdir %s: %s", w->write[i], strerror(errno));
	int abi = fence_landlock(), set = -1;
	if (!abi) {
		log_line(LOG_WARN, "fence: this kernel has no Landlock: files and ports are kept by the user's rights alone");
		return OK;
	}
	enum err e = put_up(w, abi, &set, f);
	if (set >= 0)
		close(set);
	return e;
}

/* ---- seccomp ---- */

/* Calls that may be made with whatever arguments. */
static const char *const calls[] = {
	/* files */
	"read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "lseek", "close", "fstat", "newfstatat", "stat", "lstat", "statx",
	"access", "faccessat", "faccessat2", "open", "openat", "readlink", "readlinkat", "getdents64", "getcwd", "statfs", "fstatfs", "fsync", "fdatasync",
	"sync_file_range", "ftruncate", "fallocate", "fadvise64", "flock", "fcntl", "dup", "dup2", "dup3", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat",
	"rename", "renameat", "renameat2", "link", "linkat", "fchmod", "fchown", "umask", "copy_file_range", "memfd_create",
	/* memory */
	"munmap", "mremap", "madvise", "brk", "mlock", "mlock2", "munlock", "mincore", "membarrier", "getrandom",
	/* threads, signals, what am I */
	"futex", "set_robust_list", "get_robust_list", "rseq", "set_tid_address", "exit", "exit_group", "gettid", "getpid", "getppid", "getuid", "geteuid",
	"getgid", "getegid", "getresuid", "getresgid", "sched_yield", "sched_getaffinity", "sysinfo", "uname", "getrusage", "times", "getcpu", "sigaltstack",
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "rt_sigsuspend", "restart_syscall",
	/* time */
	"clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time",
	/* net: which sockets is asked below, where to is Landlock's */
	"connect", "bind", "listen", "accept", "accept4", "getsockname", "getpeername", "setsockopt", "getsockopt", "sendto", "recvfrom", "sendmsg", "recvmsg",
	"sendmmsg", "recvmmsg", "shutdown", "poll", "ppoll", "select", "pselect6", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "eventfd2", "pipe2",
};

struct some { const char *call; struct scmp_arg_cmp arg[2]; unsigned n; };

/* The rest: only so. */
static const struct some somehow[] = {
	{ "socket", { SCMP_A0_64(SCMP_CMP_EQ, AF_UNIX), SCMP_A1_64(SCMP_CMP_MASKED_EQ, 0xf, SOCK_STREAM) }, 2 },
	{ "socket", { SCMP_A0_64(SCMP_CMP_EQ, AF_UNIX), SCMP_A1_64(SCMP_CMP_MASKED_EQ, 0xf, SOCK_DGRAM) }, 2 },
	{ "socket", { SCMP_A0_64(SCMP_CMP_EQ, AF_INET), SCMP_A1_64(SCMP_CMP_MASKED_EQ, 0xf, SOCK_STREAM) }, 2 },
	{ "socket", { SCMP_A0_64(SCMP_CMP_EQ, AF_INET), SCMP_A1_64(SCMP_CMP_MASKED_EQ, 0xf, SOCK_DGRAM) }, 2 },
	{ "socket", { SCMP_A0_64(SCMP_CMP_EQ, AF_INET6), SCMP_A1_64(SCMP_CMP_MASKED_EQ, 0xf, SOCK_STREAM) }, 2 },
	{ "socket", { SCMP_A0_64(SCMP_CMP_EQ, AF_INET6), SCMP_A1_64(SCMP_CMP_MASKED_EQ, 0xf, SOCK_DGRAM) }, 2 },
	/* W xor X: libraries are loaded late, code is never made */
	{ "mmap", { SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, 0) }, 1 },
	{ "mmap", { SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_WRITE) }, 1 },
	{ "mmap", { SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_EXEC) }, 1 },
	{ "mprotect", { SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0) }, 1 },
	{ "clone", { SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD) }, 1 },   /* threads, no processes */
	{ "prlimit64", { SCMP_A2_64(SCMP_CMP_EQ, 0) }, 1 },                                /* to ask, not to set */
	{ "ioctl", { SCMP_A1_64(SCMP_CMP_EQ, FIONBIO) }, 1 },
	{ "ioctl", { SCMP_A1_64(SCMP_CMP_EQ, FIONREAD) }, 1 },
	{ "ioctl", { SCMP_A1_64(SCMP_CMP_EQ, TCGETS) }, 1 },                               /* isatty() */
	{ "prctl", { SCMP_A0_64(SCMP_CMP_EQ, PR_SET_NAME) }, 1 },
	{ "prctl", { SCMP_A0_64(SCMP_CMP_EQ, PR_GET_NAME) }, 1 },
	{ "prctl", { SCMP_A0_64(SCMP_CMP_EQ, PR_GET_DUMPABLE) }, 1 },
};

/* LeakSanitizer stops the world from a process that shares our memory. */
static const char *const checkers[] = { "clone", "ptrace", "wait4", "kill", "prctl", "getdents" };

bool fence_seccomp(void) { return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0; }

static int add(scmp_filter_ctx s, uint32_t action, const char *call, const struct scmp_arg_cmp *arg, unsigned n)
{
	int nr = seccomp_syscall_resolve_name(call);
	/* Not every machine has every call (arm64 has no open). */
	return nr == __NR_SCMP_ERROR ? 0 : seccomp_rule_add_array(s, action, nr, n, arg);
}

static int rules(scmp_filter_ctx s, bool checked)
{
	int r = seccomp_attr_set(s, SCMP_FLTATR_CTL_TSYNC, 1);
	struct scmp_arg_cmp self = SCMP_A0_64(SCMP_CMP_EQ, (uint64_t)getpid());
	(void)seccomp_attr_set(s, SCMP_FLTATR_CTL_LOG, 1);        /* the audit log, where there is one, tells of what was refused */
	(void)seccomp_attr_set(s, SCMP_FLTATR_CTL_OPTIMIZE, 2);   /* a binary tree: the cost of a call does not grow with the list */
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(calls); i++)
		r = add(s, SCMP_ACT_ALLOW, calls[i], NULL, 0);
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(somehow); i++)
		if (!(checked && strcmp(somehow[i].call, "clone") == 0) && !(checked && strcmp(somehow[i].call, "prctl") == 0))
			r = add(s, SCMP_ACT_ALLOW, somehow[i].call, somehow[i].arg, somehow[i].n);
	for (size_t i = 0; r == 0 && checked && i < ARRAY_LEN(checkers); i++)
		r = add(s, SCMP_ACT_ALLOW, checkers[i], NULL, 0);
	if (r == 0)
		r = add(s, SCMP_ACT_ALLOW, "tgkill", &self, 1);           /* abort() */
	if (r == 0)
		r = add(s, SCMP_ACT_ERRNO(ENOSYS), "clone3", NULL, 0);    /* its flags cannot be seen; glibc falls back on clone */
	return r == 0 ? seccomp_load(s) : r;
}

enum err fence_calls(const struct fence *w, struct fault *f)
{
	if (!fence_seccomp()) {
		log_line(LOG_WARN, "fence: this kernel has no seccomp: the process may make any system call");
		return OK;
	}
	scmp_filter_ctx s = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!s)
		return broken(f, "seccomp", ENOMEM);
	int r = rules(s, w->checked);
	seccomp_release(s);
	return r == 0 ? OK : broken(f, "seccomp", -r);
}
