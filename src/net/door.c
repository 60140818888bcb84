/* Why: the program that talks to strangers can be made to do what they want, one day. Then it must find nothing to do.
 * Invariants: to be read: certificates, and what names are looked up with; nothing to be written, run, listened on or looked at elsewhere; to
 * connect to: the one port of this address, and the resolver's (Linux 6.7 on). */
#include "net/net.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Written out: Debian 12's headers are older than kernels this runs on. */
#define LL_TCP_BIND UINT64_C(1)
#define LL_TCP_CONNECT UINT64_C(2)
#define LL_RULE_PORT 2
struct port_rule { uint64_t allowed, port; };
struct rules_all { uint64_t files, tcp; };

static void limit(int what, rlim_t n) { (void)setrlimit((__rlimit_resource_t)what, &(struct rlimit){ n, n }); }

static bool few_files(int port)
{
	static const char *const may_read[] = { "/etc/ssl", "/etc/pki", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/usr/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/nsswitch.conf",
		"/etc/hosts", "/etc/host.conf", "/etc/gai.conf", "/etc/resolv.conf", "/run/systemd/resolve", "/run/NetworkManager", "/run/resolvconf", "/etc/services", "/etc/localtime", NULL };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi <= 0)
		return true;      /* this kernel has none; the calls stay shut */
	/* All of its first version, and later ones' more. */
	struct rules_all all = { .files = (UINT64_C(1) << (abi >= 5 ? 16 : abi >= 3 ? 15 : abi == 2 ? 14 : 13)) - 1, .tcp = abi >= 4 ? LL_TCP_BIND | LL_TCP_CONNECT : 0 };
	int set = (int)syscall(SYS_landlock_create_ruleset, &all, abi >= 4 ? sizeof all : sizeof(uint64_t), 0);
	if (set < 0)
		return false;
	for (size_t i = 0; may_read[i]; i++) {
		struct landlock_path_beneath_attr p = { .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR, .parent_fd = open(may_read[i], O_PATH | O_CLOEXEC) };
		if (p.parent_fd < 0)
			continue;
		if (syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &p, 0) != 0) {
			p.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;      /* a file, no folder */
			(void)syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &p, 0);
		}
		close(p.parent_fd);
	}
	bool ok = true;
	const uint64_t ports[] = { (uint64_t)port, 53 };
	for (size_t i = 0; all.tcp && i < ARRAY_LEN(ports); i++)
		ok = ok && syscall(SYS_landlock_add_rule, set, LL_RULE_PORT, &(struct port_rule){ LL_TCP_CONNECT, ports[i] }, 0) == 0;
	ok = ok && syscall(SYS_landlock_restrict_self, set, 0) == 0;
	close(set);
	return ok;
}

static const int calls[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64), SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(fstat),
	SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64), SCMP_SYS(getcwd), SCMP_SYS(fcntl),
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(sysinfo), SCMP_SYS(uname),
	/* where to is asked when the socket is opened, and by Landlock */
	SCMP_SYS(connect), SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(setsockopt), SCMP_SYS(getsockopt), SCMP_SYS(sendto), SCMP_SYS(recvfrom), SCMP_SYS(sendmsg), SCMP_SYS(recvmsg), SCMP_SYS(sendmmsg),
	SCMP_SYS(shutdown), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(eventfd2), SCMP_SYS(pipe2), SCMP_SYS(socketpair), SCMP_SYS(ioctl),
};

static bool few_calls(void)
{
	static const struct { int call; struct scmp_arg_cmp a[2]; unsigned n; } some[] = {
		{ SCMP_SYS(socket), { SCMP_A0_64(SCMP_CMP_EQ, AF_INET), SCMP_A1_64(SCMP_CMP_MASKED_EQ, 0xf, SOCK_STREAM) }, 2 },
		{ SCMP_SYS(socket), { SCMP_A0_64(SCMP_CMP_EQ, AF_INET), SCMP_A1_64(SCMP_CMP_MASKED_EQ, 0xf, SOCK_DGRAM) }, 2 },
		{ SCMP_SYS(socket), { SCMP_A0_64(SCMP_CMP_EQ, AF_INET6), SCMP_A1_64(SCMP_CMP_MASKED_EQ, 0xf, SOCK_STREAM) }, 2 },
		{ SCMP_SYS(socket), { SCMP_A0_64(SCMP_CMP_EQ, AF_INET6), SCMP_A1_64(SCMP_CMP_MASKED_EQ, 0xf, SOCK_DGRAM) }, 2 },
		/* libraries are loaded late, code is never made */
		{ SCMP_SYS(mmap), { SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, 0) }, 1 },
		{ SCMP_SYS(mmap), { SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_WRITE) }, 1 },
		{ SCMP_SYS(mmap), { SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_EXEC) }, 1 },
		{ SCMP_SYS(mprotect), { SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0) }, 1 },
		/* threads, which names are looked up in; no processes */
		{ SCMP_SYS(clone), { SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD) }, 1 },
		{ SCMP_SYS(prlimit64), { SCMP_A2_64(SCMP_CMP_EQ, 0) }, 1 },
		{ SCMP_SYS(prctl), { SCMP_A0_64(SCMP_CMP_EQ, PR_SET_NAME) }, 1 },
	};
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool ok = f != NULL;
	for (size_t i = 0; ok && i < ARRAY_LEN(calls); i++)
		ok = calls[i] < 0 || seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0) == 0;
	for (size_t i = 0; ok && i < ARRAY_LEN(some); i++)
		ok = seccomp_rule_add_array(f, SCMP_ACT_ALLOW, some[i].call, some[i].n, some[i].a) == 0;
	ok = ok && seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
	ok = ok && seccomp_load(f) == 0;
	seccomp_release(f);
	return ok;
}

bool net_door(int port)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, 20);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_NOFILE, 48);
#ifndef __SANITIZE_ADDRESS__
	/* The sanitizer lays out terabytes of shadow that it never fills. */
	limit(RLIMIT_AS, (rlim_t)1 << 30);
#endif
	return few_files(port) && few_calls();
}
