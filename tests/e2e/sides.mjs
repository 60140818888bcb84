/* What stands covered, what one side alone reads, and what two persons open: as its people meet it. */
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

async function fresh(who, options) {
	return login(await open(browser, city, options), city, who);
}

/* A case whose parties this post reads in full, with a party that has a number. */
async function ownCase(page) {
	await page.goto('/case');
	const hrefs = await page.locator('tr[data-href] a').evaluateAll((v) => v.map((a) => a.getAttribute('href')));
	for (const href of hrefs) {
		await page.goto(href);
		if (await page.locator('.parties form.reveal').count() && await page.locator('a[href^="/message/new"]').count())
			return href;
	}
	assert.fail('no case of her own');
}

test('a name is uncovered where it stands, with script and without', async () => {
	for (const js of [true, false]) {
		const page = await fresh('mediator', { javaScriptEnabled: js });
		const href = await ownCase(page);
		if (js)
			await sound(page);
		assert.equal(await page.locator('.parties .bare').count(), 0, 'all stand covered');
		const button = page.locator('.parties form.reveal button:not([name])').first();
		if (js) {
			await button.click();
			await page.locator('.parties .bare').waitFor();
			assert.ok(page.url().endsWith(href), 'the page stayed');
			await sound(page);
		} else {
			await Promise.all([page.waitForNavigation(), button.click()]);
		}
		assert.equal(await page.locator('.parties .bare').count(), 1, 'one and no more');
		assert.ok(!(await text(page, '.parties .bare')).includes('*'));
		await page.context().close();
	}
});

test('a party gets a number, reads what is hers, and adds something on her phone without script', async () => {
	const page = await fresh('mediator');
	const href = await ownCase(page), id = href.split('/')[2];
	await go(page, await page.locator('.parties a[href^="/party/"]').first().getAttribute('href'));
	await Promise.all([page.waitForNavigation(), page.click('form[action$="/receipt"] button')]);
	await sound(page);
	const code = (await text(page, '.own-number')).trim();
	assert.match(code, /^\d{4}( \d{4}){3}$/);
	await go(page, `/message/new?parent=${id}`);
	await page.selectOption('[name=side]', 'a');
	await page.fill('[name=text]', '周二上午九点单独谈。');
	await send(page);
	const her = await open(browser, city, { ...phone, javaScriptEnabled: false });
	await her.goto('/help/status');
	await her.fill('#code', code);
	await Promise.all([her.waitForNavigation(), her.click('button.btn-primary')]);
	assert.equal(her.answer, 200);
	await her.fill('#more', '他昨天又来单位找我');
	await Promise.all([her.waitForNavigation(), her.click('button[value=add]')]);
	assert.ok(!(await text(her, 'body')).includes('来单位'), 'what she wrote is not shown back');
	await go(page, href);
	assert.ok((await text(page)).includes('来单位'), 'her team reads it');
	await her.context().close();
	await page.context().close();
});

test('the pages of exports, of the vault and of the counts are sound', async () => {
	const page = await fresh('town');
	await go(page, '/clue');
	await page.click('a[href^="/export/of"]');
	await page.waitForURL(/export\/of/);
	await sound(page);
	await go(page, '/export');
	await page.context().close();
	const sec = await fresh('secadmin');
	await go(sec, '/reveal');
	await go(sec, '/export');
	await sec.context().close();
	const leader = await fresh('leader');
	await go(leader, '/report/month');
	await leader.context().close();
	const officer = await fresh('city', phone);
	await go(officer, '/notices');
	await officer.context().close();
});
