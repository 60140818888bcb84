/* The calendar with its secret address, the handing over of open work, and a slip, as its people meet them; on a desk and on a phone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { go, launch, login, open, phone, send, serve, sound, text } from './lib.mjs';

let city, browser;
before(async () => {
	city = await serve();
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await city?.stop();
});

const shots = process.env.XA_SHOTS;
async function shot(page, name) {
	if (shots)
		await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
}

test('the calendar shows appointments and gives a phone an address without names', async () => {
	const page = await login(await open(browser, city), city, 'mediator');
	await page.goto('/calendar');
	await sound(page);
	await shot(page, 'calendar-month');
	/* The number of the case and the room, never a title: a name may stand in it. */
	const said = await page.locator('.cal-more').allInnerTexts();
	assert.ok(said.length > 0);
	for (const s of said)
		assert.match(s.trim(), /^案〔\d{4}〕\d+号( · [^·]*(室|门）))?$/);
	await page.goto('/calendar?view=week');
	await shot(page, 'calendar-week');
	await page.goto('/calendar');
	await page.click('form[action="/calendar/feed"] button');
	const address = (await page.locator('.cal-secret').innerText()).trim();
	await shot(page, 'calendar-feed');
	assert.match(address, /^\/feed\/[\w-]{20,}\.ics$/);
	const stranger = await (await browser.newContext({ baseURL: page.url().split('/calendar')[0], ignoreHTTPSErrors: true })).newPage();
	const got = await stranger.request.get(address);
	assert.equal(got.status(), 200);
	const ics = await got.text();
	assert.match(ics, /^BEGIN:VCALENDAR\r\n/);
	for (const line of ics.replace(/\r\n /g, '').split('\r\n').filter((l) => l.startsWith('SUMMARY')))
		assert.match(line, /^SUMMARY:预约 · 案〔\d{4}〕\d+号$/);
	assert.match(got.headers()['content-type'], /^text\/calendar/);
	assert.equal((await stranger.request.get(address.replace('.ics', 'x.ics'))).status(), 404);
	await page.goto('/calendar');
	await page.click('form[action="/calendar/feed/end"] button');
	assert.equal((await stranger.request.get(address)).status(), 404);
	const small = await login(await open(browser, city, phone), city, 'mediator');
	await small.goto('/calendar');
	await sound(small);
	await shot(small, 'calendar-phone');
});

test('all open work of a mediator is handed over from one page', async () => {
	const page = await login(await open(browser, city), city, 'city');
	await page.goto('/mediator');
	const hrefs = await page.locator('tr[data-href] a').evaluateAll((v) => v.map((a) => a.getAttribute('href')));
	let lines = 0;
	for (const href of hrefs) {
		await page.goto(href + '/handover');
		lines = await page.locator('select[name^="to-"]').count();
		if (lines) {
			await page.goto(href);
			await shot(page, 'mediator');
			await page.goto(href + '/handover');
			break;
		}
	}
	assert.ok(lines > 0);
	await sound(page);
	await shot(page, 'handover');
	await page.selectOption('select[name=reason]', 'leave');
	await page.locator('form[data-main] button[type=submit]').click();
	if (await page.locator('input[type=password]').count()) {
		await page.fill('input[type=password]', city.password ?? 'chun-tian-rui-yue');
		await page.locator('main button[type=submit], form button[type=submit]').last().click();
	}
	await page.waitForURL(/\/handover\/\d+/);
	await shot(page, 'handover-done');
	assert.ok(await page.locator('.same li').count() > 0);
});

test('a supervision slip stands on its page with its paper', async () => {
	const page = await login(await open(browser, city), city, 'mediator');
	await page.goto('/supervision');
	await shot(page, 'supervisions');
	await page.locator('tr[data-href] a').first().click();
	await sound(page);
	await shot(page, 'supervision');
	const paper = await page.request.get(new URL(await page.locator('a[href$="/paper/slip"]').first().getAttribute('href'), page.url()).href);
	assert.equal(paper.headers()['content-type'], 'application/pdf');
	if (shots)
		(await import('node:fs')).writeFileSync(`${shots}/slip.pdf`, await paper.body());
});
