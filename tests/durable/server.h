/* The program as a process of its own, asked over HTTP by plain sockets, so that it can be killed while it answers. */
#ifndef XA_TEST_SERVER_H
#define XA_TEST_SERVER_H
#include "base/base.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct server { pid_t pid; int port, out; };

/* XA_PROGRAM, else the optimised program when it is of these sources, else the one built with the tests. */
__attribute__((unused)) static const char *server_program(void)
{
	static char path[4096];
	const char *src = getenv("XA_SRC"), *given = getenv("XA_PROGRAM");
	if (path[0])
		return path;
	char cmd[4200];
	snprintf(cmd, sizeof cmd, "cd '%s' && test -x build/xiaoan && test -z \"$(find src migrations templates locale codes -newer build/xiaoan -print -quit)\"", src ? src : ".");
	if (given)
		snprintf(path, sizeof path, "%s", given);
	else
		snprintf(path, sizeof path, "%s/%s/xiaoan", src ? src : ".", system(cmd) == 0 ? "build" : "build-test");
	printf("# the program: %s\n", path);
	return path;
}

/* extra: further words, NULL-terminated; may be NULL. False: it ended, or said no address within a minute. */
__attribute__((unused)) static bool server_start(struct server *s, const char *data, char *const *extra)
{
	char *argv[20] = { (char *)(uintptr_t)server_program(), (char *)(uintptr_t)"serve", (char *)(uintptr_t)"--port", (char *)(uintptr_t)"0", (char *)(uintptr_t)"--data", (char *)(uintptr_t)data };
	for (int n = 6; extra && *extra; extra++)
		argv[n++] = *extra;
	int fd[2];
	if (pipe2(fd, O_CLOEXEC) != 0)
		return false;
	extern char **environ;
	posix_spawn_file_actions_t fa;
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, fd[1], 1);
	if (!getenv("XA_TEST_LOUD"))
		posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	int bad = posix_spawn(&s->pid, argv[0], &fa, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	close(fd[1]);
	s->out = fd[0];
	s->port = 0;
	char text[4096];
	size_t n = 0;
	while (!bad && n < sizeof text - 1) {
		struct pollfd p = { fd[0], POLLIN, 0 };
		ssize_t got = poll(&p, 1, 60000) == 1 ? read(fd[0], text + n, sizeof text - 1 - n) : 0;
		if (got <= 0)
			break;
		n += (size_t)got;
		text[n] = 0;
		const char *at = strstr(text, "http://127.0.0.1:");
		if (at && strchr(at, '\n')) {
			s->port = atoi(at + 17);
			return true;
		}
	}
	close(fd[0]);
	return false;
}

/* The signal, and the exit status as waitpid gives it. */
__attribute__((unused)) static int server_end(struct server *s, int sig)
{
	int status = 0;
	kill(s->pid, sig);
	waitpid(s->pid, &status, 0);
	close(s->out);
	return status;
}

/* One request on a connection of its own. Returns the status, or 0 when no whole answer came; *ret_body points into buf. */
__attribute__((unused)) static int http_ask(int port, const char *method, const char *target, const char *headers, const char *body, char *buf, size_t cap, char **ret_body)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), status = 0;
	struct timeval wait = { .tv_sec = 60 };
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	int n = snprintf(buf, cap, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\nAccept-Language: en\r\n%sContent-Length: %zu\r\n\r\n%s", method, target, port, headers,
			 body ? strlen(body) : 0, body ? body : "");
	if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0 && n < (int)cap && send(fd, buf, (size_t)n, MSG_NOSIGNAL) == n) {
		size_t got = 0;
		for (ssize_t r = 1; r > 0 && got < cap - 1; got += (size_t)(r > 0 ? r : 0))
			r = recv(fd, buf + got, cap - 1 - got, 0);
		buf[got] = 0;
		char *head = strstr(buf, "\r\n\r\n"), *len = strcasestr(buf, "\r\nContent-Length:");
		/* cut off in the middle it is no answer */
		if (head && len && len < head && (size_t)atol(len + 17) == got - (size_t)(head + 4 - buf)) {
			status = atoi(buf + 9);
			*ret_body = head + 4;
		}
	}
	close(fd);
	return status;
}
#endif
