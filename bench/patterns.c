/* bench-patterns: the program's rules over one text, by text/patterns.c and by a bare scan of the same database that counts matches and keeps nothing. */
#include <hs/hs.h>
#include "text/patterns.c"
#include "sense/triage.h"
#include "fill.h"

enum { ROUNDS = 41, TIMES = 200 };

static const char text[] = "妇联的同志你们好，我和丈夫是经人介绍认识的，结婚已经有九年，生了一个女儿今年七岁。刚结婚的时候他在厂里上班，人也还算老实，后来厂子搬走了，他就"
	"整天跟人打牌喝酒，家里的开销全靠我在超市上班挣的三千多块钱。前年开始他喝了酒就骂人，骂完了就摔东西，去年冬天第一次动了手，把我的眼角打破了，缝了"
	"三针，他写了保证书说再也不会。可是这两个月又开始了，上个礼拜五因为我没有给他钱，他当着孩子的面扇了我两个耳光，还说要是敢离婚就让我全家不得安宁。";

static int seen(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *arg)
{
	(void)id, (void)from, (void)to, (void)flags;
	++*(size_t *)arg;
	return 0;
}

int main(void)
{
	ARENA a = arena_new(0);
	struct triage_rule *r;
	struct patterns *p;
	struct fault f = { 0 };
	size_t n = triage_rules(a, &r), matches = 0, kept = 0;
	struct pattern *v = NEWN(a, struct pattern, n);
	struct str s = triage_prepare(a, (struct str){ text, sizeof text - 1 }).text;
	struct times bare = { 0 }, ours = { 0 };
	for (size_t i = 0; i < n; i++)
		v[i] = (struct pattern){ (uint32_t)i, r[i].expr };
	must(patterns_compile(v, n, &p, &f) == OK);
	for (int k = 0; k < ROUNDS; k++) {      /* by turns, so that a busy machine is busy for both */
		int64_t t = cpu_us();
		for (int i = 0; i < TIMES; i++) {
			matches = 0;
			must(hs_scan(p->db, s.p, (unsigned)s.n, 0, p->proto, seen, &matches) == HS_SUCCESS);
		}
		times_add(&bare, (double)(cpu_us() - t) / TIMES);
		t = cpu_us();
		ARENA once = arena_new(0);
		for (int i = 0; i < TIMES; i++) {
			struct hit *h;
			patterns_scan(p, once, s, &h, &kept);
			arena_reset(once);
		}
		times_add(&ours, (double)(cpu_us() - t) / TIMES);
	}
	double b = times_at(&bare, 0.5), o = times_at(&ours, 0.5);
	printf("%zu rules, %zu bytes: bare %.1f us, %zu matches; as hits %.1f us, %zu kept; ratio %.3f (goal 0.8)\n", n, s.n, b, matches, o, kept, b / o);
	times_free(&bare);
	times_free(&ours);
	patterns_free(p);
	return 0;
}
