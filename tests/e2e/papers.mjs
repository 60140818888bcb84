/* Papers and photos as people meet them: at the desk, on a phone, without script, from a citizen's phone; and what must not come in. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { go, launch, login, open, phone, serve, sound, text } from './lib.mjs';

let city, browser, jpeg, kase;
before(async () => {
	city = await serve();
	browser = await launch();
	const page = await open(browser, city);
	await page.goto('/login');
	/* A picture that nobody took. */
	const url = await page.evaluate(() => {
		const c = Object.assign(document.createElement('canvas'), { width: 900, height: 600 }), x = c.getContext('2d');
		for (let i = 0; i < 60; i++) {
			x.fillStyle = `hsl(${i * 6} 60% 60%)`;
			x.fillRect(i * 15, 0, 15, 600);
		}
		x.fillStyle = '#000';
		x.font = '80px sans-serif';
		x.fillText('照片', 300, 300);
		return c.toDataURL('image/jpeg', 0.8);
	});
	jpeg = Buffer.from(url.split(',')[1], 'base64');
	await page.context().close();
});
after(async () => {
	await browser?.close();
	await city?.stop();
});

const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents 4 0 R>>\nendobj\n4 0 obj\n<</Length 31>>stream\n1 0 0 rg 20 20 200 200 re f     \nendstream\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
const html = Buffer.from('<!doctype html><script>alert(1)</script>');
const shot = async (page, name) => process.env.XA_SHOTS && page.screenshot({ path: join(process.env.XA_SHOTS, `${name}.png`), fullPage: true });
const fresh = async (who, options) => login(await open(browser, city, options), city, who);

async function ownCase(page) {
	await page.goto('/case');
	const hrefs = await page.locator('tr[data-href] a').evaluateAll((v) => v.map((a) => a.getAttribute('href')));
	for (const href of hrefs) {
		await page.goto(href);
		if (await page.locator('#papers a[href^="/document/add"]').count())
			return href;
	}
	assert.fail('no case of her own');
}

async function choose(page, files, side = 'a') {
	await page.selectOption('[name=side]', side);
	await page.setInputFiles('[name=file]', files);
}

test('several at once, with a bar, and a picture of each', async () => {
	const page = await fresh('mediator');
	kase = await ownCase(page);
	await page.click('#papers a[href^="/document/add"]');
	await sound(page);
	await shot(page, 'papers-add');
	await choose(page, [{ name: 'IMG_0001.JPG', mimeType: 'image/jpeg', buffer: jpeg }, { name: '协议.pdf', mimeType: 'application/pdf', buffer: pdf }, { name: '她写的.txt', mimeType: 'text/plain', buffer: Buffer.from('一句话。\n') }]);
	await Promise.all([page.waitForURL((u) => u.pathname === kase), page.click('form[data-upload] button[type=submit]')]);
	await sound(page);
	assert.equal(await page.locator('.paper').count(), 3);
	assert.equal(await page.locator('.paper img').count(), 2, 'a photo and a first page');
	assert.ok(await page.locator('.paper img').first().evaluate((i) => i.decode().then(() => i.naturalWidth > 100)));
	assert.equal(await page.locator('.paper-grey').count(), 1, 'and a grey tile');
	await shot(page, 'papers-case');
	/* One of them: the copy, its hashes, and the original as an attachment that no browser may run. */
	await page.click('.paper a');
	await sound(page);
	await shot(page, 'paper-one');
	assert.ok(await page.locator('.paper-view img').evaluate((i) => i.decode().then(() => i.naturalWidth === 900)));
	assert.match(await text(page), /[0-9a-f]{64}/);
	const answer = await page.request.get(await page.locator('a[href$="/file"]').getAttribute('href'));
	assert.equal(answer.status(), 200);
	assert.ok((await answer.body()).equals(jpeg), 'the very bytes');
	const head = answer.headers();
	assert.match(head['content-disposition'], /^attachment; filename=/);
	assert.equal(head['x-content-type-options'], 'nosniff');
	assert.match(head['content-security-policy'], /^sandbox/);
	assert.equal(head['content-type'], 'image/jpeg');
	assert.equal(head['cache-control'], 'no-store');
	await page.context().close();
});

test('what is refused is named, with script and without, and the rest is kept', async () => {
	for (const js of [true, false]) {
		const page = await fresh('mediator', { javaScriptEnabled: js });
		await page.goto(kase);
		const before = await page.locator('.paper').count();
		await page.click('#papers a[href^="/document/add"]');
		await choose(page, [{ name: '坏.jpg', mimeType: 'image/jpeg', buffer: html }, { name: '好.jpg', mimeType: 'image/jpeg', buffer: jpeg }], 'b');
		if (js) {
			await page.click('form[data-upload] button[type=submit]');
			await page.locator('[data-upload-error] p').waitFor();
		} else {
			await Promise.all([page.waitForNavigation(), page.click('form[data-upload] button[type=submit]')]);
		}
		assert.match(await text(page, '[data-upload-error]'), /坏\.jpg/);
		assert.doesNotMatch(await text(page, '[data-upload-error]'), /好\.jpg/);
		if (js) {
			page.wrong = page.wrong.filter((w) => !/^422 .*\/document\/add$/.test(w));   /* the answer that was asked for */
			await sound(page);
			await shot(page, 'papers-refused');
		}
		await page.goto(kase);
		assert.equal(await page.locator('.paper').count(), before + 1);
		await page.context().close();
	}
});

test('on a phone', async () => {
	const page = await fresh('mediator', phone);
	await go(page, kase);
	await shot(page, 'papers-case-phone');
	await page.click('#papers a[href^="/document/add"]');
	await sound(page);
	await shot(page, 'papers-add-phone');
	await page.selectOption('[name=side]', 'a');
	await page.setInputFiles('[name=photo]', { name: 'image.jpg', mimeType: 'image/jpeg', buffer: jpeg });
	await Promise.all([page.waitForURL((u) => u.pathname === kase), page.click('form[data-upload] button[type=submit]')]);
	await page.click('.paper a');
	await sound(page);
	await shot(page, 'paper-one-phone');
	await page.context().close();
});

test('from her own phone, and never shown there again', async () => {
	const page = await open(browser, city, phone);
	await page.goto('/help/write');
	await sound(page);
	await shot(page, 'portal-write-phone');
	await page.fill('[name=text]', '他昨晚打了我，胳膊上有伤。');
	await page.setInputFiles('[name=file]', { name: 'IMG_7.jpg', mimeType: 'image/jpeg', buffer: jpeg });
	await Promise.all([page.waitForNavigation(), page.locator('form[action="/help/write"] button[type=submit]').last().click()]);
	await sound(page);
	const code = (await text(page, '.receipt')).replace(/\s/g, '');
	/* A file that is none: what she wrote stays in the form. */
	await page.goto('/help/write');
	await page.fill('[name=text]', '再说一件事。');
	await page.setInputFiles('[name=file]', { name: 'a.jpg', mimeType: 'image/jpeg', buffer: html });
	await Promise.all([page.waitForNavigation(), page.locator('form[action="/help/write"] button[type=submit]').last().click()]);
	await sound(page);
	assert.equal(await page.inputValue('[name=text]'), '再说一件事。');
	assert.equal(page.answer, 422);
	await shot(page, 'portal-refused-phone');
	/* Later, with her number: one more, and nothing of it comes back. */
	await page.goto('/help/status');
	await page.fill('[name=code]', code);
	await Promise.all([page.waitForNavigation(), page.locator('form[action="/help/status"] button[type=submit]').click()]);
	await sound(page);
	await page.setInputFiles('[name=file]', { name: 'IMG_8.jpg', mimeType: 'image/jpeg', buffer: jpeg });
	await Promise.all([page.waitForNavigation(), page.locator('form[action="/help/more"] button[value=add]').click()]);
	await sound(page);
	await shot(page, 'portal-more-phone');
	assert.equal(await page.locator('img').count(), 0);
	assert.equal(await page.locator('form[action="/help/file"]').count(), 0);
	await page.context().close();
	/* The desk that screens it has both. */
	const desk = await fresh('city');
	await desk.goto('/clue?state=new');
	const hrefs = await desk.locator('tr[data-href] a').evaluateAll((v) => v.map((a) => a.getAttribute('href')));
	let seen = 0;
	for (const href of hrefs.slice(0, 12)) {
		await desk.goto(href);
		seen = Math.max(seen, await desk.locator('.paper img').count());
		if (seen)
			break;
	}
	assert.equal(seen, 2);
	await sound(desk);
	await shot(desk, 'papers-clue');
	await desk.context().close();
});

test('what lies on the disk is no picture', () => {
	const dir = join(city.data, 'files'), names = readdirSync(dir);
	assert.ok(names.length >= 10);
	for (const n of names) {
		const b = readFileSync(join(dir, n));
		assert.equal(b.subarray(0, 8).toString(), 'xafile1\n');
		assert.ok(!b.includes('JFIF') && !b.includes('%PDF'));
		assert.equal(statSync(join(dir, n)).mode & 0o077, 0);
	}
});

test('the police hang the scan of what was signed on their own paper, and the team sees neither', async () => {
	const page = await fresh('police');
	await page.goto('/');
	const hrefs = await page.locator('main a[href^="/letter/"]').evaluateAll((v) => v.map((a) => a.getAttribute('href')));
	let paper, letter;
	for (letter of hrefs) {
		await page.goto(letter);
		if (await page.locator('main a[href^="/office_paper/"]').count()) {
			paper = await page.locator('main a[href^="/office_paper/"]').first().getAttribute('href');
			break;
		}
	}
	assert.ok(paper, 'a letter with a paper kept');
	/* What was kept last is not proposed for the next. */
	await page.goto(`${letter}/keep`);
	assert.equal(await page.inputValue('[name=paper]'), '');
	await go(page, `${paper}/scan`);
	await page.setInputFiles('[name=file]', { name: '送达.jpg', mimeType: 'image/jpeg', buffer: jpeg });
	await Promise.all([page.waitForURL((u) => u.pathname === paper), page.click('form[data-upload] button[type=submit]')]);
	await sound(page);
	assert.equal(await page.locator('.paper').count(), 1);
	const scan = await page.locator('.paper a').getAttribute('href');
	await go(page, scan);
	assert.ok(await page.locator('.paper-view img').evaluate((i) => i.decode().then(() => i.naturalWidth > 100)));
	await shot(page, 'office-scan');
	for (const who of ['mediator', 'city']) {
		const other = await fresh(who);
		for (const at of [paper, scan, `${scan}/view`, `${scan}/file`, `${paper}/scan`])
			assert.ok([403, 404].includes((await other.request.get(at)).status()), `${who} ${at}`);
		await other.context().close();
	}
	await page.context().close();
});

test('no link of an office’s page leads where it may not go', async () => {
	const page = await fresh('court');
	await page.goto('/');
	for (const order of await page.locator('main a[href^="/order/"]').evaluateAll((v) => v.map((a) => a.getAttribute('href')))) {
		await go(page, order);
		for (const href of await page.locator('main a[href^="/"]').evaluateAll((v) => v.map((a) => a.getAttribute('href'))))
			assert.equal((await page.request.get(href)).status(), 200, `${order} → ${href}`);
	}
	await page.context().close();
});
