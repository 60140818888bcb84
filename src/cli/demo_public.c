/* Why: a reading page without posts shows nobody what it is for. Invariants: every text is made up; they go through outlet_take() as any source's do. */
#include "cli/demo_inner.h"
#include "sense/outlet.h"

/* One a day in the weeks before, so that something is usual. */
static const char *const quiet[] = {
	"请问离婚冷静期从提交申请那天算，还是从受理回执上的日期算？民政局电话一直占线。",
	"我们村今年办婚事说好彩礼不超过六万六，红白理事会盯着，大家都轻松。",
	"孩子判给了男方，可是他一直不让我见，探望权能申请强制执行吗？",
	"社区妇联周六在文化广场讲反家庭暴力法，现场还能咨询律师，带着孩子也能听。",
	"公司听说我怀孕就让我主动辞职，说不走就调去仓库，这算不算就业歧视？",
	"婆婆天天插手孩子上学的事，两口子为这个吵了三回，婚姻家庭调解能不能管？",
	"给12338打过电话，接线的同志很耐心，把该准备的材料一条条念给我听，点赞。",
	"想问一下人身安全保护令要交多少钱，听同事说不收费，是真的吗？",
	"表姐离婚三年了，抚养费一分没给，法院判决书还在，怎么办执行手续？",
	"昨天听了家庭教育讲座，老师说先管住自己的脾气再管孩子，有道理。",
	"招聘启事上写着只招男性，岗位是普通文员，劳动部门管不管？",
	"弟弟订婚给了二十八万彩礼，现在女方说性格不合不结了，彩礼纠纷去哪里调解？",
};
static const char *const today[] = {
	"天价彩礼该刹一刹了：隔壁镇要价三十八万八，小两口领证前就背了一身债。",
	"说句公道话，彩礼多少两家商量着来，别拿孩子的婚事比排场，互相体谅最要紧。",
	"婚介所门口贴着彩礼行情表，家里两个儿子的看完直叹气，这风气谁来管管？",
	"堂哥的婚事又黄了，女方临时加十万彩礼，媒人两头跑也没谈拢，一家人愁得睡不着。",
	"今天的新闻看了吗，邻县试点低彩礼奖励，发茶具发保险，我们这里什么时候也搞一个？",
	"彩礼退不退要看登记没登记、住没住在一起，上次调解员讲得很清楚，别听网上瞎传。",
	"为了彩礼钱，村里有人把养老的存款都取了，老人坐在门口不说话，看着心酸。",
	"请问一下，没领证只办了酒，彩礼给了十二万，分手以后能要回来多少？听说法院有新规定。",
};
static const char *const grave[] = {
	"求助！我住在城北，老公喝了酒又在打我，刚才掐着我的脖子，孩子躲在床底下哭，我不敢出声，谁能帮我报警",
	"邻居家的女童身上总有新伤，昨天半夜听见孩子被打得尖叫，她妈妈也不敢管，该跟谁说？",
};
static const char rumour[] = "听说城南步行街昨晚有对夫妻闹离婚，男的当众殴打妻子，好多人围着拍视频没人拦，后来巡逻的警察赶到才散，到底怎么回事？";

static enum err take(struct loader *l, const struct rec *o, int64_t ms, const struct outlet_item *v, size_t n)
{
	ARENA a = arena_new(0);
	struct ctx c;
	struct outlet_taken t;
	struct outlet_posts p = { .v = (struct outlet_item *)(uintptr_t)v, .n = n };
	ctx_init(&c, l->app, a, l->f, &actor_system);
	c.now = ms;
	TRY(ctx_read(&c));
	TRY(outlet_take(&c, o, &p, &t));
	return outlet_note(&c, o->id, OK, &t);
}

static struct outlet_item item(struct arena *a, const char *ref, size_t nth, const char *text, int64_t ms)
{
	return (struct outlet_item){ .ref = arena_fmt(a, "%s%zu", ref, nth), .text = str_of(text), .link = arena_fmt(a, "https://bbs.example.cn/t/%s%zu", ref, nth), .said = ms - 40 * MS_MINUTE };
}

static enum err sources(struct ctx *job, struct loader *l)
{
	struct ctx c = demo_ctx(l, job);
	struct done d;
	int64_t ms = l->o->end - 30 * MS_DAY;
	TRY(demo_do(l, &c, &(struct demo_act){ .by = l->posts.city, .ms = ms, .act = { .type = "outlet", .verb = "create",
		INPUTS(INPUT("name", STR("本地论坛（演示）")), INPUT("kind", STR("push")), INPUT("purpose", STR("早发现家庭暴力、侵害儿童的求助")), INPUT("basis", STR("duty")),
		       INPUT("basis_note", STR("演示数据，非真实来源")), INPUT("keep_days", STR("60"))) } }, &d));
	TRY(demo_do(l, &c, &(struct demo_act){ .by = l->posts.city, .ms = ms, .act = { .type = "outlet", .verb = "create",
		INPUTS(INPUT("name", STR("妇联公众号评论（演示）")), INPUT("kind", STR("rss")), INPUT("url", STR("https://feed.example.cn/comments.xml")), INPUT("purpose", STR("了解妇女诉求，改进服务")), INPUT("basis", STR("own"))) } }, &d));
	return demo_do(l, &c, &(struct demo_act){ .by = l->posts.city, .ms = ms + MS_DAY, .act = { .type = "outlet", .verb = "pause", .id = d.id, INPUTS(INPUT("note", STR("演示：待运维开启抓取"))) } }, NULL);
}

enum err demo_load_public(struct loader *l)
{
	ARENA a = arena_new(0);
	struct ctx c;
	struct seen s;
	struct outlet_item v[64];
	size_t n = 0;
	TRY(demo_job(l, sources));
	ctx_init(&c, l->app, a, l->f, &actor_system);
	TRY(ctx_read(&c));
	TRY(see(&c, &(struct see){ .type = "outlet", .oldest = true, .limit = 1 }, &s));
	for (size_t i = 0; i < 2 * ARRAY_LEN(quiet); i++) {
		int64_t ms = l->o->end - (int64_t)(2 * ARRAY_LEN(quiet) - i) * MS_DAY;
		v[0] = item(a, "q", i, quiet[i % ARRAY_LEN(quiet)], ms);
		v[1] = item(a, "x", i, "今天风大，河边散步的人少，早餐店的豆浆还是老味道。", ms);
		TRY(take(l, s.r[0], ms, v, 2));
	}
	int64_t now = l->o->end - 30 * MS_MINUTE;
	for (size_t i = 0; i < ARRAY_LEN(today); i++)
		v[n++] = item(a, "t", i, today[i], now);
	for (size_t i = 0; i < ARRAY_LEN(grave); i++)
		v[n++] = item(a, "g", i, grave[i], now);
	for (size_t i = 0; i < 24; i++)
		v[n++] = item(a, "r", i, rumour, now);
	return take(l, s.r[0], now, v, n);
}
