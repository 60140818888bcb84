/* Why: a picture or a PDF is the most dangerous thing that can be read, so another process reads it, and this one only waits.
 * Invariants: the child gets three descriptors and no environment; it is dead and waited for when child_run() returns. */
#include "base/child.h"
#include "base/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static enum err start(const struct child *c, int in, int out, pid_t *ret, struct fault *f)
{
	const char *argv[8] = { c->program };
	char *const none[] = { NULL };
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	sigset_t set;
	for (int i = 0; c->words[i]; i++) {
		must(i < 6);
		argv[i + 1] = c->words[i];
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
	int bad = posix_spawn(ret, c->program, &fa, &at, (char *const *)(uintptr_t)argv, none);
	posix_spawnattr_destroy(&at);
	posix_spawn_file_actions_destroy(&fa);
	return bad ? fail(f, ERR_BUSY, NULL, "starting a child: %s", strerror(bad)) : OK;
}

/* Both ways at once: a child that answers before it has read all must not make us wait for each other. */
static bool talk(const struct child *c, int in, int out, struct buf *ret)
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
			shutdown(in, SHUT_WR);
			left.p = NULL;
		}
		if (poll(p, 2, (int)wait) < 0 && errno != EINTR)
			return false;
		if (p[1].revents) {
			ssize_t n = send(in, left.p, left.n, MSG_NOSIGNAL | MSG_DONTWAIT);
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

enum err child_run(const struct child *c, struct buf *ret, bool *ret_ok, struct fault *f)
{
	int in[2], out[2], status = 0;
	pid_t pid;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0)
		return fail(f, ERR_BUSY, NULL, "socketpair: %s", strerror(errno));
	if (pipe2(out, O_CLOEXEC) != 0) {
		close(in[0]);
		close(in[1]);
		return fail(f, ERR_BUSY, NULL, "pipe: %s", strerror(errno));
	}
	enum err e = start(c, in[1], out[1], &pid, f);
	close(in[1]);
	close(out[1]);
	if (e == OK) {
		bool ended = talk(c, in[0], out[0], ret);
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
