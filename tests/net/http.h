/* A web server of a few lines on a free port of this machine, for tests of what fetches: each test says what is answered to which path, bad
 * behaviour included. */
#ifndef XA_TEST_HTTP_H
#define XA_TEST_HTTP_H
#include "../test.h"
#include "base/clock.h"
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

struct http { int ear, port; pthread_t thread; _Atomic bool stop; _Atomic int hits; void (*answer)(struct http *h, int fd, const char *head); void *arg; char asked[8][512]; };

static inline void http_say(int fd, const char *text, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t w = send(fd, text + at, n - at, MSG_NOSIGNAL);
		if (w <= 0)
			return;
		at += (size_t)w;
	}
}

/* A whole answer; more: further lines of the head. */
__attribute__((unused)) static void http_reply(int fd, const char *status, const char *type, const char *more, const char *body)
{
	ARENA a = arena_new(0);
	char *s = arena_printf(a, "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%sConnection: close\r\n\r\n%s", status, type, strlen(body), more, body);
	http_say(fd, s, strlen(s));
}

__attribute__((unused)) static bool http_path(const char *head, const char *path)
{
	size_t n = strlen(path);
	return strncmp(head, "GET ", 4) == 0 && strncmp(head + 4, path, n) == 0 && (head[4 + n] == ' ' || head[4 + n] == '?');
}

static void *http_run(void *arg)
{
	struct http *h = arg;
	while (!h->stop) {
		char head[4096];
		size_t n = 0;
		struct pollfd p = { h->ear, POLLIN, 0 };
		if (poll(&p, 1, 50) <= 0)
			continue;
		int fd = accept(h->ear, NULL, NULL);
		if (fd < 0)
			continue;
		struct timeval t = { 5, 0 };
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
		while (n < sizeof head - 1 && !(n >= 4 && memcmp(head + n - 4, "\r\n\r\n", 4) == 0) && recv(fd, head + n, 1, 0) == 1)
			n++;
		head[n] = 0;
		snprintf(h->asked[h->hits % 8], sizeof h->asked[0], "%.500s", head);
		h->hits++;
		h->answer(h, fd, head);
		close(fd);
	}
	return NULL;
}

__attribute__((unused)) static void http_start(struct http *h, void (*answer)(struct http *h, int fd, const char *head), void *arg)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof sa;
	memset(h, 0, sizeof *h);
	h->answer = answer;
	h->arg = arg;
	h->ear = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	NEED(h->ear >= 0 && bind(h->ear, (struct sockaddr *)&sa, n) == 0 && listen(h->ear, 16) == 0 && getsockname(h->ear, (struct sockaddr *)&sa, &n) == 0);
	h->port = ntohs(sa.sin_port);
	NEED(pthread_create(&h->thread, NULL, http_run, h) == 0);
}

__attribute__((unused)) static void http_stop(struct http *h)
{
	h->stop = true;
	pthread_join(h->thread, NULL);
	close(h->ear);
}

/* xiaoan-fetch, beside the test. */
__attribute__((unused)) static const char *fetch_program(struct arena *a)
{
	char self[512];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	NEED(n > 0);
	self[n] = 0;
	*strrchr(self, '/') = 0;
	return arena_printf(a, "%s/xiaoan-fetch", self);
}
#endif
