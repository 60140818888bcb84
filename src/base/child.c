/* Why: a picture or a PDF is the most dangerous thing that can be read, so another process reads it, and this one only waits.
 * Invariants: the child gets three descriptors and no environment; it is dead and waited for when child_run() returns, or a broker's, whose
 * own clock ends it. */
#include "base/child.h"
#include "base/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static enum err start(const char *program, const char *const *words, int in, int out, pid_t *ret, struct fault *f)
{
	const char *argv[8] = { program };
	char *const none[] = { NULL };
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	sigset_t set;
	for (int i = 0; words[i]; i++) {
		must(i < 6);
		argv[i + 1] = words[i];
	}
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, in, 0);
	posix_spawn_file_actions_adddup2(&fa, out, 1);
	posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&at);
	sigemptyset(&set);
	posix_spawnattr_setsigmask(&at, &set);
	sigaddset(&set, SIGPIPE);
	posix_spawnattr_setsigdefault(&at, &set);
	posix_spawnattr_setflags(&at, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	int bad = posix_spawn(ret, program, &fa, &at, (char *const *)(uintptr_t)argv, none);
	posix_spawnattr_destroy(&at);
	posix_spawn_file_actions_destroy(&fa);
	return bad ? fail(f, ERR_BUSY, NULL, "starting a child: %s", strerror(bad)) : OK;
}

/* Both ways at once: a child that answers before it has read all must not make us wait for each other. */
static bool talk(const struct child *c, int in, bool pipe, int out, struct buf *ret)
{
	struct str left = c->in;
	char room[65536];
	int64_t end = mono_ms() + c->limit_ms;
	for (;;) {
		int64_t wait = end - mono_ms();
		struct pollfd p[2] = { { out, POLLIN, 0 }, { left.n ? in : -1, POLLOUT, 0 } };
		if (wait <= 0)
			return false;
		if (!left.n && left.p) {
			if (pipe)      /* the end of a pipe is told by closing it: in its place stands what reads nothing and is closed once more */
				(void)!dup2(out, in);
			else
				shutdown(in, SHUT_WR);
			left.p = NULL;
		}
		if (poll(p, 2, (int)wait) < 0 && errno != EINTR)
			return false;
		if (p[1].revents) {
			ssize_t n = pipe ? write(in, left.p, left.n) : send(in, left.p, left.n, MSG_NOSIGNAL | MSG_DONTWAIT);
			if (n > 0)
				left = (struct str){ left.p + n, left.n - (size_t)n };
			else if (n < 0 && errno != EAGAIN && errno != EINTR)
				left.n = 0;      /* it has read what it wanted */
		}
		if (p[0].revents) {
			ssize_t n = read(out, room, sizeof room);
			if (n == 0)
				return true;
			if (n < 0 && errno != EAGAIN && errno != EINTR)
				return false;
			if (n > 0)
				buf_put(ret, room, (size_t)n);
			if (ret->over)
				return false;
		}
	}
}

/* ---- through a broker ---- */

enum err child_broker(const char *program, const char *const *words, int *ret, struct fault *f)
{
	int ends[2];
	pid_t pid;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return fail(f, ERR_BUSY, NULL, "socketpair: %s", strerror(errno));
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	enum err e = null < 0 ? fail(f, ERR_BUSY, NULL, "/dev/null") : start(program, words, ends[1], null, &pid, f);
	close(null);
	close(ends[1]);
	if (e != OK)
		close(ends[0]);
	else
		*ret = ends[0];
	return e;
}

union two { struct cmsghdr head; char room[CMSG_SPACE(2 * sizeof(int))]; };

static bool send_ends(int broker, int in, int out)
{
	char one = 1;
	union two u = { 0 };
	struct iovec v = { &one, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &u, .msg_controllen = sizeof u.room };
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);
	const int fds[2] = { in, out };
	*h = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof fds), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(h), fds, sizeof fds);
	return sendmsg(broker, &m, MSG_NOSIGNAL) == 1;
}

void child_serve(const char *program, const char *const *words)
{
	signal(SIGCHLD, SIG_IGN);      /* nobody asks how they ended: what they said tells it */
	for (;;) {
		char one;
		union two u;
		struct iovec v = { &one, 1 };
		struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &u, .msg_controllen = sizeof u.room };
		ssize_t n = recvmsg(0, &m, MSG_CMSG_CLOEXEC);
		struct cmsghdr *h = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
		int fds[2];
		pid_t pid;
		struct fault ignored = { 0 };
		if (n == 0 || (n < 0 && errno != EINTR))
			return;
		if (!h || h->cmsg_len != CMSG_LEN(sizeof fds) || h->cmsg_type != SCM_RIGHTS)
			continue;
		memcpy(fds, CMSG_DATA(h), sizeof fds);
		(void)!start(program, words, fds[0], fds[1], &pid, &ignored);   /* none started: the other side reads the end at once */
		close(fds[0]);
		close(fds[1]);
	}
}

/* The status of the broker's child is not known here. */
static enum err run_by_broker(const struct child *c, struct buf *ret, bool *ret_ok, struct fault *f)
{
	int in[2], out[2];
	if (pipe2(in, O_CLOEXEC) != 0)
		return fail(f, ERR_BUSY, NULL, "pipe: %s", strerror(errno));
	if (pipe2(out, O_CLOEXEC) != 0) {
		close(in[0]);
		close(in[1]);
		return fail(f, ERR_BUSY, NULL, "pipe: %s", strerror(errno));
	}
	bool sent = send_ends(c->broker, in[0], out[1]) && fcntl(in[1], F_SETFL, O_NONBLOCK) == 0;
	close(in[0]);
	close(out[1]);
	*ret_ok = sent && talk(c, in[1], true, out[0], ret);
	close(in[1]);
	close(out[0]);
	return sent ? OK : fail(f, ERR_BUSY, NULL, "the broker of children is gone");
}

enum err child_run(const struct child *c, struct buf *ret, bool *ret_ok, struct fault *f)
{
	int in[2], out[2], status = 0;
	pid_t pid;
	if (c->broker)
		return run_by_broker(c, ret, ret_ok, f);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0)
		return fail(f, ERR_BUSY, NULL, "socketpair: %s", strerror(errno));
	if (pipe2(out, O_CLOEXEC) != 0) {
		close(in[0]);
		close(in[1]);
		return fail(f, ERR_BUSY, NULL, "pipe: %s", strerror(errno));
	}
	enum err e = start(c->program, c->words, in[1], out[1], &pid, f);
	close(in[1]);
	close(out[1]);
	if (e == OK) {
		bool ended = talk(c, in[0], false, out[0], ret);
		if (!ended)
			kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		*ret_ok = ended && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	close(in[0]);
	close(out[0]);
	return e;
}
