/* Why: the forms of people's mediation are the same whether one is printed to be signed tonight, or bound years later with the whole file; set twice they drift.
 * Invariants: the forms and their order are those of the notice of the Ministry of Justice of December 2010 (人民调解法 27); where violence is flagged none says how
 * the case came to be known or what was told at the beginning; no form holds a phone or an address: those are written in by who owns them.
 * Wording: 人民调解法 3, 19–26, 31–33; 民事诉讼法 205. */
#include "absorb/absorb.h"
#include "absorb/papers.h"
#include "absorb/signature.h"

static void parties(struct pages *b)
{
	int64_t kase = b->r ? absorb_case_of(b->r) : 0;
	page_line(b, "甲方当事人", b->r ? absorb_side_names(&b->in, kase, "a", b->masked) : STR(""));
	page_line(b, "乙方当事人", b->r ? absorb_side_names(&b->in, kase, "b", b->masked) : STR(""));
}

static void words(struct pages *b, const char *head, const char *field, int lines)
{
	struct str s = page_text(b, field);
	page_head(b, head);
	if (b->r)
		page_body(b, s.n ? s : STR("（无）"));
	for (int i = 0; !b->r && i < lines; i++)
		page_line(b, "", STR(""));
}

static void case_number(struct pages *b, const char *label) { page_line(b, label, b->r ? b->r->number : STR("")); }
static struct str created(struct pages *b) { return b->r ? date_str(b->c->a, b->r->created) : STR(""); }

void leaf_apply(struct pages *b)
{
	static const struct { const char *side, *who; } v[] = { { "a", "申请人" }, { "b", "被申请人" } };
	page_title(b, "人民调解申请书");
	for (size_t k = 0; k < ARRAY_LEN(v); k++) {
		struct seen s = { 0 };
		size_t n = 0;
		page_head(b, v[k].who);
		if (b->r && see_children(&b->in, "party", b->r->id, &s) != OK)
			s.n = 0;
		for (size_t i = 0; i < s.n; i++) {
			if (!rec_in(s.r[i], "listed") || !str_is(rec_str(&b->in, s.r[i], "side"), v[k].side))
				continue;
			page_line(b, "姓名", page_party_text(b, s.r[i], "name"));
			page_line(b, "性别", page_party_text(b, s.r[i], "sex"));
			n++;
		}
		if (!n) {
			page_line(b, "姓名", STR(""));
			page_line(b, "性别", STR(""));
		}
		page_line(b, "民族、年龄、职业", STR(""));
		page_line(b, "联系方式、单位或者住址（本人自愿填写）", STR(""));
	}
	page_head(b, "纠纷简要情况");
	for (int i = 0; i < 4; i++)
		page_line(b, "", STR(""));
	page_head(b, "当事人申请事项");
	for (int i = 1; i <= 3; i++)
		page_line(b, i == 1 ? "1." : i == 2 ? "2." : "3.", STR(""));
	page_say(b, "人民调解委员会已将申请人民调解的相关规定告知我，现自愿申请人民调解委员会进行调解。");
	page_sign(b, "申请人（签名、盖章或者按指印）：");
}

void leaf_register(struct pages *b)
{
	bool violence = page_says(b, "violence");
	page_title(b, "人民调解受理登记表");
	case_number(b, "案号");
	parties(b);
	page_field(b, "纠纷类型", "kind");
	/* From whom it is known, and what she told alone, are not for a paper that he may ask to read. */
	if (!violence)
		page_line(b, "案件来源", b->r ? page_text(b, "source") : STR("□当事人申请　□主动调解　□移送、委托"));
	page_line(b, "登记日期", created(b));
	page_line(b, "受理日期", b->r && rec_has(b->r, "accepted") ? page_day(b, "accepted") : STR(""));
	if (!violence)
		words(b, "纠纷简要情况", "summary", 5);
	page_sign(b, "当事人（签名）：");
	page_sign(b, "登记人（签名）：");
}

void leaf_rights(struct pages *b)
{
	page_title(b, "当事人权利义务告知书");
	if (b->r) {
		case_number(b, "案号");
		parties(b);
	}
	page_head(b, "一、人民调解的性质");
	page_say(b, "人民调解委员会是依法设立的调解民间纠纷的群众性组织。调解民间纠纷，不收取任何费用。");
	page_head(b, "二、调解的原则");
	page_say(b, "在当事人自愿、平等的基础上进行调解；不违背法律、法规和国家政策；尊重当事人的权利，不得因调解而阻止当事人依法通过仲裁、行政、司法等途径维护自己的权利。");
	page_head(b, "三、当事人的权利");
	page_say(b, "（一）选择或者接受人民调解员；（二）接受调解、拒绝调解或者要求终止调解；（三）要求调解公开进行或者不公开进行；（四）自主表达意愿、自愿达成调解协议。认为调解员与对方有利害关系或者不公正的，可以要求更换。");
	page_head(b, "四、当事人的义务");
	page_say(b, "（一）如实陈述纠纷事实；（二）遵守调解现场秩序，尊重人民调解员；（三）尊重对方当事人行使权利。");
	page_head(b, "五、调解协议的效力");
	page_say(b, "经人民调解委员会调解达成的调解协议，具有法律约束力，当事人应当按照约定履行。双方认为有必要的，可以自协议生效之日起三十日内共同向人民法院申请司法确认。婚姻关系、身份关系的确认和解除，不能通过调解协议完成，也不能申请司法确认。");
	page_head(b, "六、家庭暴力");
	page_say(b, "遭受家庭暴力的，可以随时拨打110报警，向公安机关申请家庭暴力告诫，向人民法院申请人身安全保护令；不愿意调解的，任何人不得要求调解。");
	page_say(b, "以上内容已向本人告知（宣读），本人已经清楚。");
	page_sign(b, "甲方（签名）：");
	page_sign(b, "乙方（签名）：");
	page_sign(b, "调解员（签名）：");
}

/* 民事诉讼法 62, 65: in a divorce the party comes herself, or gives her view in writing. */
void leaf_authority(struct pages *b)
{
	static const char *const lines[] = { "委托人", "居民身份证号码", "受托人", "居民身份证号码", "工作单位或者住址", "与委托人的关系", "联系电话" };
	page_title(b, "授权委托书");
	if (b->r) {
		case_number(b, "案号");
		parties(b);
	}
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		page_line(b, lines[i], STR(""));
	page_head(b, "委托事项和权限");
	page_say(b, "委托人因婚姻家庭纠纷，委托上列受托人参加人民调解。受托人的权限为：");
	page_say(b, "□一般代理：代为陈述、提交材料、查阅和签收文书。");
	page_say(b, "□特别授权：代为承认、放弃、变更请求，代为达成和签署调解协议。");
	page_line(b, "委托期限", STR(""));
	page_say(b, "离婚、收养、监护等人身关系，应当由本人到场或者由本人出具书面意见，不得由受托人代为决定。");
	page_sign(b, "委托人（签名、按指印）：");
	page_sign(b, "受托人（签名、按指印）：");
}

/* Who may not be helped here must not leave without the next door (人民调解工作若干规定 22, 24). */
void leaf_refuse(struct pages *b)
{
	page_title(b, "人民调解终结（不予受理）告知书");
	case_number(b, "案号");
	parties(b);
	page_line(b, "结果", b->r ? page_text(b, "outcome") : STR("□不予受理　□调解不成　□当事人退出　□其他"));
	page_line(b, "告知日期", b->r && rec_has(b->r, "finished") ? page_day(b, "finished") : STR(""));
	page_head(b, "告知事项");
	page_say(b, "上述纠纷经人民调解委员会处理，未能以调解协议终结。人民调解不是提起诉讼的前提，您可以：（一）依法向人民法院起诉；（二）属于仲裁、行政机关职权范围的，向有关仲裁机构、行政机关申请处理；（三）向法律援助机构（12348）申请法律援助。起诉、仲裁和申请行政处理有法定期限，请及时主张权利。");
	page_line(b, "建议途径", b->r && rec_has(b->r, "refer_to") ? page_text(b, "refer_to") : STR(""));
	page_say(b, "遇到家庭暴力或者有人身危险的，请立即拨打110。");
	page_sign(b, "当事人（签收）：");
	page_sign(b, "调解员（签名）：");
}

void leaf_inquiry(struct pages *b)
{
	page_title(b, "人民调解调查记录");
	page_line(b, "时间", page_text(b, "held"));
	page_line(b, "地点", page_text(b, "place"));
	page_line(b, "参加人", page_text(b, "helpers"));
	page_line(b, "被调查人", page_text(b, "present"));
	page_line(b, "与当事人的关系", STR(""));
	words(b, "记录", "text", 12);
	page_say(b, "以上记录已阅（已向本人宣读），与所述一致。");
	page_sign(b, "被调查人（签名）：");
	page_sign(b, "调解员（签名）：");
	page_sign(b, "记录人（签名）：");
}

void leaf_session(struct pages *b)
{
	page_title(b, "人民调解记录");
	page_line(b, "时间", page_text(b, "held"));
	/* Bound, it lies in a file that others read: where they met may be where one of them is found. */
	if (!b->masked)
		page_line(b, "地点", page_text(b, "place"));
	page_line(b, "调解形式", page_text(b, "form"));
	page_line(b, "到场人员", page_text(b, "present"));
	page_line(b, "参加人", page_text(b, "helpers"));
	page_line(b, "权利义务告知", !b->r ? STR("□已告知") : page_says(b, "rights_told") ? STR("已告知") : STR("未告知"));
	words(b, "调解经过", "text", 10);
	words(b, "达成的意见或者未达成的原因", "points", 4);
	page_say(b, "以上记录已阅（已向本人宣读），与所述一致。");
	page_sign(b, "当事人（签名）：");
	page_sign(b, "调解员（签名）：");
	page_sign(b, "记录人（签名）：");
}

static const char *agreement_title(struct pages *b) { return b->r && !str_is(rec_str(&b->in, b->r, "form"), "written") ? "人民调解口头协议登记表" : "人民调解协议书"; }

/* What is signed: no word of it may depend on whether it has been signed. */
static void agreement_words(struct pages *b, const char *title)
{
	page_title(b, title);
	page_number(b, b->r ? b->r->number : STR("协〔　　　　〕　　　　号"));
	parties(b);
	words(b, "一、纠纷主要事实、争议事项", "facts", 4);
	words(b, "二、协议内容", "terms", 4);
	words(b, "三、履行方式、地点、期限", "performance", 3);
}

/* What was agreed by word of mouth binds as well (人民调解法 28, 30): mediator and recorder answer for it. */
void leaf_oral(struct pages *b)
{
	agreement_words(b, "人民调解口头协议登记表");
	page_line(b, "登记日期", b->r && rec_has(b->r, "signed_on") ? page_day(b, "signed_on") : STR(""));
	page_sign(b, "调解员（签名）：");
	page_sign(b, "记录人（签名）：");
}

/* The one sheet of an agreement, to be signed and for the file. Where names are masked no hand shows what they are. */
void leaf_agreement(struct pages *b)
{
	agreement_words(b, agreement_title(b));
	b->e = signature_lines(b);
	if (b->r && b->masked)
		page_say(b, "当事人、调解员签名和印章见经签署的原件。");
}

void leaf_duties(struct pages *b)
{
	struct seen s = { 0 };
	page_title(b, "协议履行情况登记表");
	page_row(b, "3,11,5,4,3", STR("义务方\t履行内容\t期限\t履行日期\t状况"));
	if (b->r && see_children(&b->in, "duty", b->r->id, &s) != OK)
		s.n = 0;
	for (size_t i = 0; i < s.n && b->n + 3 < PAPER_PARAS; i++) {
		const struct rec *r = s.r[i];
		struct str side = rec_show(&b->in, r, field_at(r->t, "side")), what = rec_show(&b->in, r, field_at(r->t, "what")), due = rec_show(&b->in, r, field_at(r->t, "due_on")), st = state_label(&b->in, r);
		struct str done = rec_show(&b->in, r, field_at(r->t, "done_at"));
		if (r->sight == SIGHT_FULL)
			page_row(b, "3,11,5,4,3", arena_fmt(b->c->a, "%.*s\t%.*s\t%.*s\t%.*s\t%.*s", (int)side.n, side.n ? side.p : "", (int)what.n, what.n ? what.p : "", (int)due.n, due.n ? due.p : "",
				done.n > 10 ? 10 : (int)done.n, done.n ? done.p : "", (int)st.n, st.p));
	}
	for (int i = 0; !b->r && i < 8; i++)
		page_row(b, "3,11,5,4,3", STR("　\t　\t　\t　\t　"));
}

void leaf_visit(struct pages *b)
{
	struct rec *k = NULL;
	page_title(b, "人民调解回访记录");
	if (b->r && absorb_case(b->c, b->r, &k) != OK)
		k = NULL;
	page_line(b, "案号", k ? k->number : STR(""));
	page_line(b, "回访时间", page_text(b, "done_at"));
	page_line(b, "回访方式", page_text(b, "way"));
	page_line(b, "履行情况", page_text(b, "result"));
	page_line(b, "满意度", page_text(b, "satisfaction"));
	words(b, "回访情况", "text", 8);
	page_sign(b, "回访人（签名）：");
}

void leaf_closing(struct pages *b)
{
	const struct rec *k = b->r;
	page_title(b, "结案报告表");
	case_number(b, "案号");
	page_line(b, "承办单位", k ? ref_label(&b->in, "org", k->org) : STR(""));
	page_line(b, "承办人", k ? ref_label(&b->in, "staff", k->owner) : STR(""));
	page_field(b, "纠纷类型", "kind");
	page_line(b, "受理时间", k && rec_has(k, "accepted") ? page_day(b, "accepted") : STR(""));
	page_line(b, "调解终结时间", k && rec_has(k, "finished") ? page_day(b, "finished") : STR(""));
	page_line(b, "结案时间", k && rec_has(k, "closed") ? page_day(b, "closed") : STR(""));
	page_field(b, "调处结果", "outcome");
	if (!page_says(b, "violence"))
		page_field(b, "化解方式", "method");
	page_sign(b, "承办人（签名）：");
	page_sign(b, "审批人（签名）：");
}
