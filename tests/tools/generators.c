/* What the generators must refuse, each with the file and line of the fault. */
#include "../test.h"
#include "base/embedded.h"
#include "base/tr.h"
#include "tool_paths.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[64];

static void put(const char *name, const char *text)
{
	char path[128];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "wb");
	NEED(f);
	fwrite(text, 1, strlen(text), f);
	fclose(f);
}

static void make(const char *name)
{
	char path[128];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	NEED(mkdir(path, 0700) == 0 || errno == EEXIST);
}

static void drop(const char *name)
{
	char path[128];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	remove(path);
}

static void begin(void)
{
	snprintf(dir, sizeof dir, "/tmp/xa-tools-XXXXXX");
	NEED(mkdtemp(dir));
	make("templates");
	make("locale");
	make("locale/zh_CN");
}

static void end(void)
{
	static const char *const all[] = { "templates/x.html", "locale/zh_CN/a.po", "locale/zh_CN/b.po", "o.c", "o.h", "said", "templates", "locale/zh_CN", "locale" };
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		drop(all[i]);
	rmdir(dir);
}

/* Runs argv in the folder; its words go to said. */
static int run(const char *const argv[], char said[4096])
{
	char path[128];
	snprintf(path, sizeof path, "%s/said", dir);
	pid_t pid = fork();
	if (pid == 0) {
		int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
		if (chdir(dir) == 0 && dup2(fd, 2) == 2)
			execv(argv[0], (char *const *)argv);
		_exit(127);
	}
	int status = 0;
	waitpid(pid, &status, 0);
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(said, 1, 4095, f) : 0;
	said[n] = 0;
	if (f)
		fclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static int tplgen(const char *body, char said[4096])
{
	put("templates/x.html", body);
	const char *argv[] = { TPLGEN, "o.c", "o.h", ".", "templates", NULL };
	return run(argv, said);
}

#define T "{{ template x(const struct view *v, const struct m *m) }}\n"
#define E "\n{{ end }}\n"

static const struct { const char *body, *line, *says; } refused[] = {
	{ T "<script>var a = {{ m->a }};</script>" E, ":2:", "no inline <script>" },
	{ T "<script>{{ m->a }}</script>" E, ":2:", "inside <script>" },
	{ T "<SCRIPT>{{ m->a }}</SCRIPT>" E, ":2:", "inside <script>" },
	{ T "<script>alert(1)</script>" E, ":2:", "no inline <script>" },
	{ T "<style>b { color: {{ m->a }} }</style>" E, ":2:", "no inline <style>" },
	{ T "<style>{{ m->a }}</style>" E, ":2:", "inside <style>" },
	{ T "<p>\n<a title={{ m->a }}>x</a>" E, ":3:", "quotes" },
	{ T "<a title=x>x</a>" E, ":2:", "quotes" },
	{ T "<a {{ m->a }}>x</a>" E, ":2:", "attribute's name" },
	{ T "<a {{ m->a }}=\"x\">x</a>" E, ":2:", "attribute's name" },
	{ T "<a data-{{ m->a }}=\"x\">x</a>" E, ":2:", "attribute's name" },
	{ T "<a title=\"x\"{{ m->a }}>x</a>" E, ":2:", "attribute's name" },
	{ T "<a onclick=\"{{ m->a }}\">x</a>" E, ":2:", "onclick" },
	{ T "<a onclick=\"f()\">x</a>" E, ":2:", "onclick" },
	{ T "<a ONCLICK=\"f()\">x</a>" E, ":2:", "onclick" },
	{ T "<a hx-on:click=\"f()\">x</a>" E, ":2:", "hx-on" },
	{ T "<a data-hx-get=\"/x\">x</a>" E, ":2:", "data-hx-" },
	{ T "<a @click=\"f()\">x</a>" E, ":2:", "@click" },
	{ T "<a style=\"color: {{ m->a }}\">x</a>" E, ":2:", "style" },
	{ T "<a style=\"color: red\">x</a>" E, ":2:", "style" },
	{ T "<iframe srcdoc=\"{{ m->a }}\"></iframe>" E, ":2:", "srcdoc" },
	{ T "<{{ m->a }}>x</a>" E, ":2:", "tag" },
	{ T "<h{{ m->n }}>x</h1>" E, ":2:", "tag" },
	{ T "</{{ m->a }}>" E, ":2:", "tag" },
	{ T "<a href=\"{{ m->a }}/x\">x</a>" E, ":2:", "URL" },
	{ T "<a href=\" {{ if m->a }}{{ m->a }}{{ end }}\">x</a>" "<a href=\"{{ m->a }}{{ m->b }}\">" E, ":2:", "URL" },
	{ T "<a href=\"javascript:f({{ m->a }})\">x</a>" E, ":2:", "javascript" },
	{ T "<a href=\" JavaScript:f()\">x</a>" E, ":2:", "javascript" },
	{ T "<a href=\"data:text/html,{{ m->a }}\">x</a>" E, ":2:", "data" },
	{ T "<a href=\"{{ _(\"x\") }}\">x</a>" E, ":2:", "not translated" },
	{ T "<img srcset=\"{{ m->a }}\">" E, ":2:", "srcset" },
	{ T "<b hx-vals=\"{{ m->a }}\">x</b>" E, ":2:", "hx-vals" },
	{ T "<b hx-trigger=\"{{ m->a }}\">x</b>" E, ":2:", "hx-trigger" },
	{ T "<b hx-nonce=\"x\">x</b>" E, ":2:", "nonce" },
	{ T "<meta http-equiv=\"refresh\" content=\"3; url={{ m->a }}\">" E, ":2:", "http-equiv" },
	{ T "<meta content=\"3; url={{ m->a }}\" http-equiv=\"refresh\">" E, ":2:", "http-equiv" },
	{ T "<!-- {{ m->a }} -->" E, ":2:", "comment" },
	{ T "{{ if m->a }}\n<b>x</b>\n", ":2:", "never ended" },
	{ T "<b>x</b>\n", ":1:", "never ended" },
	{ T "x" E "{{ end }}\n", ":4:", "outside any template" },
	{ T "{{ else }}" E, ":2:", "without an if" },
	{ T "{{ for int i = 0; i < 2; i++ }}{{ else }}{{ end }}" E, ":2:", "without an if" },
	{ T "{{ if m->a }}{{ else }}{{ else }}{{ end }}" E, ":2:", "without an if" },
	{ T "{{ if m->a }}<a title=\"{{ end }}x\">" E, ":2:", "another place" },
	{ T "<a title=\"{{ if m->a }}x\"{{ else }}y{{ end }}>" E, ":2:", "different places" },
	{ T "{{ for int i = 0; i < 2; i++ }}<a {{ end }}>" E, ":2:", "another place" },
	{ T "{{ if m->a }}<textarea>{{ end }}</textarea>" E, ":2:", "another place" },
	{ T "<a{{ if m->a }}title=\"x\"{{ end }}>" E, ":2:", "blank" },
	{ T "<a title=\"x\"id=\"y\">" E, ":2:", "blank" },
	{ T "<a title=\"x" E, ":3:", "inside a tag" },
	{ T "<a {{ call y(v) }}>" E, ":2:", "where text may stand" },
	{ T "<a title=\"{{ call y(v) }}\">" E, ":2:", "where text may stand" },
	{ T "{{ m->a" E, ":2:", "not closed" },
	{ T "{{ \"abc }}" E, ":2:", "not closed" },
	{ T "{{ }}" E, ":2:", "empty" },
	{ T "{{ _(m->a) }}" E, ":2:", "_(\"Message id\")" },
	{ T "{{ _(\"x\") + 1 }}" E, ":2:", "_(\"Message id\")" },
	{ T "{{ _f(\"no mark\", m->a) }}" E, ":2:", "exactly one" },
	{ T "{{ _f(\"%s and %s\", m->a) }}" E, ":2:", "exactly one" },
	{ T T, ":2:", "inside a template" },
	{ "text\n" T "x" E, ":1:", "outside any template" },
	{ T "1 < 2" E, ":2:", "'<'" },
};

TEST(templates_refused)
{
	begin();
	char said[4096];
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		int status = tplgen(refused[i].body, said);
		if (status != 1 || !strstr(said, refused[i].says) || !strstr(said, refused[i].line) || !strstr(said, "templates/x.html:")) {
			test_bad++;
			printf("# %zu: status %d, said \"%s\", not %s %s\n# %s\n", i, status, said, refused[i].line, refused[i].says, refused[i].body + sizeof T - 1);
		}
	}
	end();
}

static const char *const taken[] = {
	T "<a href=\"tel:{{ m->a }}\">{{ m->a }}</a> <a href=\"https://x.example/{{ m->a }}\">x</a>" E,
	T "<option{{ if m->a }} selected{{ end }} value=\"{{ m->a }}\">{{ m->b }}</option>" E,
	T "<input {{ if m->a }}checked{{ end }} type=\"{{ m->t }}\">" E,
	T "<a href=\"{{ if m->a }}/x{{ else }}/y{{ end }}/{{ m->n }}\">x</a>" E,
	T "{{ if m->a == 1 }}a{{ elif m->a }}b{{ else if m->c }}c{{ else }}d{{ end }}" E,
	T "{{ endless }}{{ iffy }}{{ m->end }}{{ format(\"}}\", '}') }}{{ f((struct s){ 1 }) }}" E,
	T "<textarea>\n{{ m->a }}</textarea><pre>  {{ m->a }}\n</pre>" E,
	T "<br/><img src=\"/x.png\" alt=\"\" />" E,
	T "<meta name=\"csrf-token\" content=\"{{ v->csrf }}\">" E,
	T "{{# nothing }}" E,
	"{{ include \"x/y.h\" }}\n" T E T E,
};

TEST(templates_taken)
{
	begin();
	char said[4096];
	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		if (tplgen(taken[i], said) != 0) {
			test_bad++;
			printf("# %zu refused: %s", i, said);
		}
	end();
}

static int po2c(const char *a, const char *b, char said[4096])
{
	put("locale/zh_CN/a.po", a);
	put("locale/zh_CN/b.po", b);
	const char *argv[] = { PO2C, "o.c", ".", NULL };
	return run(argv, said);
}

#define HEAD "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n\n"

TEST(words_refused)
{
	begin();
	char said[4096];
	CHECK_INT(po2c(HEAD "msgid \"a\"\nmsgstr \"甲\"\n", HEAD "#: x.c:1\nmsgid \"b\"\n\"c\"\nmsgstr \"\"\n\"乙\"\n", said), 0);
	CHECK_INT(po2c(HEAD "msgid \"a\n", "", said), 1);
	CHECK(strstr(said, "a.po:4:"));
	CHECK_INT(po2c(HEAD "msgctxt \"x\"\nmsgid \"a\"\nmsgstr \"b\"\n", "", said), 1);
	CHECK_INT(po2c(HEAD "msgstr \"a\"\n", "", said), 1);
	CHECK_INT(po2c(HEAD "msgid \"a\"\nmsgid \"b\"\nmsgstr \"b\"\n", "", said), 1);
	end();
}

TEST(an_unknown_word_comes_back)
{
	CHECK(strcmp(tr(LANG_ZH, "No such message id, ever"), "No such message id, ever") == 0);
	CHECK(strcmp(tr(LANG_EN, "Yes"), "Yes") == 0);
	CHECK(tr(LANG_ZH, NULL) == NULL);
}

TEST(embedded_is_sorted_and_found)
{
	for (const struct embedded *e = embedded; e->name; e++) {
		CHECK(embedded_find(e->name) == e);
		CHECK(e->bytes[e->n] == 0);
		CHECK(e == embedded || strcmp(e[-1].name, e->name) < 0);
	}
	CHECK(embedded_find("no/such.file") == NULL);
}
