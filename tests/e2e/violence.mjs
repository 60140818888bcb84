/*
 * Violence at home, from her own words on a phone to the order that protects her, each post on a phone of its own: nobody sits at a desk when it happens.
 * Each test goes on where the one before ended.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { go, launch, local, login, open, phone, send, serve, sound, text } from './lib.mjs';

let city, browser, clue, kase, code, letter, order;
const as = {};
const mark = '他用皮带抽我', where = '城南巷七号';
const shots = process.env.XA_SHOTS;
const shot = async (page, name) => shots && await page.screenshot({ path: `${shots}/dv-${name}.png`, fullPage: true });
const state = (page) => text(page, 'main h1 .state');
const id = (path) => path.split('/')[2];

const quick = (page) => { page.setDefaultTimeout(15000); return page; };

async function post(who) {
	if (!as[who])
		as[who] = quick(await login(await open(browser, city, phone), city, who));
	return as[who];
}

async function fill(page, fields) {
	for (const [name, value] of Object.entries(fields)) {
		const el = page.locator(`main form [name="${name}"]`).first();
		const kind = await el.evaluate((e) => e.type === 'checkbox' || e.type === 'radio' ? 'box' : e.tagName);
		if (kind === 'box')
			for (const v of [value].flat())
				await page.check(`main form [name="${name}"][value="${v}"]`);
		else if (kind === 'SELECT')
			await (typeof value === 'object' ? el.selectOption(value) : el.selectOption(value));
		else
			await el.fill(value);
	}
}

/* From the page as it stands, by the button that a thumb finds there. */
async function step(page, verb, fields) {
	const more = page.locator('main details.more summary'), button = page.locator(`main a.btn[href$="/${verb}"], main a.btn[href^="/${verb}/new?parent="]`).first();
	if (!(await button.isVisible()) && await more.count())
		await more.first().click();
	await Promise.all([page.waitForNavigation(), button.click()]);
	await sound(page);
	await fill(page, fields);
	await send(page);
	await sound(page);
	assert.equal(page.answer, 200, `${verb}: ${await text(page)}`);
}

before(async () => {
	city = await serve();
	browser = await launch();
}, { timeout: 120000 });
after(async () => {
	await browser?.close();
	if (city)
		assert.equal(await city.stop(), 0);
});

test('she writes, without script; 110 stands before anything else', async () => {
	const her = await open(browser, city, { ...phone, javaScriptEnabled: false });
	await her.goto('/help');
	const call = await her.locator('a[href="tel:110"]').first().boundingBox();
	assert.ok(call && call.y + call.height < 844, 'seen without scrolling');
	await her.goto('/help/write');
	await her.fill('[name=text]', `${mark}，孩子在旁边哭，我躲在${where}朋友家。`);
	await Promise.all([her.waitForNavigation(), her.locator('form[action="/help/write"] button[type=submit]').last().click()]);
	code = /\d{4}( \d{4}){3}/.exec(await text(her, 'body'))?.[0];
	assert.ok(code, 'she has a number');
	await shot(her, 'receipt');
	await her.context().close();
});

test('the city screens it red and sends it to a mediator', async () => {
	const page = await post('city');
	const owner = await (await post('mediator')).locator('.desk-top .me b').innerText();
	await go(page, '/clue?state=new');
	/* The newest first: hers, of no place yet. */
	clue = await page.locator('tr[data-href] a').first().getAttribute('href');
	await go(page, clue);
	assert.ok((await text(page)).includes(mark));
	await shot(page, 'clue');
	await step(page, 'confirm', { family: '1', kind: 'M03', grade: 'red' });
	await step(page, 'open', {});
	await go(page, clue);
	kase = await page.locator('main a[href^="/case/"]').first().getAttribute('href');
	await go(page, `${kase}/dispatch`);
	await fill(page, { owner: { label: owner }, org: { label: '杨舍镇妇联' }, choice: { index: 1 } });
	await send(page);
	await sound(page);
	assert.match(await state(page), /待受理/);
});

test('the mediator protects first: no mediation is offered, and the page says why', async () => {
	const page = await post('mediator');
	await go(page, kase);
	await step(page, 'accept', {});
	for (const [side, name, more] of [['a', '阮玉珍', { sex: '2', protected_person: '1', safe_contact: 'yes' }], ['b', '靳德海', { sex: '1', safe_contact: 'no' }]]) {
		await go(page, kase);
		await go(page, `/party/new?parent=${id(kase)}`);
		await fill(page, { side, name, ...more });
		await send(page);
		await sound(page);
	}
	await go(page, kase);
	await step(page, 'safety', { ongoing: 'yes', willing: 'no', told: '1', protection: ['warning', 'order'] });
	await go(page, kase);
	await shot(page, 'case');
	assert.match(await text(page, '.dangers'), /先保护，不调解|保护/);
	assert.equal(await page.locator(`main a[href^="/session/new"], main a[href^="/agreement/new"], main a[href="${kase}/settle"]`).count(), 0, 'neither session nor agreement nor settlement is offered');
	await page.goto(`/session/new?parent=${id(kase)}`);
	await fill(page, { form: 'joint', held: local(), present: '双方', rights_told: '1', text: '一起谈' });
	await send(page);
	assert.ok(page.answer >= 400, 'nor taken');
	await sound(page);
});

test('assessed by the scale, and a plan with her', async () => {
	const page = await post('mediator');
	await go(page, `/assessment/new?parent=${id(kase)}`);
	await shot(page, 'scale');
	const asks = await page.$$eval('fieldset.ask', (all) => all.map((f) => f.querySelector('input').name));
	assert.ok(asks.length >= 8);
	for (const name of asks)
		await page.check(`input[name="${name}"][value="yes"]`);
	await fill(page, { party: { index: 1 }, held: local(), alone: '1' });
	await send(page);
	await sound(page);
	assert.equal(page.answer, 200, await text(page));
	assert.match(await text(page), /红色/);
	await go(page, `/safetyplan/new?parent=${id(kase)}`);
	await fill(page, { party: { index: 1 }, made_on: local().slice(0, 10), contact_way: '打她手机', contact_when: '上午九点以后' });
	await send(page);
	await sound(page);
	await go(page, kase);
	await shot(page, 'assessed');
	assert.ok(await page.locator('main a[href^="/safetyplan/"]').count());
});

test('a warning letter: asked for, issued, served, copied, and he is visited apart from her', async () => {
	const page = await post('mediator'), police = await post('police');
	await go(page, `/letter/new?parent=${id(kase)}`);
	await fill(page, { victim: { label: '甲方 阮**' }, offender: { label: '乙方 靳**' }, police: { index: 1 }, happened: local(Date.now() - 86400e3), facts: '用皮带抽打背部，有多处淤伤。', circumstances: 'repeated', evidence: ['victim', 'neighbours', 'medical'], disputed: 'yes' });
	await send(page);
	await sound(page);
	await go(page, kase);
	letter = await page.locator('main a[href^="/letter/"]:not([href*="new"])').first().getAttribute('href');
	await go(police, letter);
	await shot(police, 'letter');
	/* Also when it is just past midnight: it is served an hour after. */
	await step(police, 'issue', { issued_on: local(Date.now() - 3600e3).slice(0, 10), officer: '王警官、赵警官' });
	await go(police, letter);
	await step(police, 'serve', { read_out: '1', served_offender: local(Date.now() - 3600e3), served_victim: local() });
	await go(police, letter);
	await step(police, 'copy', { copied_fed: local(), copied_comm: local() });
	await go(police, letter);
	assert.match(await state(police), /查访中/);
	await go(police, kase.replace('case', 'party'));
	assert.equal(police.answer, 404, 'the station sees its letter, and no party page');
	await go(page, kase);
	const visits = await page.locator('main a[href^="/visit/"]:not([href*="new"])').count();
	assert.ok(visits >= 8, `${visits} visits: each of both apart`);
	const pdf = await police.request.get(`${letter}/paper/letter`);
	assert.equal((await pdf.body()).subarray(0, 5).toString(), '%PDF-');
});

test('a protection order: applied for, made within its hours, served, broken, answered', async () => {
	const page = await post('mediator'), court = await post('court');
	await go(page, `/order/new?parent=${id(kase)}`);
	await fill(page, { applicant: { label: '甲方 阮**' }, respondent: { label: '乙方 靳**' }, court: { index: 1 }, proxy: 'self', place: 'violence', requests: ['violence', 'harass'], facts: '用皮带抽打，扬言再来。' });
	await send(page);
	await sound(page);
	assert.equal(page.answer, 200, await text(page));
	await go(page, kase);
	order = await page.locator('main a[href^="/order/"]:not([href*="new"])').first().getAttribute('href');
	/* What says where she is must not go to him with the application. */
	await court.goto(order);
	assert.equal(court.answer, 404, 'not the court’s before it is handed in');
	await go(page, order);
	await step(page, 'file', { filed_at: local() });
	await go(court, order);
	await shot(court, 'order');
	await step(court, 'grant', { decided_at: local(), ruling: '（2026）苏0582民保令19号', measures: ['violence', 'harass'], until: local(Date.now() + 150 * 86400e3).slice(0, 10) });
	await go(court, order);
	await step(court, 'serve', { served_applicant: local(), served_respondent: local(), served_police: local(), served_comm: local() });
	await go(court, order);
	assert.match(await state(court), /生效|执行/);
	await go(page, order);
	await step(page, 'breach', { breach_at: local(), breach_note: '又到她单位门口堵人。' });
	await go(court, order);
	await step(court, 'handle', { handled: 'fine', note: '处罚款。' });
	/* Where she hid stands in her own words, which are her team's: no office that was asked for one thing reads them, nor finds them. */
	for (const p of [court, await post('police'), await post('civil')])
		for (const path of ['/', order, letter, kase, '/case', '/notices', `/search?q=${encodeURIComponent(where)}`]) {
			await p.goto(path);
			assert.ok(!(await text(p, 'body')).includes(where), `${path} says where she is`);
		}
});

test('what she reads on her phone tells nobody who looks over her shoulder', async () => {
	const her = await open(browser, city, { ...phone, javaScriptEnabled: false });
	await her.goto('/help/status');
	await her.fill('#code', code);
	await Promise.all([her.waitForNavigation(), her.click('button.btn-primary')]);
	assert.equal(her.answer, 200);
	const said = await text(her, 'body');
	for (const word of [mark, where, '告诫', '保护令', '家庭暴力', '靳', '皮带'])
		assert.ok(!said.includes(word), `it says ${word}`);
	await shot(her, 'status');
	await her.context().close();
});
