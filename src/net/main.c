/* Why: xiaoan-fetch is not for people: the server has it started for each address that is fetched (net/net.h). What is asked stands on standard
 * input, what came is said on standard output. As the broker it reads nothing but two descriptors for each, and starts this for them.
 * Invariants: nothing is asked of the network before the door is shut; the clock ends it, and no call that could take that back is left. */
#include "base/child.h"
#include "net/net.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* For the test and for who doubts: what can be done behind the door. */
static int probe(void)
{
	char *const none[] = { NULL };
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	printf("file %s\n", fd < 0 ? "no" : "YES");
	printf("write %s\n", open("/tmp/xiaoan-probe", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0 ? "no" : "YES");
	printf("unix %s\n", socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? "no" : "YES");
	printf("raw %s\n", socket(AF_INET, SOCK_RAW, 1) < 0 ? "no" : "YES");
	printf("listen %s\n", listen(socket(AF_INET, SOCK_STREAM, 0), 1) < 0 ? "no" : "YES");
	printf("process %s\n", syscall(SYS_clone, 17 /* SIGCHLD */, 0, 0, 0, 0) < 0 ? "no" : "YES");
	printf("program %s\n", execve("/bin/true", none, none) < 0 ? "no" : "YES");
	printf("signal %s\n", syscall(SYS_kill, getppid(), 0) < 0 ? "no" : "YES");
	fflush(stdout);
	_exit(0);
}

int main(int argc, char **argv)
{
	ARENA a = arena_new((size_t)64 << 20);
	struct fault f = { 0 };
	struct net_ask q;
	struct net_url u;
	struct net_answer r;
	(void)!close_range(3, ~0U, 0);
	if (argc > 1 && strcmp(argv[1], "--broker") == 0) {
		static const char *const words[] = { NULL };
		child_serve("/proc/self/exe", words);
		_exit(0);
	}
	if (!net_curl_ready())
		_exit(1);
	if (argc > 1 && strcmp(argv[1], "--probe") == 0)
		return net_door(80) ? probe() : 1;
	if (argc > 1) {
		fputs("xiaoan-fetch is started by xiaoan serve; it is not for people.\n", stderr);
		_exit(2);
	}
	BUF_AUTO in = BUF((size_t)64 << 10);
	char room[4096];
	alarm(10);
	for (ssize_t n; (n = read(0, room, sizeof room)) != 0;) {
		if (n < 0 && errno != EINTR)
			_exit(1);
		if (n > 0)
			buf_put(&in, room, (size_t)n);
	}
	if (in.over || net_ask_take(a, buf_view(&in), &q, &f) != OK || !net_url_parse(a, q.url, &u))
		_exit(1);
	alarm((unsigned)(q.limit_ms / 1000 + 3));
	if (!net_door(u.port))
		_exit(1);
	struct buf body = BUF(q.max + 1), out = BUF(NET_BODY_MAX + ((size_t)64 << 10));
	net_curl(a, &q, &body, &r);
	net_answer_put(&out, &r);
	for (size_t at = 0; at < out.n;) {
		ssize_t n = write(1, out.p + at, out.n - at);
		if (n < 0 && errno != EINTR)
			_exit(1);
		at += n > 0 ? (size_t)n : 0;
	}
	_exit(0);   /* nothing is freed: what the library holds goes with the process */
}
