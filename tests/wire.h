/* A wire between the program and a PostgreSQL on 127.0.0.1 that can be cut at a COMMIT. */
#ifndef XA_TEST_WIRE_H
#define XA_TEST_WIRE_H
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What befalls the next transaction of a writer, once, at its COMMIT. */
enum wire_cut {
	WIRE_WHOLE,
	WIRE_BEFORE,   /* it never goes out */
	WIRE_AFTER,    /* it goes out, and the wire is cut at once */
	WIRE_DONE,     /* it is carried out, and nobody hears of it */
	WIRE_HOLD,     /* it does not go out, and the wire stays silent until w->cut */
	WIRE_LATE,     /* the program's end is cut at once; it goes out when w->cut, and w->late_over says that the server has answered */
};
struct wire { int listener; uint16_t server, port; int armed, held; bool stop, cut, late_over; pthread_t t;
	/* Counts what the program says; at the n-th (0: never) the process is killed, and what it said goes out all the same. */
	int64_t *count, kill_at;
	pid_t pid;
};

static int wire_dial(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
		return fd;
	close(fd);
	return -1;
}

struct wire_pipe { struct wire *w; int client, server; };

/* False: this piece of the wire is cut. */
static bool wire_commit(struct wire_pipe *p, const char *b, size_t n)
{
	char answer[65536];
	switch (__atomic_exchange_n(&p->w->armed, WIRE_WHOLE, __ATOMIC_SEQ_CST)) {
	case WIRE_AFTER:
		(void)!write(p->server, b, n);
		return false;
	case WIRE_DONE:
		if (write(p->server, b, n) == (ssize_t)n)
			(void)!read(p->server, answer, sizeof answer);
		return false;
	case WIRE_HOLD:
		__atomic_store_n(&p->w->held, 1, __ATOMIC_SEQ_CST);
		while (!__atomic_load_n(&p->w->cut, __ATOMIC_SEQ_CST))
			usleep(1000);
		return false;
	case WIRE_LATE:
		shutdown(p->client, SHUT_RDWR);
		while (!__atomic_load_n(&p->w->cut, __ATOMIC_SEQ_CST))
			usleep(1000);
		if (write(p->server, b, n) == (ssize_t)n)
			(void)!read(p->server, answer, sizeof answer);
		__atomic_store_n(&p->w->late_over, true, __ATOMIC_SEQ_CST);
		return false;
	case WIRE_BEFORE:
		return false;
	default:
		return write(p->server, b, n) == (ssize_t)n;
	}
}

static void *wire_pipe_main(void *arg)
{
	struct wire_pipe *p = arg;
	char b[65536];
	while (p->server >= 0) {
		struct pollfd fd[2] = { { p->client, POLLIN, 0 }, { p->server, POLLIN, 0 } };
		if (poll(fd, 2, -1) < 0)
			break;
		int from = fd[0].revents ? 0 : 1;
		ssize_t n = read(fd[from].fd, b, sizeof b);
		if (n <= 0)
			break;
		/* a reader's COMMIT carries no mark */
		if (from == 0 && p->w->count && __atomic_add_fetch(p->w->count, 1, __ATOMIC_SEQ_CST) == p->w->kill_at)
			kill(p->w->pid, SIGKILL);
		bool commit = from == 0 && memmem(b, (size_t)n, "; COMMIT", 8) && memmem(b, (size_t)n, "INTO store_mark", 15);
		if (commit ? !wire_commit(p, b, (size_t)n) : write(fd[!from].fd, b, (size_t)n) != n)
			break;
	}
	close(p->client);
	if (p->server >= 0)
		close(p->server);
	free(p);
	return NULL;
}

static void *wire_main(void *arg)
{
	struct wire *w = arg;
	for (;;) {
		int client = accept4(w->listener, NULL, NULL, SOCK_CLOEXEC);   /* a server started by the test must not hold it open */
		if (__atomic_load_n(&w->stop, __ATOMIC_SEQ_CST) || client < 0) {
			if (client >= 0)
				close(client);
			return NULL;
		}
		struct wire_pipe *p = malloc(sizeof *p);
		*p = (struct wire_pipe){ w, client, wire_dial(w->server) };
		pthread_t t;
		if (pthread_create(&t, NULL, wire_pipe_main, p) == 0)
			pthread_detach(t);
	}
}

/* Changes the port in url (size bytes of room) to the wire's own. NULL: the server is elsewhere. The threads of pieces may outlive
 * wire_close(), so the wire itself is never freed. */
__attribute__((unused)) static struct wire *wire_open(char *url, size_t size)
{
	static const char host[] = "@127.0.0.1:";
	static struct wire wires[1024];
	static size_t nwires;
	char *at = strstr(url, host), *end = NULL, rest[400];
	if (!at || nwires == sizeof wires / sizeof *wires)
		return NULL;
	struct wire *w = &wires[nwires++];
	w->server = (uint16_t)strtol(at + sizeof host - 1, &end, 10);
	snprintf(rest, sizeof rest, "%s", end);
	w->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	if (bind(w->listener, (struct sockaddr *)&a, sizeof a) != 0 || listen(w->listener, 50) != 0 || getsockname(w->listener, (struct sockaddr *)&a, &len) != 0 ||
	    pthread_create(&w->t, NULL, wire_main, w) != 0)
		return NULL;
	w->port = ntohs(a.sin_port);
	snprintf(at + sizeof host - 1, size - (size_t)(at - url) - sizeof host + 1, "%d%s", w->port, rest);
	return w;
}

__attribute__((unused)) static void wire_arm(struct wire *w, enum wire_cut how) { __atomic_store_n(&w->armed, how, __ATOMIC_SEQ_CST); }
__attribute__((unused)) static bool wire_armed(struct wire *w) { return __atomic_load_n(&w->armed, __ATOMIC_SEQ_CST) != WIRE_WHOLE; }

__attribute__((unused)) static void wire_close(struct wire *w)
{
	__atomic_store_n(&w->stop, true, __ATOMIC_SEQ_CST);
	int fd = wire_dial(w->port);
	if (fd >= 0)
		close(fd);
	pthread_join(w->t, NULL);
	close(w->listener);
}
#endif
