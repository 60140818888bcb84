/* bench-names: names in memory (S25): how long 100,000 take to be read, what they hold, and how long a look-up takes. No server. */
#include "cli/cli.h"
#include "fill.h"
#include "people/people.h"
#include "record/inner.h"
#include "record/names.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define NAMES 100000
#define PART 2000

static struct fault fault;
static void need(enum err e, const char *what)
{
	if (e == OK)
		return;
	fprintf(stderr, "%s: %s %s\n", what, err_name(e), fault.detail);
	exit(1);
}

static enum err fill(struct ctx *c, void *arg)
{
	static const char *const first[] = { "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗" };
	static const char *const rest[] = { "伟", "芳", "娜", "秀", "英", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "兰", "霞", "平", "刚", "桂", "小", "晓", "红", "梅", "华", "春" };
	struct rng *g = arg;
	for (int i = 0; i < PART; i++) {
		struct rec *r = NEW(c->a, struct rec);
		*r = (struct rec){ .t = &person_type, .id = id_new(c->now), .version = 1, .created = c->now, .updated = c->now, .state = STR("here"), .area = STR("320582100001001"), .number = STR("") };
		r->v = NEWN(c->a, struct value, person_type.nfields);
		rec_set_str(r, "name", arena_fmt(c->a, "%s%s%s", first[rng_range(g, 0, 19)], rest[rng_range(g, 0, 29)], rng_range(g, 0, 9) ? rest[rng_range(g, 0, 29)] : ""));
		TRY(rec_write_new(c, plan_of(c->app, &person_type), r));
	}
	return OK;
}

/* Of this thread: the machine may have other work. */
static double cpu_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

int main(void)
{
	static const char *const asked[] = { "王小明", "小明", "王", "汪小名", "wxm", "wangxiaoming", "xiaom", "zhang", "欧阳春" };
	char dir[] = "/tmp/xa-bench-names-XXXXXX";
	struct app *app;
	struct rng g = { 7 };
	if (!mkdtemp(dir))
		return 1;
	need(app_open(&(struct app_options){ .data_dir = dir, .fast_unsafe = true }, all_types, &app, &fault), "app_open");
	for (int i = 0; i < NAMES / PART; i++) {
		ARENA a = arena_new(0);
		struct ctx c;
		ctx_init(&c, app, a, &fault, &actor_system);
		need(ctx_write(&c, fill, &g), "filling");
	}
	int64_t t = now_us();
	need(names_follow(app, &fault), "names_follow");
	printf("names read: %d in %.0f ms\n", NAMES, (double)(now_us() - t) / 1000);
	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		double worst = 0, sum = 0;
		struct names_found f = { 0 };
		for (int k = 0; k < 50; k++) {
			ARENA a = arena_new(0);
			struct ctx c;
			ctx_init(&c, app, a, &fault, &actor_system);
			need(ctx_read(&c), "reader");
			double from = cpu_ms();
			need(names_find(&c, &person_type, str_of(asked[i]), &f), "names_find");
			double ms = cpu_ms() - from;
			sum += ms;
			worst = ms > worst ? ms : worst;
		}
		printf("look-up %-14s %6zu direct %6zu by ear   processor time mean %.2f ms, worst %.2f ms\n", asked[i], f.ndirect, f.nsound, sum / 50, worst);
	}
	app_close(app);
	char cmd[100];
	snprintf(cmd, sizeof cmd, "rm -rf '%s'", dir);
	return system(cmd) != 0;
}
