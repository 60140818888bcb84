/* The doors by which a trouble comes in: a call typed while she speaks, a woman's own phone, a file of another system. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { go, launch, login, open, phone, send, serve, sound, text } from './lib.mjs';

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

test('a call, keyboard only: phone, danger, words, saved; the next call waits', async () => {
	const page = await fresh('hotline');
	await go(page, '/intake');
	assert.equal(await page.evaluate(() => document.activeElement.name), 'phone', 'the clerk can type at once');
	await page.keyboard.type('19900033333');
	const want = { name: '钱秀珍', place: '花园浜社区', text: '来电人说丈夫现在正在打她，孩子在哭。', party_b: '孙大力' };
	const done = new Set();
	for (let i = 0; i < 40 && done.size < Object.keys(want).length; i++) {
		await page.keyboard.press('Tab');
		const name = await page.evaluate(() => document.activeElement.name);
		if (name === 'ask_violence')
			await page.keyboard.press('Space');
		if (name in want && !done.has(name)) {
			done.add(name);
			await page.keyboard.type(want[name]);
		}
	}
	assert.equal(done.size, Object.keys(want).length, `reached ${[...done]}`);
	await Promise.all([page.waitForURL(/saved=\d+/), page.keyboard.press('Control+Enter')]);
	await sound(page);
	assert.match(await text(page), /110/, 'danger now: the clerk is told to call 110');
	assert.equal(await page.inputValue('main form [name=text]'), '', 'an empty form for the next call');
	/* The same phone again: what was heard before is shown. */
	await go(page, '/intake/same?phone=19900033333');
	assert.ok(await page.locator('main .same a[href^="/clue/"]').count() >= 1);
	await page.context().close();
});

test('an unknown place is said, and nothing typed is lost', async () => {
	const page = await fresh('hotline');
	await go(page, '/intake');
	await page.fill('main form [name=place]', '没有这个地方');
	await page.fill('main form [name=text]', '打到一半。');
	await Promise.all([page.waitForNavigation(), page.locator('main form[action="/intake"] button[type=submit]').last().click()]);
	assert.equal(page.answer, 422);
	assert.equal(await page.inputValue('main form [name=text]'), '打到一半。');
	assert.equal(await page.inputValue('main form [name=place]'), '没有这个地方');
	await sound(page);
	await page.context().close();
});

for (const js of [true, false])
	test(`a woman writes from her phone${js ? '' : ', without script'}, and follows her number`, async (t) => {
		const page = await open(browser, city, { ...phone, javaScriptEnabled: js });
		const look = (p) => js ? go(p, new URL(p.url()).pathname) : undefined;
		await page.goto('/help');
		if (js)
			await sound(page);
		t.diagnostic(`first page: ${page.weight} bytes`);
		assert.ok(page.weight < 60000, `a first page of ${page.weight} bytes`);
		assert.equal(await page.locator('a[href="tel:110"]').count() >= 1, true);
		assert.ok(!/小安|妇联/.test(await page.title()), 'the title betrays nothing');
		await page.goto('/help/write');
		await look(page);
		await page.fill('[name=text]', '他昨天又打我，我不敢回家。');
		await Promise.all([page.waitForNavigation(), page.locator('main form button[type=submit], form[action="/help/write"] button[type=submit]').last().click()]);
		if (js)
			await sound(page);
		const code = (await text(page, '.receipt')).replace(/\D/g, '');
		assert.equal(code.length, 16);
		await page.goto('/help/status');
		await page.fill('[name=code]', code);
		await Promise.all([page.waitForNavigation(), page.locator('form[action="/help/status"] button[type=submit]').click()]);
		if (js)
			await sound(page);
		assert.equal(page.answer, 200);
		assert.ok(!(await text(page, 'body')).includes('不敢回家'), 'what she wrote is not shown again on a phone others may hold');
		assert.deepEqual(page.wrong, []);
		await page.context().close();
	});

test('a false number tells nothing', async () => {
	const page = await open(browser, city, phone);
	await go(page, '/help/status');
	await page.fill('[name=code]', '1234 5678 1234 5678');
	await Promise.all([page.waitForNavigation(), page.locator('form[action="/help/status"] button[type=submit]').click()]);
	await sound(page);
	assert.equal(await page.inputValue('[name=code]').catch(() => ''), '');
	await page.context().close();
});

test('a file: looked at, imported, its bad row named; a second time nothing twice', async () => {
	const page = await fresh('hotline');
	const file = { name: '热线.csv', mimeType: 'text/csv', buffer: Buffer.from('工单号,来电时间,诉求内容,来电号码\nA1,2026-11-01 09:00,来电人反映丈夫打人，要求妇联介入。,19900044444\nA2,2026-11-02 10:00,咨询离婚冷静期怎么算。,19900055555\nA3,2026-11-03 11:00,,19900066666\n') };
	for (const round of [1, 2]) {
		await go(page, '/import');
		await page.setInputFiles('[name=file]', file);
		await Promise.all([page.waitForNavigation(), page.click('main form[action="/import"] button[type=submit]')]);
		await sound(page);
		assert.match(await text(page), /诉求内容/);
		await Promise.all([page.waitForNavigation(), page.click('main button[name=do][value=run]')]);
		await page.waitForFunction(() => !document.querySelector('progress'), null, { timeout: 60000 });
		await sound(page);
		const said = await page.$$eval('main dl div', (all) => all.map((d) => d.innerText.replace(/\s+/g, ' ')));
		assert.match(said.join('; '), round === 1 ? /已导入 2|导入 2/ : /(已有|重复|已存在)\D*2/, said.join('; '));
	}
	await page.context().close();
});

test('what is no table is refused in plain words', async () => {
	const page = await fresh('hotline');
	await go(page, '/import');
	await page.setInputFiles('[name=file]', { name: 'a.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('%PDF-1.4 not a table') });
	await Promise.all([page.waitForNavigation(), page.click('main form[action="/import"] button[type=submit]')]);
	assert.equal(page.answer, 422);
	await sound(page);
	await page.context().close();
});
