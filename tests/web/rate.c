/* web/rate.c by a clock of its own: how many at once, how many a minute, who shares with whom. */
#include "../test.h"
#include "web/rate.h"

#define S INT64_C(1000000)

static struct rate_ask ask(enum rate_class cls, const char *own, const char *address) { return (struct rate_ask){ .cls = cls, .own = str_of(own), .address = str_of(address) }; }

/* How many go through at this moment, at most most. */
static int through(struct rates *r, struct rate_ask q, int64_t now, int most)
{
	int n = 0, s;
	while (n < most && rates_ask(r, &q, now, &s) == RATE_GO)
		n++;
	return n;
}

TEST(a_bucket_holds_its_burst_and_fills_by_the_minute)
{
	struct rate_limits l = { .address = { [RATE_LOGIN] = { 5, 6 } } };
	struct rates *r = rates_new(&l);
	struct rate_ask q = ask(RATE_LOGIN, NULL, "192.0.2.1");
	int s;
	CHECK_INT(through(r, q, 100 * S, 99), 5);
	CHECK_INT(rates_ask(r, &q, 100 * S, &s), RATE_REFUSE);
	CHECK_INT(s, 10);
	CHECK_INT(rates_ask(r, &q, 109 * S, &s), RATE_REFUSE);
	CHECK_INT(s, 1);
	CHECK_INT(through(r, q, 110 * S, 99), 1);
	CHECK_INT(through(r, q, 140 * S, 99), 3);
	CHECK_INT(through(r, q, 1000 * S, 99), 5);
	rates_free(r);
}

TEST(sessions_behind_one_address_do_not_share)
{
	struct rates *r = rates_new(&rate_usual);
	char name[32];
	int s;
	CHECK_INT(through(r, ask(RATE_PAGE, "greedy", "192.0.2.1"), S, 99999), rate_usual.own[RATE_PAGE].burst);
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof name, "cookie-%d", i);
		struct rate_ask q = ask(RATE_PAGE, name, "192.0.2.1");
		CHECK_INT(rates_ask(r, &q, S, &s), RATE_GO);
	}
	/* Nor do classes: who has searched too much may still work. */
	CHECK_INT(through(r, ask(RATE_SEARCH, "a", "192.0.2.1"), S, 99), 30);
	CHECK_INT(through(r, ask(RATE_PAGE, "a", "192.0.2.1"), S, 99), 99);
	rates_free(r);
}

/* A cookie invented for each request comes to an end with its address, and takes none of those who had theirs before. */
TEST(inventing_cookies_gains_nothing)
{
	struct rates *r = rates_new(&rate_usual);
	struct rate_ask honest = ask(RATE_PAGE, "honest", "192.0.2.1");
	int s, n = 0;
	CHECK_INT(rates_ask(r, &honest, S, &s), RATE_GO);
	for (; n < 100000; n++) {
		char name[16];
		snprintf(name, sizeof name, "x%d", n);
		struct rate_ask q = ask(RATE_PAGE, name, "192.0.2.1");
		if (rates_ask(r, &q, S, &s) != RATE_GO)
			break;
	}
	CHECK_INT(n, rate_usual.address[RATE_NEW].burst - 1 + rate_usual.address[RATE_PAGE].burst);
	CHECK_INT(rates_ask(r, &honest, S, &s), RATE_GO);
	rates_free(r);
}

TEST(a_call_for_help_is_never_refused)
{
	struct rates *r = rates_new(&rate_usual);
	struct rate_ask q = ask(RATE_HELP, NULL, "192.0.2.1"), other = ask(RATE_HELP, NULL, "192.0.2.2");
	int s, go = 0, wait = 0, refused = 0;
	for (int i = 0; i < 10000; i++) {
		enum rate_say say = rates_ask(r, &q, S, &s);
		go += say == RATE_GO, wait += say == RATE_WAIT, refused += say == RATE_REFUSE;
	}
	CHECK_INT(go, 120);
	CHECK_INT(wait, 9880);
	CHECK_INT(refused, 0);
	CHECK_INT(rates_ask(r, &other, S, &s), RATE_GO);
	/* The other counts of the same address do not touch it. */
	(void)through(r, ask(RATE_OPEN, NULL, "192.0.2.2"), S, 99999);
	(void)through(r, ask(RATE_LOGIN, NULL, "192.0.2.2"), S, 99999);
	CHECK_INT(rates_ask(r, &other, S, &s), RATE_GO);
	rates_free(r);
}

TEST(this_machine_is_counted_by_token_only)
{
	struct rates *r = rates_new(&rate_usual);
	struct rate_ask q = ask(RATE_PAGE, "cookie", "127.0.0.1"), login = ask(RATE_LOGIN, NULL, "127.0.0.1"), token = ask(RATE_API, "Bearer x", "127.0.0.1");
	q.here = login.here = token.here = token.token = true;
	CHECK_INT(through(r, q, S, 100000), 100000);
	CHECK_INT(through(r, login, S, 100000), 100000);
	CHECK_INT(through(r, token, S, 100000), 600);
	rates_free(r);
}

TEST(a_full_table_forgives)
{
	struct rates *r = rates_new(&rate_usual);
	int s, refused = 0;
	for (int i = 0; i < 200000; i++) {
		char a[32];
		snprintf(a, sizeof a, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
		struct rate_ask q = ask(RATE_LOGIN, NULL, a);
		refused += rates_ask(r, &q, S, &s) != RATE_GO;
	}
	CHECK_INT(refused, 0);
	rates_free(r);
}

TEST(limits_can_be_set_and_lifted)
{
	struct rate_limits l = rate_usual;
	struct rates *r = rates_new(&l);
	l.address[RATE_OPEN] = (struct rate_limit){ 2, 60 };
	l.own[RATE_SEARCH].minute = 0;
	l.address[RATE_SEARCH].minute = 0;
	rates_set(r, &l);
	CHECK_INT(through(r, ask(RATE_OPEN, NULL, "192.0.2.1"), S, 99), 2);
	CHECK_INT(through(r, ask(RATE_SEARCH, "a", "192.0.2.1"), S, 9999), 9999);
	rates_free(r);
}

TEST(of_ipv6_the_network_counts)
{
	ARENA a = arena_new(0);
	CHECK(str_eq(rate_network(a, STR("2001:db8:1:2::1")), rate_network(a, STR("2001:db8:1:2:ffff::9"))));
	CHECK(!str_eq(rate_network(a, STR("2001:db8:1:2::1")), rate_network(a, STR("2001:db8:1:3::1"))));
	CHECK_STR(rate_network(a, STR("192.0.2.1")), "192.0.2.1");
	CHECK_STR(rate_network(a, STR("")), "");
}
