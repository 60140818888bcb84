/* Why: few messages in danger can ever be written down for training, and frightened people do not repeat each other. Words
 * that mean the same (a blow, a weapon, a wound, fear) are one thing for the model: what it learned of one it knows of all.
 * A message gets a tail: the classes of its words in their order, each one rare ideograph, so that the model's pairs see
 * "he - blow - body" whatever the words are.
 * Invariants: the longest word at a place wins, so that 打折 is trade and not a blow; every byte of the tail leads back to
 * the word it stands for. The model is trained on this table: who changes it makes models/triage.bin again. */
#include <stdlib.h>
#include "sense/inner.h"

#define FIRST_CLASS 0x3400   /* CJK extension A: ideographs nobody types */

#define EVERYDAY 7           /* words of trade and daily life that sound like violence */

static const char *const classes[] = {
	"老公|丈夫|男人|前夫|男朋友|前男友|男友|爱人|当家的|那口子|男的|他|伊|对象|孩子爸|娃他爸|老头子|佢|男方",
	"老婆|妻子|媳妇|婆娘|前妻|女朋友|女友|女的|女人|她|妇女|女方|女子|儿媳|大姐|同事|闺蜜|姐妹",
	"孩子|小孩|娃|宝宝|女儿|儿子|闺女|囡|伢|崽|弟弟|妹妹|女孩|男孩|女童|学生|小朋友|婴儿|幼儿|外甥|侄|姑娘|孙女|孙子|同学|同桌",
	"爸|妈|爸爸|妈妈|父亲|母亲|爷爷|奶奶|外公|外婆|公公|婆婆|公婆|老人|老太太|老头|岳母|岳父|丈母娘|爹|娘|老两口|老母亲|老爷子",
	"继父|后爸|养父|继母|后妈|舅舅|叔叔|姑父|姐夫|妹夫|女婿|弟媳|小叔子|大伯|表哥|姐姐|嫂子|舅妈|哥哥|哥|弟|舅|继子|儿媳妇",
	"我|俺|咱|偶|阿拉|我们|我家|娘俩|全家|一家",
	"打|揍|捶|踹|踢|扇|抽|殴|砸|撞|推|拽|揪|拖|按|摁|扯|拧|咬|磕|削|夯|敲|抡|甩|踩|挠|修理|收拾|动手|动粗|动起手|拳|拳打脚踢|耳光|"
	"巴掌|耳刮子|嘴巴子|家暴|施暴|挨打|挨揍|毒打|摔|挨|欺负|虐待|折磨|家b|削我|撅",
	"打折|打卡|打车|打印|打工|打电话|打游戏|打麻将|打牌|打疫苗|打针|打呼噜|打官司|打球|打篮球|打扫|打听|打算|打开|打鸣|打铁|打桩|打假|"
	"打赏|打包|打饭|打菜|打水|打井|打药|打农药|打雷|打拳|打靶|打扰|打招呼|打工人|打印机|打不通|打不开|打水漂|打铁花|打窝|抽烟|抽奖|"
	"抽血|推销|推荐|推迟|推诿|推脱|推广|踢球|踢皮球|抽油烟机|砍价|砍一刀|砍树|杀价|杀毒|杀虫|杀鱼|杀猪|杀熟|秒杀|杀菌|杀伤力|跳楼价|"
	"跳楼甩卖|跳楼机|跳槽|跳绳|跳舞|广场舞|血本|毛血旺|刀削面|刀鱼|剧本杀|吵死|热死|累死|气死|烦死|急死|吓死|卡死|呛死|熏死|笑死|堵死|"
	"愁死|挤死|罚死|冷死|颠死|死机|撞车|撞衫|按时|按照|按规定|按揭|按摩|按月|拖欠|拖延|拖拉|打折扣|炸鸡|炸街|割韭菜|宰客|砸锅卖铁|拍打|"
	"扎堆|反家暴|反家庭暴力|家庭暴力预防|家暴案|自杀预防|防性侵|家暴宣传|家庭暴力的法律|家庭暴力的定义|家暴的电影|家暴的情节|家暴情景剧|家暴告诫书的使用|堵得想死|热得想死|跌得想死|烦得想死|困得想死|跳楼机|压力大得|陪葬品|气炸了|砍一刀骗|开刀|美工刀|骑车|砍掉了绿化|烧烤|烧纸|敲诈|推进|推出|收拾屋子|收拾好|摔跤|关系|关于|关门|有关|机关|相关|关心|关注|生命|命名|使命|革命|打磨|关键|关事|关系到|关节|关停|关闭|海关|难关|关怀|关照|打造|打通|打击|打防|打非|打黑|打包票|攻打|打赌|打趣|打发|打骨折价|打气|打破记录|打开思路|踢毽|打点滴|打吊瓶|打哈欠|打喷嚏|打铁还需|死机|死角|死板|死循环|生死时速|死亡证明|死活不肯|砸钱|砸手里|砸锅|抽查|抽调|抽时间|抽水|抽空|抽样|抽签|推倒重来|推土机|推拿|推迟|推荐|烧烤|烧菜|烧水|发烧友|烧饭|烧脑|刀片嗓|刀具店|刀鱼|枪手|抢票|抢购|抢红包|抢课|抢修|锁车|锁骨|封锁线|关门歇业|关店|笑死|想死你|爱死|饿死了|累死|困死|美死|乐死|羡慕死|郁闷死|难受死|咸死|酸死|臭死|丑死|贵死|慢死|堵死|挤死",
	"头|脸|脖子|颈|肚子|腿|胳膊|手臂|背|眼睛|眼眶|鼻子|嘴|耳朵|肋骨|牙|喉咙|身上|腰|手指|脑袋|后背|屁股|鼻梁|嘴角|额头|脚|膝盖|胸|头发|脑壳|"
	"肋|浑身|全身|满身|后脑勺|头皮|嘴唇|门牙|脸上|手",
	"血|伤|淤|乌青|青一块|鼻青脸肿|紫|肿|疤|断|骨折|骨裂|缝|昏|晕|不动|抢救|急诊|医院|流产|见红|耳膜|脱臼|瘸|痕|疼|痛|起泡|脱皮|烂|"
	"破相|羊水|瘀|挫伤|掉了|印子|乌|青疙瘩|包",
	"刀|斧|锤|棍|皮带|板凳|凳子|椅子|酒瓶|砖头|铁锹|锄头|剪刀|剪子|衣架|鞭子|拐杖|烟头|开水|热油|枪|擀面杖|钢管|烟灰缸|熨斗|铁钳|火钳|电线|"
	"绳子|铁链|针|棍子|菜刀|水果刀|砍刀|匕首|拖鞋|扫帚|锥子|碎玻璃|石头|械",
	"汽油|农药|百草枯|敌敌畏|老鼠药|毒药|煤气|硫酸|安眠药|药片|炭|打火机|打火|除草剂|氧气管|点火|放火|烧死|浇油|烧|泼|烫|浇|点着|酸水",
	"掐|勒|捂|卡|窒息|喘不|断气|闷|淹|水缸|塑料袋|翻白眼|呼吸",
	"死|命|杀|捅|砍|剁|宰|弄死|收尸|坟|陪葬|灭门|尸|垫背|同归于尽|棺材|花圈|纸钱|打死|砍死|人命|活埋|要命|见血|放血|杀掉|做掉|弄|毁容|死期|活不成",
	"不想活|活不|活着|解脱|跳楼|跳江|跳河|跳下|跳湖|跳海|割腕|上吊|自杀|自尽|轻生|想不开|寻死|楼顶|天台|窗台|江边|河边|桥上|栏杆|熬不|撑不|"
	"没意思|了断|永远睡|遗书|遗言|血书|下辈子|来世|一了百了|绝望|不在了|告别|永别|不醒|死了算|zisha|吞|服|喝了|攒药|水库|铁轨",
	"怕|害怕|不敢|发抖|救|救命|救我|求|求求|快来|快点|躲|逃|哭|尖叫|惨叫|哀求|喊|吓|偷偷|别回电|别打回来|匿名|扛不住|受不了|逃出来|跑出来|"
	"救救|呼救|庇护|抖|惊叫|哭声|喊叫|住处|收留|好惊|联系不上|失联|没声",
	"锁|反锁|关|困|囚|软禁|拴|绑|捆|吊|扣|不让|不准|不许|出不|地下室|阳台|铁栏|看着|身份证|手机|出门|关起来|不给|控制|没收|扣押|焊|钉|塞",
	"门|窗|翻墙|撬|堵|闯|踹门|砸门|撞门|楼下|跟踪|尾随|定位|蹲|守|跟着|跟到|纠缠|骚扰|追|冲|砸|敲门|翻窗|盯|拦|单位门口|公司门口|抢|夺|找到",
	"威胁|扬言|说要|发誓|恐吓|逼|放话|敢|不然|否则|等着|别想|谁也|再敢|早晚|迟早|要是|下次|轮到|不放过|饶不了|算账|恶狠狠|吼|骂",
	"摸|脱|裤|下身|下面|尿尿|洗澡|同房|强奸|猥亵|性侵|被窝|月经|肚子大|隆起|裸|私密|压在|侵犯|怀孕|怀着|身孕|月子|撕|硬来|陪睡|钻|床上|碰",
	"天天|每天|每次|又|经常|动不动|一直|总是|常年|昨晚|昨天|刚才|刚刚|刚|今晚|现在|正在|多年|次|半夜|夜里|今天|三天两头|老是|昨儿|这次|一次",
	"喝酒|酒|醉|喝多|毒瘾|吸毒|溜冰|赌|输了|发疯|疯|犯病|精神病|停药|酒疯|发酒疯",
	"物业|公司|老板|商家|食堂|小区|医保|社保|价|退款|退费|押金|施工|噪音|路灯|公交|开发商|售后|店|工地|收费|合同|垃圾|车位|停车|快递|网购|油烟|装修|"
	"城管|保安|平台|系统|窗口|司机|业主|质量|河道|电梯|会员|中介|房东|楼上|地铁|景区|产假|工资|厂",
	"请问|咨询|建议|讲座|宣传|电视剧|电影|新闻|小说|游戏|活动|报名|演练|志愿者|课|培训|剧|热搜|流程|材料|登记|作业|论文|课题|普法|怎么办理|哪里|"
	"感谢|表扬|点赞|海报|材料|短视频|网传|采访|条件|法律|规定|志愿",
	"没有|没动手|从没|从来|从不|不再|早就|以前|和好|想通|没事|误会|谢谢|撤|好多了|太平|道歉|从前|当年|开玩笑|气话|年轻时候|回访|满意|安全了|稳定",
	"离婚|财产|房|彩礼|抚养费|抚养权|探望|探视|遗产|继承|分割|协议|起诉|欠|债|钱|户口|赡养|存款|共同|过户|判|拆迁|宅基地|遗嘱|领证|嫁妆|贷|复婚",
	"饿|没吃|没饭|不给吃|不给饭|没水|发烧|发着高烧|独自|丢|扔|弃|光着|单衣|冻|中暑|没人管|高烧|不肯送|褥疮|脱水|饿着|罚|跪",
	"吵|拌嘴|唠叨|顶嘴|赌气|冷战|嫌|不说话|别扭|脸色|沟通|脾气|嗓门|嚷|做饭|家务|带娃|带孩子|教育|厌学|手机瘾|辅导|睡不好|委屈|愁|烦",
};

struct word { uint32_t key; int class; const char *p; size_t n; };   /* key: the first three bytes */

enum { SLOTS = 4096 };   /* some six times the keys */

struct words {
	size_t n;
	uint32_t slot_key[SLOTS];
	uint16_t slot[SLOTS];    /* 1 + the first word of this key */
	struct word w[];
};

static uint32_t key_of(const char *p)
{
	return (uint32_t)(unsigned char)p[0] << 16 | (uint32_t)(unsigned char)p[1] << 8 | (unsigned char)p[2];
}

/* The longest first, so that the first that fits is the answer; of twins the lower class. */
static int by_key(const void *x, const void *y)
{
	const struct word *a = x, *b = y;
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return a->class != b->class ? (a->class < b->class ? -1 : 1) : memcmp(a->p, b->p, a->n);
}

static size_t slot_of(const struct words *ws, uint32_t key)
{
	size_t i = key * 2654435761u >> 20;
	while (ws->slot[i] && ws->slot_key[i] != key)
		i = (i + 1) % SLOTS;
	return i;
}

struct words *triage_words(void)
{
	size_t n = ARRAY_LEN(classes);
	for (size_t k = 0; k < ARRAY_LEN(classes); k++)
		for (const char *p = classes[k]; *p; p++)
			n += *p == '|';
	struct words *ws = xalloc(sizeof *ws + n * sizeof ws->w[0]);
	for (size_t k = 0; k < ARRAY_LEN(classes); k++)
		for (struct str rest = str_of(classes[k]); rest.p;) {
			struct str one = str_cut(rest, '|', &rest);
			must(one.n >= 3 && one.n < 256 && ws->n < n && ws->n < UINT16_MAX);
			ws->w[ws->n++] = (struct word){ key_of(one.p), (int)k, one.p, one.n };
		}
	qsort(ws->w, ws->n, sizeof ws->w[0], by_key);
	size_t keys = 0;
	for (size_t i = ws->n; i-- > 0;) {
		size_t at = slot_of(ws, ws->w[i].key);
		keys += !ws->slot[at];
		must(keys < SLOTS / 2);
		ws->slot_key[at] = ws->w[i].key;
		ws->slot[at] = (uint16_t)(i + 1);
	}
	return ws;
}

struct seen triage_see_words(const struct words *ws, struct arena *a, struct str t)
{
	struct seen s = { NEWN(a, uint8_t, t.n + 1), NEWN(a, uint8_t, t.n + 1), NEWN(a, uint8_t, t.n + 1) };
	const struct word *last = ws->w + ws->n;
	for (size_t i = 0; i + 3 <= t.n; i++) {
		uint32_t key = key_of(t.p + i);
		uint16_t first = ws->slot[slot_of(ws, key)];
		for (const struct word *w = ws->w + first - 1; first && w < last && w->key == key; w++) {
			if (w->n > t.n - i || memcmp(w->p, t.p + i, w->n) != 0)
				continue;
			if (!s.length[i]) {
				s.length[i] = (uint8_t)w->n;
				s.class[i] = (uint8_t)w->class;
			}
			if (w->class == EVERYDAY) {
				s.everyday[i] = (uint8_t)w->n;
				break;
			}
		}
	}
	return s;
}

bool triage_is_everyday(const struct seen *s, size_t from, size_t to)
{
	enum { LONGEST = 36 };
	for (size_t at = from > LONGEST ? from - LONGEST : 0; at < to; at++)
		if (s->everyday[at] && (at > from ? at + s->everyday[at] > to : at + s->everyday[at] >= to))
			return true;
	return false;
}

struct norm triage_with_skeleton(const struct seen *seen, struct arena *a, const struct norm *prepared)
{
	struct str t = prepared->text;
	size_t k = t.n;
	/* a class takes three bytes and stands for three at least */
	char *out = arena_alloc(a, t.n * 2 + 4);
	uint32_t *map = NEWN(a, uint32_t, t.n * 2 + 4);
	memcpy(out, t.p, t.n);
	memcpy(map, prepared->map, (t.n + 1) * sizeof *map);
	for (size_t i = 0; i < t.n;) {
		if (!seen->length[i]) {
			i++;
			continue;
		}
		uint32_t cp = FIRST_CLASS + (uint32_t)seen->class[i];
		const char c[3] = { (char)(0xE0 | cp >> 12), (char)(0x80 | (cp >> 6 & 63)), (char)(0x80 | (cp & 63)) };
		/* the bytes of the tail stand for the first character of the word: the explanation adds them there */
		for (size_t b = 0; b < 3; b++)
			map[k + b] = (uint32_t)i;
		memcpy(out + k, c, 3);
		k += 3;
		i += seen->length[i];
	}
	out[k] = 0;
	map[k] = (uint32_t)t.n;
	return (struct norm){ { out, k }, map };
}
