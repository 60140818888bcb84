/* The fence of cli/fence.c, put up in a child as `xiaoan serve` does, and then run against. Each line of attempts[] is a rule. */
#include "../test.h"
#include "cli/fence.h"
#include "store/store.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char data[64], outside[64];
static uint16_t foreign_port;

static int closes(int fd)
{
	if (fd >= 0)
		close(fd);
	return fd >= 0 ? 0 : -1;
}

static int opens(const char *path, int flags) { return closes(open(path, flags | O_CLOEXEC, 0600)); }
static const char *in(const char *dir, const char *name)
{
	static _Thread_local char path[128];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static int write_passwd(void) { return opens("/etc/passwd", O_WRONLY | O_APPEND); }
static int read_shadow(void) { return opens("/etc/shadow", O_RDONLY); }
static int read_root_home(void) { return opens("/root", O_RDONLY | O_DIRECTORY); }
static int make_outside(void) { return opens(in(outside, "new"), O_WRONLY | O_CREAT); }
static int read_outside(void) { return opens(in(outside, "there"), O_RDONLY); }
static int read_other_process(void) { return opens("/proc/1/environ", O_RDONLY); }
static int remove_outside(void) { return unlink(in(outside, "there")); }
static int link_in(void) { return symlink("/etc/shadow", in(data, "shadow")); }
static int make_device(void) { return mknod(in(data, "null"), S_IFCHR | 0600, 0x103); }
static int run_shell(void) { return execl("/bin/sh", "sh", "-c", "exit 0", (char *)NULL); }
static int run_at(void) { return (int)syscall(SYS_execveat, AT_FDCWD, "/bin/true", NULL, NULL, 0); }
static int new_process(void)
{
	long p = syscall(SYS_clone, 17 /* SIGCHLD */, NULL, NULL, NULL, 0);
	if (p == 0)
		_exit(0);
	return p > 0 ? 0 : -1;
}
static int trace(void) { return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL); }
static int read_memory(void) { return (int)syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0); }
static int send_signal(void) { return kill(getppid(), SIGCONT); }
static int keys(void) { return (int)syscall(SYS_keyctl, 0, -3, 0, 0, 0); }
static int mounts(void) { return (int)syscall(SYS_mount, "none", data, "tmpfs", 0, NULL); }
static int spaces(void) { return (int)syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */); }
static int bpf(void) { return (int)syscall(SYS_bpf, 0, NULL, 0); }
static int ring(void) { return (int)syscall(425 /* io_uring_setup */, 1, NULL); }
static int faults(void) { return (int)syscall(SYS_userfaultfd, 0); }
static int netlink(void) { return closes(socket(AF_NETLINK, SOCK_DGRAM, 0)); }
static int packet(void) { return closes(socket(AF_PACKET, SOCK_DGRAM, 0)); }
static int vsock(void) { return closes(socket(40, SOCK_STREAM, 0)); }
static int raw_socket(void) { return closes(socket(AF_INET, SOCK_RAW, 1)); }
static int alg(void) { return closes(socket(AF_ALG, SOCK_SEQPACKET, 0)); }
static int more_files(void) { return setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }); }
static int dumps(void) { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }
static int code_made(void)
{
	void *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return m == MAP_FAILED ? -1 : 0;
}
static int code_turned(void)
{
	void *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return m == MAP_FAILED ? 0 : mprotect(m, 4096, PROT_READ | PROT_EXEC);
}
static int stranger_tcp(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(foreign_port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0), r = connect(fd, (struct sockaddr *)&sa, sizeof sa);
	close(fd);
	return r;
}
static int stranger_listen(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(4444), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0), r = bind(fd, (struct sockaddr *)&sa, sizeof sa);
	close(fd);
	return r;
}

static int own_file(void) { return opens(in(data, "mine"), O_RDWR | O_CREAT | O_TRUNC); }
static int own_private(void)
{
	struct stat st;
	return own_file() == 0 && stat(in(data, "mine"), &st) == 0 && (st.st_mode & 077) == 0 ? 0 : -1;
}
static int own_rename(void)
{
	char to[128];
	snprintf(to, sizeof to, "%s", in(data, "yours"));
	return own_file() == 0 && rename(in(data, "mine"), to) == 0 ? unlink(to) : -1;
}
static int own_folder(void) { return mkdir(in(data, "more"), 0700) == 0 ? rmdir(in(data, "more")) : -1; }
static int nameless(void) { return closes(open(data, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)); }
static int shared(void)
{
	if (opens("/dev/shm/xa-fence-test", O_RDWR | O_CREAT) != 0)
		return -1;
	return unlink("/dev/shm/xa-fence-test");
}
static int library(void) { return opens("/usr/lib", O_RDONLY | O_DIRECTORY); }
static int names(void) { return opens("/etc/nsswitch.conf", O_RDONLY) == 0 || errno == ENOENT ? 0 : -1; }
static int waste(void) { return opens("/dev/null", O_WRONLY); }
static void *nothing(void *p) { return p; }
static int thread(void)
{
	pthread_t t;
	return pthread_create(&t, NULL, nothing, NULL) == 0 ? pthread_join(t, NULL) : -1;
}
static int served(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0), r = bind(fd, (struct sockaddr *)&sa, sizeof sa);
	if (r == 0)
		r = listen(fd, 5);
	close(fd);
	return r;
}
static int unix_socket(void) { return closes(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

enum rail { FILES = 1, CALLS = 2, TCP = 4, ALWAYS = 0 };
static const struct attempt { const char *what; int (*fn)(void); bool works; enum rail by; } attempts[] = {
	{ "write /etc/passwd", write_passwd, false, FILES }, { "read /etc/shadow", read_shadow, false, FILES }, { "list /root", read_root_home, false, FILES },
	{ "make a file elsewhere", make_outside, false, FILES }, { "read a file elsewhere", read_outside, false, FILES },
	{ "read another process", read_other_process, false, FILES }, { "remove a file elsewhere", remove_outside, false, FILES },
	{ "a link among the data", link_in, false, FILES }, { "a device among the data", make_device, false, FILES },
	{ "run a shell", run_shell, false, CALLS }, { "execveat", run_at, false, CALLS }, { "a new process", new_process, false, CALLS },
	{ "ptrace", trace, false, CALLS }, { "another's memory", read_memory, false, CALLS }, { "a signal to another", send_signal, false, CALLS },
	{ "keyctl", keys, false, CALLS }, { "mount", mounts, false, CALLS }, { "unshare", spaces, false, CALLS }, { "bpf", bpf, false, CALLS },
	{ "io_uring", ring, false, CALLS }, { "userfaultfd", faults, false, CALLS }, { "netlink", netlink, false, CALLS }, { "packets", packet, false, CALLS },
	{ "vsock", vsock, false, CALLS }, { "raw socket", raw_socket, false, CALLS }, { "kernel crypto", alg, false, CALLS },
	{ "other limits", more_files, false, CALLS }, { "core dumps again", dumps, false, CALLS },
	{ "memory to write and run", code_made, false, CALLS }, { "written memory to run", code_turned, false, CALLS },
	{ "connect somewhere", stranger_tcp, false, TCP }, { "listen somewhere", stranger_listen, false, TCP },
	{ "own file", own_file, true, ALWAYS }, { "own file is private", own_private, true, ALWAYS }, { "own file renamed", own_rename, true, ALWAYS },
	{ "own folder", own_folder, true, ALWAYS }, { "nameless file", nameless, true, ALWAYS }, { "shared memory", shared, true, ALWAYS },
	{ "libraries", library, true, ALWAYS }, { "name service", names, true, ALWAYS }, { "/dev/null", waste, true, ALWAYS }, { "thread", thread, true, ALWAYS },
	{ "the server's port", served, true, ALWAYS }, { "Unix socket", unix_socket, true, ALWAYS },
};

/* Bit i: attempt i went otherwise than it must. */
static uint64_t try_all(unsigned rails)
{
	uint64_t wrong = 0;
	_Static_assert(ARRAY_LEN(attempts) <= 64, "a bit each");
	for (size_t i = 0; i < ARRAY_LEN(attempts); i++) {
		const struct attempt *t = &attempts[i];
		if (t->by && !(t->by & rails))
			continue;
		if ((t->fn() == 0) != t->works)
			wrong |= UINT64_C(1) << i;
	}
	return wrong;
}

struct other { int go[2], said[2]; unsigned rails; };

/* A thread that was there before the second rail. */
static void *other_thread(void *arg)
{
	struct other *o = arg;
	char c;
	uint64_t wrong = UINT64_MAX;
	if (read(o->go[0], &c, 1) == 1)
		wrong = try_all(o->rails);
	must(write(o->said[1], &wrong, sizeof wrong) == sizeof wrong);
	return NULL;
}

static _Noreturn void inside(int out)
{
	struct fault f = { 0 };
	struct fence w = { .write = { data }, .spool = data };
	struct other o = { .rails = (fence_landlock() ? FILES : 0u) | (fence_seccomp() ? CALLS : 0u) | (fence_landlock() >= 4 ? TCP : 0u) };
	uint64_t wrong[2] = { UINT64_MAX, UINT64_MAX };
	pthread_t t;
	enum err e = fence_files(&w, &f);
	must(pipe(o.go) == 0 && pipe(o.said) == 0);
	if (e == OK && pthread_create(&t, NULL, other_thread, &o) == 0) {
		e = fence_calls(&w, &f);
		if (e == OK) {
			wrong[0] = try_all(o.rails);
			must(write(o.go[1], "g", 1) == 1 && read(o.said[0], &wrong[1], sizeof wrong[1]) == sizeof wrong[1]);
		}
	}
	must(write(out, wrong, sizeof wrong) == sizeof wrong);
	_exit(e == OK ? 0 : 1);
}

static void report(const char *who, uint64_t wrong)
{
	for (size_t i = 0; i < ARRAY_LEN(attempts); i++)
		if (wrong >> i & 1)
			printf("# %s: %s %s\n", who, attempts[i].what, attempts[i].works ? "does not work" : "works");
	CHECK(wrong == 0);
}

/* A listener that the child must not reach. */
static int stranger(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof sa;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	NEED(fd >= 0 && bind(fd, (struct sockaddr *)&sa, n) == 0 && listen(fd, 5) == 0 && getsockname(fd, (struct sockaddr *)&sa, &n) == 0);
	foreign_port = ntohs(sa.sin_port);
	return fd;
}

TEST(nothing_is_left_to_do_inside_the_fence_and_the_server_still_can_work)
{
	int out[2], status;
	uint64_t wrong[2] = { UINT64_MAX, UINT64_MAX };
	snprintf(data, sizeof data, "/tmp/xa-fence-XXXXXX");
	snprintf(outside, sizeof outside, "/tmp/xa-fence-XXXXXX");
	NEED(mkdtemp(data) && mkdtemp(outside) && opens(in(outside, "there"), O_WRONLY | O_CREAT) == 0);
	int ear = stranger();
	NEED(pipe(out) == 0);
	if (!fence_landlock() || !fence_seccomp())
		printf("# this kernel lacks a rail: Landlock %d, seccomp %d; its half is not tried\n", fence_landlock(), fence_seccomp());
	pid_t p = fork();
	NEED(p >= 0);
	if (p == 0)
		inside(out[1]);
	close(out[1]);
	CHECK_INT(read(out[0], wrong, sizeof wrong), sizeof wrong);
	NEED(waitpid(p, &status, 0) == p);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	report("first thread", wrong[0]);
	report("older thread", wrong[1]);
	close(out[0]);
	close(ear);
	unlink(in(data, "mine"));
	unlink(in(outside, "there"));
	unlink(in(outside, "new"));
	CHECK(rmdir(data) == 0 && rmdir(outside) == 0);
}

TEST(a_fence_that_cannot_be_put_up_is_an_error)
{
	int status;
	pid_t p = fork();
	NEED(p >= 0);
	if (p == 0) {
		struct fault f = { 0 };
		struct fence w = { .write = { "/nonexistent/there/is/no/such/folder" } };
		_exit(fence_files(&w, &f) == ERR_IO && f.msg ? 0 : 1);
	}
	NEED(waitpid(p, &status, 0) == p);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(only_postgresql_is_a_place_to_connect_to)
{
	static const struct { const char *url; size_t n; uint16_t port[3]; } t[] = {
		{ NULL, 0, { 0 } }, { "/var/lib/xiaoan/xiaoan.db", 0, { 0 } }, { "postgres:///xa?host=/run/postgresql", 0, { 0 } },
		{ "postgres://db.example/xa", 1, { 5432 } }, { "postgres://u:p@db.example:6000/xa", 1, { 6000 } },
		{ "postgresql://a:1,b:2/xa", 2, { 1, 2 } }, { "postgres:///xa?host=a,b&port=7", 2, { 7, 7 } },
	};
	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		struct fault f = { 0 };
		uint16_t port[3] = { 0 };
		size_t n = 9;
		NEED_OK(store_ports(t[i].url, port, 3, &n, &f));
		CHECK_INT(n, t[i].n);
		for (size_t k = 0; k < t[i].n; k++)
			CHECK_INT(port[k], t[i].port[k]);
	}
	struct fault f = { 0 };
	size_t n;
	CHECK_ERR(store_ports("postgres://[", (uint16_t[3]){ 0 }, 3, &n, &f), ERR_INVALID);
}
