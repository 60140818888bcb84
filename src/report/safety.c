/* Why: what is insecure is seldom broken: it works, and nobody looks. Here everything that can be set wrongly is looked at, in one
 * table, so that the page, the API and the command never disagree. */
#include "record/backup.h"
#include "report/safety_inner.h"
#include <stdio.h>

#define CHECK(n, t, w, d) { .name = #n, .title = t, .wrong = w, .todo = d, .look = safety_##n }
const struct safety_check safety_checks[] = {
	CHECK(demo, N_("Demo city"), N_("This folder holds the made-up city, whose passwords stand on the log-in page."), N_("Begin real work in a folder of its own: xiaoan serve --data ANOTHER.")),
	CHECK(plain_http, N_("Encrypted connections"), N_("Pages are served without TLS at the address %s, so passwords can be read on the way."),
	      N_("Put a proxy with TLS in front, listen on 127.0.0.1 and start with --tls.")),
	CHECK(proxy, N_("Way past the proxy"), N_("TLS is expected in front, yet the port itself can be reached from outside at %s."), N_("Listen on the loopback address only: leave --host out.")),
	CHECK(factor_roles, N_("Second factor asked of administrators"), N_("These posts come in by password alone: %s."), N_("Set factor.roles to all, or take the setting out.")),
	CHECK(factor_missing, N_("Second factor set up"), N_("People whose post needs a second factor have none yet: %s."), N_("Ask them to log in: the page for it comes by itself.")),
	CHECK(posts_empty, N_("Three administrators"), N_("Nobody holds one of the three administrators’ posts, or she has no password yet: %s."), N_("Make the account: xiaoan user add, or the page Staff.")),
	CHECK(posts_joined, N_("One person, one post"), N_("Two administrators’ posts seem to be held by the same person (same name or phone): %s."),
	      N_("Give one of the two posts to another person; nobody may watch herself.")),
	CHECK(unused, N_("Unused accounts"), N_("Accounts that nobody has used for 90 days: %s."), N_("Close those whose owner has left; the others fall asleep by themselves.")),
	CHECK(guessed, N_("Guessed passwords"), N_("Accounts with twenty or more wrong tries in a row within a day: %s."), N_("Look into the journal (Log in, Refused) from where they come, and speak with the owners.")),
	CHECK(tokens, N_("API tokens"), N_("Tokens that live longer than a year or were not used for 90 days: %s."), N_("Revoke what is not needed: xiaoan token revoke; make the others anew with --days.")),
	CHECK(limits, N_("Limits and settings"), N_("These settings differ from the usual: %s."), N_("Ask who changed them and why; take out what nobody can explain.")),
	CHECK(root_key, N_("Root key file"), N_("The root key can be read by other users of this machine, or is not where it should be."), N_("chmod 600 root.key; if it was copied away: xiaoan keys rotate.")),
	CHECK(root_key_place, N_("Root key apart from the data"), N_("The root key lies in the clear in the same folder as the data: who takes the folder has both."),
	      N_("Give it by systemd’s credential, put it on another disk (--root-key), or lock it: xiaoan keys lock.")),
	CHECK(keys_copy, N_("Copies of the keys"), N_("There is no sealed copy of the keys of the last 35 days: a dead disk would make every record unreadable."),
	      N_("xiaoan backup keys FOLDER, kept apart from the backups; and the root key on paper: xiaoan keys paper.")),
	CHECK(suite, N_("Ciphers of the keys"), N_("The keys in use are of %s, more than two years old."), N_("Rotate them while people work: xiaoan keys rotate.")),
	CHECK(rotation, N_("Rotation of the keys"), N_("A rotation of the keys is not finished: two or more generations are in use since %s."), N_("Let the server run, or: xiaoan keys reseal.")),
	CHECK(backup_key, N_("Backups"), N_("No backups are made: there is no backup key."), N_("xiaoan backup keygen SECRETFILE, then start the server again.")),
	CHECK(backup_age, N_("Last backup"), N_("The last backup that was restored and looked through is of %s."), N_("Look into the server’s log, and whether there is room.")),
	CHECK(journal, N_("Journal looked through"), N_("The whole journal was last checked on %s."), N_("Let the server run for a night, or: xiaoan journal verify.")),
	CHECK(head, N_("Signed heads of the journal"), N_("Entries stand without a signed head since %s: they could be altered unseen."), N_("Start the server, or: xiaoan journal head.")),
	CHECK(head_copy, N_("Heads kept elsewhere"), N_("The signed heads lie on this machine alone: who owns it could rewrite all of them."), N_("Start with --heads DIR on another machine’s disk, or print the daily slip.")),
	CHECK(openings, N_("Emergency openings judged"), N_("Emergency openings that nobody has judged for more than three days: %s."), N_("Judge them on the page Emergency openings.")),
	CHECK(modes, N_("Files of the data folder"), N_("Other users of this machine can read or write in the data folder: %s."), N_("chmod -R go= on the folder, and chown it to the user that runs xiaoan.")),
	CHECK(core, N_("Core dumps"), N_("If the program died, what is in its memory would be written to the disk."), N_("Run the release build under the unit in deploy/: it switches core dumps off.")),
	CHECK(swap, N_("Swap"), N_("What is in memory may be written to an unencrypted swap area: %s."), N_("Switch it off (swapoff) or put it on an encrypted disk.")),
	CHECK(clock, N_("Clock"), N_("The machine’s clock is not kept by any time service: one-time codes fail and times in the journal are doubtful."), N_("systemctl enable --now systemd-timesyncd.")),
	CHECK(root_user, N_("User that runs the program"), N_("The server runs as root: a hole in it would own the machine."), N_("Run it as a user of its own: deploy/xiaoan.service.")),
	CHECK(fence, N_("Fence round the server"), N_("The server is not fenced in by seccomp: a hole in it could do all that its user may."), N_("Run it on a kernel with seccomp, and without switching the fence off.")),
	CHECK(room, N_("Room on the disk"), N_("There is less than 1 GiB free, or the system has stopped to write."), N_("Make room: with a full disk nothing can be saved.")),
};
_Static_assert(ARRAY_LEN(safety_checks) <= SAFETY_MAX, "more checks than findings have room for");

const char *grave_name(enum grave g)
{
	static const char *const v[] = { "ok", "unknown", "warn", "danger" };
	return v[g];
}

const char *grave_word(enum grave g)
{
	static const char *const v[] = { N_("In order"), N_("Not seen from here"), N_("Warning"), N_("Danger") };
	return v[g];
}

struct safety_place safety_here(struct ctx *c)
{
	return (struct safety_place){ .root_key = c->app->root_key ? c->app->root_key : arena_printf(c->a, "%s/root.key", c->app->data_dir),
				      .backups = c->app->backups ? c->app->backups : backup_dir(c->app, c->a, NULL), .serving = c->app->serving };
}

void safety_run(struct ctx *c, const struct safety_place *at, struct finding ret[SAFETY_MAX], size_t *ret_n, enum grave *ret_worst)
{
	*ret_worst = GRAVE_OK;
	for (size_t i = 0; i < ARRAY_LEN(safety_checks); i++) {
		struct fault f = { 0 }, *was = c->f;
		ret[i] = (struct finding){ 0 };
		c->f = &f;
		enum err e = safety_checks[i].look(c, at, &ret[i]);
		c->f = was;
		if (e != OK) {
			ret[i] = (struct finding){ .grave = GRAVE_UNKNOWN, .wrong = N_("This could not be looked at (%s).") };
			snprintf(ret[i].arg, sizeof ret[i].arg, "%s", err_name(e));
		}
		*ret_worst = ret[i].grave > *ret_worst ? ret[i].grave : *ret_worst;
	}
	*ret_n = ARRAY_LEN(safety_checks);
}

struct str safety_wrong(struct ctx *c, const struct safety_check *k, const struct finding *f)
{
	BUF_AUTO b = BUF(4096);
	const char *msg = f->wrong ? f->wrong : f->grave == GRAVE_UNKNOWN ? N_("This is not seen from here: the page sees the server, the command on the machine sees the rest.") : k->wrong;
	if (f->grave == GRAVE_OK)
		return STR("");
	buf_msg(&b, TRC(c, msg), str_of(f->arg), STR_NONE);
	return arena_str(c->a, buf_view(&b));
}

static void put(struct buf *b, const char *key, struct str v, bool first)
{
	buf_printf(b, "%s\"%s\":", first ? "" : ",", key);
	json_str(b, v);
}

void safety_json(struct ctx *c, const struct finding *v, size_t n, enum grave worst, struct buf *ret)
{
	buf_cstr(ret, "{\"checked\":\"");
	iso_put(ret, c->now);
	buf_printf(ret, "\",\"worst\":\"%s\",\"checks\":[", grave_name(worst));
	for (size_t i = 0; i < n; i++) {
		const struct safety_check *k = &safety_checks[i];
		buf_cstr(ret, i ? ",{" : "{");
		put(ret, "name", str_of(k->name), true);
		put(ret, "grave", str_of(grave_name(v[i].grave)), false);
		put(ret, "title", str_of(TRC(c, k->title)), false);
		put(ret, "wrong", safety_wrong(c, k, &v[i]), false);
		put(ret, "todo", v[i].grave >= GRAVE_WARN ? str_of(TRC(c, k->todo)) : STR(""), false);
		buf_char(ret, '}');
	}
	buf_cstr(ret, "]}");
}
