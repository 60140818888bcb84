/* Why: who checks a journal may be a court's expert or a clerk: she reads it in her language. This program has no catalogue of
 * messages: both texts stand side by side. Every text may name two values by %s. */
#include "verify/verify.h"
#include <inttypes.h>
#include <string.h>

#define SHOWN 50

static const char *const words[V_WORDS][2] = {
	[V_MISSING] = { "第 %s%s 条缺失。", "Entry %s%s is missing." },
	[V_ALTERED] = { "第 %s 条被改动：内容与其校验值不符。%s", "Entry %s was altered: it does not fit its hash.%s" },
	[V_FORMAT] = { "第 %s 条的格式不可识别。%s", "Entry %s has a form that is not known.%s" },
	[V_TWICE] = { "第 %s 条重复或次序颠倒。%s", "Entry %s stands twice or out of order.%s" },
	[V_NO_PROOF] = { "第 %s 条没有附证明。%s", "Entry %s comes without a proof.%s" },
	[V_BAD_PROOF] = { "第 %s 条的证明不成立：它不在该树头之下。%s", "The proof of entry %s does not hold: it is not under this head.%s" },
	[V_CUT] = { "末尾有条目缺失：树头 %s 所含条目多于现有条目。%s", "Entries are missing at the end: head %s stands for more than there are.%s" },
	[V_REBUILT] = { "现有条目得不出树头 %s 的根值：此前的记录被改动过。%s", "The entries do not give the root of head %s: what came before it was changed.%s" },
	[V_TAIL_SIZE] = { "数据库自记的条数是 %s，实际有 %s 条。", "The database counts %s entries; there are %s." },
	[V_TAIL_ROOT] = { "数据库自存的树状态与条目不符。%s%s", "The state of the tree in the database does not fit the entries.%s%s" },
	[V_TAIL_BAD] = { "数据库自存的树状态已损坏。%s%s", "The state of the tree in the database is damaged.%s%s" },
	[V_BAD_SIGNATURE] = { "树头 %s 的签名不成立。%s", "The signature of head %s is false.%s" },
	[V_FOREIGN_KEY] = { "树头 %s 是用另一把钥匙签的。%s", "Head %s was signed with another key.%s" },
	[V_HEAD_GONE] = { "树头 %s 已不在数据库留存的树头之中。%s", "Head %s is no longer among those that were kept.%s" },
	[V_HEAD_OTHER] = { "树头 %s 与数据库留存的同号树头不一致。%s", "Head %s differs from the kept one of the same number.%s" },
	[V_HEAD_GAP] = { "留存的第 %s 号树头缺失。%s", "The kept head number %s is missing.%s" },
	[V_HEAD_ORDER] = { "留存的第 %s 号树头条数倒退。%s", "The kept head number %s stands for fewer entries than the one before.%s" },
	[V_BAD_LINK] = { "从 %s 条到 %s 条的一致性证明不成立。", "The proof that %s entries grew into %s does not hold." },
	[V_RANGE] = { "导出文件的首行与内容不符。%s%s", "The first line of the export does not fit what follows.%s%s" },
	[V_TOP_UNLINKED] = { "所持的树头 %s 与本导出没有证明相连：不能说明它们同出一册日志。%s", "Nothing links the saved head %s with this export: it may be of another journal.%s" },
	[V_NOTE_ORDER] = { "有 %s 处时间倒退超过一分钟（参见日志中的“clock”条目）。%s", "Time goes back by more than a minute in %s places (see the entries “clock”).%s" },
	[V_NOTE_UNSIGNED] = { "最后 %s 条尚无树头签名；服务运行时每分钟或每 256 条签一次。%s", "The last %s entries are under no signed head yet; a running server signs each minute or 256 entries.%s" },
	[V_NOTE_NO_KEY] = { "没有公钥：签名未核对。请用 --public-key 给出。%s%s", "No public key: signatures were not checked. Give it by --public-key.%s%s" },
	[V_NOTE_OWN_KEY] = { "签名只用树头自带的公钥核对。要确认是谁签的，请用 --public-key 给出另行保存的公钥。%s%s", "Signatures were checked with the key that came with the heads. To know who signed, give the key kept elsewhere by --public-key.%s%s" },
	[V_NOTE_NO_HEAD] = { "没有给出另行保存的树头（--head）：只能说明现有日志自身相符，不能说明它未被整册重做。%s%s", "No saved head was given (--head): the journal fits itself, which does not show that it was not made anew as a whole.%s%s" },
	[V_NOTE_UNLINKED] = { "从 %s 条到 %s 条的一致性证明没有对应的树头，未核对。", "The proof from %s to %s entries has no heads to go with; it was not checked." },
	[V_TITLE] = { "小安日志校验 xiaoan-verify %s%s", "xiaoan-verify %s: the journal checked%s" },
	[V_OBJECT] = { "对象　%s%s", "Of      %s%s" },
	[V_COUNT] = { "条目　%s 条%s", "Entries %s%s" },
	[V_ROOT] = { "根值　%s%s", "Root    %s%s" },
	[V_HEADS] = { "树头　%s 个，其中另行保存的 %s 个", "Heads   %s, of which saved elsewhere: %s" },
	[V_LINKS] = { "证明　条目 %s 条、树头之间 %s 条，均成立", "Proofs  of entries: %s, between heads: %s; all hold" },
	[V_ENTRY] = { "第 %s 条，校验值 %s", "Entry %s, leaf %s" },
	[V_NO_ENTRY] = { "没有第 %s 条。%s", "There is no entry %s.%s" },
	[V_WHOLE] = { "结论　完整，未发现改动。%s%s", "Verdict WHOLE: nothing altered, removed or added.%s%s" },
	[V_BROKEN] = { "结论　不完整：发现 %s 处问题。%s", "Verdict BROKEN: %s findings.%s" },
	[V_ARGS] = { "用法不对：%s%s", "Asked wrongly: %s%s" },
	[V_UNREADABLE] = { "无法读取 %s：%s", "Cannot read %s: %s" },
	[V_MORE] = { "……另有 %s 处，不再列出。%s", "… and %s more.%s" },
	[V_HELP] = {
		"xiaoan-verify [选项] 对象\n\n"
		"核对小安日志：每条的校验值、缺号、时间次序、树根、签名，以及与另行保存的树头是否一致。\n"
		"对象是数据库文件（DATA/xiaoan.db）、postgres:// 地址，或 xiaoan journal export 的导出文件。只读，不写任何东西。\n\n"
		"  --head 文件        另行保存的树头（每行一个），可给多次\n"
		"  --public-key 文件  另行保存的签名公钥（xiaoan journal key）\n"
		"  --entry 号         另外显示这一条\n"
		"  --lang zh|en       输出语言\n\n"
		"退出码　0 完整；1 发现问题；2 用法不对；3 无法读取\n%s%s",
		"xiaoan-verify [options] OBJECT\n\n"
		"Checks the journal: every leaf, gaps, the order of time, the root of the tree, signatures, and that it continues every saved head.\n"
		"OBJECT is a database file (DATA/xiaoan.db), a postgres:// address or a file of xiaoan journal export. Reads only.\n\n"
		"  --head FILE        heads saved elsewhere, one a line; may be given again\n"
		"  --public-key FILE  the public key saved elsewhere (xiaoan journal key)\n"
		"  --entry N          show this entry as well\n"
		"  --lang zh|en       language\n\n"
		"Exit status: 0 whole; 1 not; 2 asked wrongly; 3 cannot be read\n%s%s" },
};

/* Its "%s" filled by a and b in their order. */
void v_print(FILE *out, enum v_lang lang, enum v_word w, const char *a, const char *b)
{
	const char *s = words[w][lang], *at;
	for (int i = 0; (at = strstr(s, "%s")); i++, s = at + 2) {
		fwrite(s, 1, (size_t)(at - s), out);
		fputs(i == 0 ? a ? a : "" : b ? b : "", out);
	}
	fputs(s, out);
}

/* Findings are told as they are met, the first fifty of them. */
void v_find(struct v_run *v, enum v_word what, const char *a, const char *b)
{
	bool finding = what < V_FINDINGS;
	int64_t n = finding ? ++v->bad : ++v->notes;
	if (n > SHOWN)
		return;
	fputs(finding ? "✗ " : "· ", v->out);
	v_print(v->out, v->lang, what, a, b);
	fputc('\n', v->out);
}

void v_findn(struct v_run *v, enum v_word what, int64_t a, const char *b)
{
	char n[32];
	snprintf(n, sizeof n, "%" PRId64, a);
	v_find(v, what, n, b);
}
