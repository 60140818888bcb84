/*
 * The ways people work that break programs: two languages, the keyboard alone, no script, a double click, two tabs, a phone;
 * and every post's workbench: its own area and verbs, and nothing else.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { go, launch, login, open, phone, posts, send, serve, sound, text } from './lib.mjs';

const place = '320582100004';
let city, browser;
const fresh = async (who, options) => login(await open(browser, city, options), city, who);

before(async () => {
	city = await serve();
	browser = await launch();
}, { timeout: 120000 });

after(async () => {
	await browser?.close();
	if (city)
		assert.equal(await city.stop(), 0, 'the program ends cleanly when asked to');
});

/* What each post may open of the staff pages. What is not named it must not have. */
const pages = ['/clue', '/case', '/visit', '/import', '/report/month', '/household', '/person', '/journal', '/intake'];
const may = {
	city: ['/clue', '/case', '/visit', '/import', '/report/month', '/household', '/person', '/intake'],
	town: ['/clue', '/case', '/visit', '/import', '/report/month', '/household', '/person', '/intake'],
	community: ['/clue', '/case', '/visit', '/report/month', '/household', '/person', '/intake'],
	grid: ['/clue', '/case', '/household', '/person'],
	mediator: ['/clue', '/case', '/visit', '/household', '/person'],     /* people: whom she entered herself */
	hotline: ['/clue', '/import', '/intake', '/household', '/person'],
	police: ['/clue', '/case', '/visit'],
	leader: ['/report/month'],
	auditor: ['/report/month', '/journal'],
	admin: [],
	secadmin: ['/journal'],
};

for (const who of posts)
	test(`the workbench of ${who} is whole, and no other post's page opens`, async (t) => {
		const page = await fresh(who);
		await sound(page);
		t.diagnostic(`workbench: ${page.weight} bytes`);
		assert.ok(page.weight < 200000, `a first page of ${page.weight} bytes`);
		const nav = await page.$$eval('.desk-nav a', (all) => all.map((a) => a.getAttribute('href')));
		for (const path of pages) {
			await page.goto(path);
			if (may[who].includes(path))
				assert.equal(page.answer, 200, `${who} opens ${path}`);
			else
				assert.ok([403, 404].includes(page.answer), `${who} gets ${page.answer} for ${path}`);
		}
		for (const href of nav) {
			await go(page, href);
			assert.equal(page.answer, 200, `the menu of ${who} leads to ${href}`);
		}
		await page.context().close();
	});

test('a town sees its own town only', async () => {
	const page = await fresh('town');
	for (const type of ['clue', 'case']) {
		await page.goto(`/${type}`);
		const places = await page.$$eval('main td[data-label="区域"]', (all) => all.map((td) => td.innerText));
		assert.ok(places.length);
		assert.deepEqual(places.filter((p) => !p.startsWith('杨舍镇')), []);
		await page.goto(`/${type}?area=320582101`);
		assert.equal(await page.locator('main table.rows tbody tr').count(), 0, 'another town asked for gives nothing');
	}
	await page.context().close();
});

test('English at one click, and back', async () => {
	const page = await fresh('town');
	await go(page, '/clue');
	assert.equal(await page.getAttribute('html', 'lang'), 'zh-CN');
	await Promise.all([page.waitForNavigation(), page.click('button[name=lang]')]);
	assert.equal(new URL(page.url()).pathname, '/clue', 'it stays on the page');
	assert.equal(await page.getAttribute('html', 'lang'), 'en');
	assert.match(await text(page, 'main h1'), /^Clues/);
	await sound(page);
	/* What is Chinese on an English page is data: names, places, numbers; never a word of the program. */
	for (const path of ['/', '/clue/new', '/case', '/report/month', '/notices']) {
		await go(page, path);
		const words = await page.$$eval('main h1, main h2, main th[scope=col], main thead th, main label, main button, .desk-nav a', (all) => all.map((e) => e.childNodes[0]?.textContent ?? ''));
		assert.deepEqual(words.filter((w) => /\p{Script=Han}/u.test(w) && !/镇|街道|市|区/.test(w)), [], `${path} in English`);
	}
	await Promise.all([page.waitForNavigation(), page.click('button[name=lang]')]);
	assert.equal(await page.getAttribute('html', 'lang'), 'zh-CN');
	await page.context().close();
});

test('a call is taken with the keyboard alone', async () => {
	const page = await open(browser, city);
	await page.goto('/login');
	/* The name's field takes the focus with the first frame, which may come after the load: keys before it go nowhere. */
	await page.waitForFunction(() => document.activeElement?.id === 'login');
	await page.keyboard.type('hotline');
	await page.keyboard.press('Tab');
	await page.keyboard.type(city.password);
	await Promise.all([page.waitForURL((u) => u.pathname === '/'), page.keyboard.press('Enter')]);
	await page.goto('/clue/new');
	/* By Tab alone, reading where the focus is, as a screen reader would say it. */
	const want = { source: '12345', text: '来电人问婆婆与嫂子的争吵怎么办。', party_a_name: '钱多多', party_a_phone: '19900022222', area: '' };
	const done = new Set();
	for (let i = 0; i < 120; i++) {
		await page.keyboard.press('Tab');
		const at = await page.evaluate(() => ({ name: document.activeElement.name, tag: document.activeElement.tagName, submit: document.activeElement.type === 'submit' && !!document.activeElement.closest('.card-footer'), ring: getComputedStyle(document.activeElement).outlineStyle }));
		assert.notEqual(at.ring, 'none', `what has the focus shows it: ${at.tag} ${at.name}`);
		if (at.submit)
			break;
		if (at.name in want && !done.has(at.name)) {
			done.add(at.name);
			await page.keyboard.type(want[at.name]);
		}
	}
	assert.ok(done.has('text') && done.has('source') && done.has('party_a_phone'), 'the fields were reached');
	await Promise.all([page.waitForURL(/\/clue\/\d+$/), page.keyboard.press('Control+Enter')]);
	await sound(page);
	assert.match(await text(page), /婆婆与嫂子/);
	/* "/" goes to the search, Esc leaves it. */
	await page.keyboard.press('/');
	assert.equal(await page.evaluate(() => document.activeElement.name), 'q');
	await page.keyboard.type('19900022222');
	await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
	assert.ok(await page.locator('main a[href^="/clue/"]').count() >= 1, 'found by the phone that was typed');
	await page.context().close();
});

test('a double click makes one clue', async () => {
	const page = await fresh('hotline');
	const count = async () => { await page.goto('/clue?creator=0'); await page.goto('/clue'); return Number((await text(page, 'main h1 .count')).replace(/\D/g, '')); };
	const was = await count();
	await page.goto('/clue/new');
	await page.selectOption('[name=source]', 'hotline12345');
	await page.fill('[name=text]', '双击测试：来电人说夫妻冷战三个月。');
	await Promise.all([page.waitForURL(/\/clue\/\d+$/), page.dblclick('main .card-footer button[type=submit]')]);
	assert.equal(await count(), was + 1);
	/* And the same form sent twice by a browser without script, or after a lost answer. */
	await page.goto('/clue/new');
	const form = { source: 'hotline12345', text: '同一张表单送两次。' };
	for (const name of ['csrf', 'idem'])
		form[name] = await page.inputValue(`main form [name=${name}]`);
	const one = await page.request.post('/clue/new', { form, maxRedirects: 0 }), two = await page.request.post('/clue/new', { form, maxRedirects: 0 });
	assert.equal(one.status(), 303);
	assert.equal(two.headers().location, one.headers().location, 'the second answer leads to the same clue');
	assert.equal(await count(), was + 2);
	await page.context().close();
});

test('two tabs: who comes second sees what the first wrote, and loses nothing', async () => {
	const page = await fresh('hotline');
	await page.goto('/clue/new');
	await page.selectOption('[name=source]', 'hotline12345');
	await page.fill('[name=text]', '第一次记下的话。');
	await page.selectOption('[name=area]', place);
	await send(page);
	const at = new URL(page.url()).pathname;
	const other = await page.context().newPage();
	await page.goto(`${at}/edit`);
	await other.goto(`${at}/edit`);
	await other.fill('[name=text]', '另一个窗口写的话。');
	await Promise.all([other.waitForURL((u) => u.pathname === at), other.click('main .card-footer button[type=submit]')]);
	await page.fill('[name=text]', '这个窗口写的话。');
	await send(page);
	assert.equal(page.answer, 409);
	assert.match(await text(page), /另一个窗口写的话/);
	assert.equal(await page.inputValue('[name=text]'), '这个窗口写的话。');
	await sound(page);
	await send(page);
	assert.equal(new URL(page.url()).pathname, at);
	assert.match(await text(page), /这个窗口写的话/);
	await page.context().close();
});

test('without script: log in, take a call, find it again', async () => {
	const page = await fresh('hotline', { javaScriptEnabled: false });
	await page.goto('/clue/new');
	await page.selectOption('[name=source]', 'hotline12345');
	await page.fill('[name=text]', '没有脚本也能登记。');
	await page.selectOption('[name=area]', place);
	await send(page);
	assert.match(page.url(), /\/clue\/\d+$/);
	assert.match(await text(page), /没有脚本也能登记/);
	await page.fill('.search input[name=q]', '没有脚本');
	await Promise.all([page.waitForNavigation(), page.press('.search input[name=q]', 'Enter')]);
	assert.ok(await page.locator('main a[href^="/clue/"]').count() >= 1);
	await Promise.all([page.waitForNavigation(), page.click('form[action="/logout"] button')]);
	assert.equal(new URL(page.url()).pathname, '/login');
	await page.goto('/clue');
	assert.match(page.url(), /\/login\?next=/);
	assert.deepEqual(page.wrong, []);
	await page.context().close();
});

test('what was typed outlives a closed log-in', async () => {
	const page = await fresh('hotline');
	await page.goto('/clue/new');
	await page.selectOption('[name=source]', 'hotline12345');
	await page.fill('[name=text]', '写到一半时退出了登录。');
	const other = await page.context().newPage();
	await other.goto('/');
	await Promise.all([other.waitForNavigation(), other.click('form[action="/logout"] button')]);
	await send(page);
	assert.ok(page.url().includes('/login') || page.answer === 403 || page.answer === 401, 'nothing is taken without a log-in');
	await page.context().close();
});

test('a page that is not there, and one that is not hers, look the same', async () => {
	const page = await fresh('grid');
	const bodies = [];
	for (const path of ['/case/1', '/case/999999999999']) {
		await page.goto(path);
		assert.equal(page.answer, 404);
		await sound(page);
		bodies.push((await text(page)).replace(/[0-9a-f]{16}/, ''));
	}
	assert.equal(bodies[0], bodies[1]);
	await page.goto('/no-such-page');
	assert.equal(page.answer, 404);
	await sound(page);
	await page.context().close();
});

test('on a phone nothing is wider than the screen', async () => {
	const page = await fresh('town', phone);
	for (const path of ['/', '/clue', '/case', '/clue/new', '/visit', '/report/month', '/notices']) {
		await go(page, path);
		if (['/clue', '/case'].includes(path)) {
			await Promise.all([page.waitForNavigation(), page.locator('main .row-title a').first().click()]);
			await sound(page);
		}
	}
	await page.context().close();
});

test('what was typed outlives a lost connection, and is nobody else\'s', async () => {
	const page = await fresh('hotline');
	const typed = async () => page.inputValue('textarea[name=text]');
	await go(page, '/clue/new');
	await page.selectOption('[name=source]', 'hotline12345');
	await page.fill('textarea[name=text]', '半途断线的内容');
	await page.context().setOffline(true);
	await page.click('main form .card-footer button[type=submit]');
	await page.waitForURL(/chrome-error/, { waitUntil: 'commit' });
	await page.context().setOffline(false);
	await page.goto('/clue/new');
	assert.equal(await typed(), '半途断线的内容', 'the draft is there again');
	await page.goto('/');
	await Promise.all([page.waitForURL(/\/login/), page.click('form[action="/logout"] button')]);
	await login(page, city, 'town');
	await page.goto('/clue/new');
	assert.equal(await typed(), '', 'who logs in next does not find it');
	await page.context().close();
});
