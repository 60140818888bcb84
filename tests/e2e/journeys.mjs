/*
 * The journeys of those who protect, with their clicks counted from the page each begins on: a warning letter by the police, a shelter with its sealed address,
 * a row of follow-up calls, a slip to who is late. A click more than it needs is a fault: in such work nobody has it to spare.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, login, open, phone, serve, sound, text } from './lib.mjs';

let city, browser;
before(async () => {
	city = await serve({ scale: '0.1' });   /* where more meets: a small city never has a suspected guardian and a calendar in one case */
	browser = await launch();
}, { timeout: 120000 });
after(async () => {
	await browser?.close();
	if (city)
		assert.equal(await city.stop(), 0);
});

const shots = process.env.XA_SHOTS;
const shot = async (page, name) => shots && await page.screenshot({ path: `${shots}/journey-${name}.png`, fullPage: true });

/* Whoever works, and how often she clicked so far. */
async function post(who, options) {
	const page = await login(await open(browser, city, options), city, who);
	page.clicks = 0;
	page.hit = async (what) => {
		page.clicks++;
		await Promise.all([page.waitForNavigation(), page.locator(what).first().click()]);
		await sound(page);
	};
	page.send = () => page.hit('main form[data-main] button[type=submit]');
	return page;
}

const first = async (page, path) => {
	await page.goto(path);
	return page.locator('tr[data-href] a').first().getAttribute('href');
};
const state = (page) => text(page, 'main h1 .state');
/* As a person of the city types a day or a minute. */
const clock = (ms) => new Date(ms + 8 * 3600e3).toISOString().slice(0, 16);
const today = () => clock(Date.now()).slice(0, 10);

test('the police write and issue a warning letter; the federation and the village have it', async () => {
	const page = await post('police');
	const href = await first(page, '/letter?state=asked');
	await page.goto('/');
	await page.hit(`main a[href="${href}"]`);
	await page.hit('main a.btn[href$="/issue"]');
	await page.fill('[name=issued_on]', today());
	await page.fill('[name=officer]', '王警官、赵警官');
	await page.send();
	assert.ok(page.clicks <= 4, `${page.clicks} clicks`);
	await page.goto(href);
	assert.equal(await state(page), '已签发，待送达');
	await shot(page, 'letter');
	const fed = await post('city');
	await fed.goto(href);
	assert.equal(await state(fed), '已签发，待送达', 'the federation sees that it is issued');
	assert.ok(!(await text(fed)).includes('王警官'), 'and not the rest of what the station wrote');
	await page.context().close();
	await fed.context().close();
});

test('a woman is placed in a shelter; where, nobody sees alone', async () => {
	const town = await post('mediator');
	const secret = '暨阳路九十九号三单元';
	/* A case of hers with violence at home, at work: what was returned asks for nothing more, and may stand first at some hours. */
	const href = await first(town, '/case?state=accepted%7Cmediating&violence=1');
	await town.goto(href);
	const id = href.split('/')[2];
	town.clicks = 0;
	await town.hit(`main a[href="/stay/new?parent=${id}"]`);
	await town.selectOption('[name=party]', { index: 1 });
	await town.selectOption('[name=office]', { index: 1 });
	await town.check('input[name=reasons] >> nth=0');
	await town.selectOption('[name=minors]', { index: 1 });
	await town.send();
	await town.goto(href);
	await town.hit(`main a[href="/vault/new?parent=${id}"]`);
	await town.selectOption('[name=kind]', 'shelter');
	await town.fill('[name=kept]', secret);
	await town.send();
	assert.ok(town.clicks <= 6, `${town.clicks} clicks`);
	await town.goto(href);
	assert.ok(!(await text(town)).includes(secret), 'she who wrote it does not see it again alone');
	await shot(town, 'shelter');
	const civil = await post('civil');
	const stay = await first(civil, '/');
	assert.ok(stay);
	for (const who of ['city', 'leader', 'police', 'community', 'admin']) {
		const page = await post(who);
		await page.goto(href);
		assert.ok(!(await text(page)).includes(secret), `${who} does not see it`);
		await page.goto(`/search?q=${encodeURIComponent('暨阳路')}`);
		assert.ok(!(await text(page)).includes(secret), `${who} does not find it`);
		await page.context().close();
	}
	await town.context().close();
	await civil.context().close();
});

test('follow-up calls in a row on a phone: two clicks each', async () => {
	const page = await post('mediator', phone);
	await page.hit('a[href="/visits/next"]');
	const seen = new Set();
	for (let i = 0; i < 3 && /\/visit\/\d+\/visit/.test(page.url()); i++) {
		const at = new URL(page.url()).pathname;
		assert.ok(!seen.has(at), 'each once');
		seen.add(at);
		await page.selectOption('[name=result]', { index: 1 });
		await page.selectOption('[name=satisfaction]', { index: 1 });
		await page.selectOption('[name=safe_now]', 'yes');
		if (await page.locator('input[name=points]').count())
			for (const box of await page.locator('input[name=points]').all())
				await box.check();
		await page.selectOption('[name=alone]', '1');
		await page.fill('[name=text]', '电话回访，正在履行，没有再争吵。');
		await shot(page, `call-${i}`);
		const before = page.clicks;
		await page.send();
		assert.equal(page.clicks - before, 1);
		assert.equal(await page.locator('main [role=alert].errors').count(), 0, await text(page));
	}
	assert.ok(seen.size >= 2, 'one call led to the next');
	await page.context().close();
});

test('who is late gets a slip, answers, and it is closed', async () => {
	const page = await post('city');
	await page.goto('/case?open=1');
	await page.hit('tr[data-href] a');
	const href = new URL(page.url()).pathname;
	page.clicks = 0;
	await page.hit(`main a[href="/supervision/new?parent=${href.split('/')[2]}"]`);
	await page.selectOption('[name=level]', { index: 1 });
	await page.fill('[name=ask]', '请说明超期原因，三日内办结。');
	await page.fill('[name=by_on]', clock(Date.now() + 5 * 86400e3).slice(0, 10));
	await page.send();
	assert.ok(page.clicks <= 3, `${page.clicks} clicks`);
	await page.goto(href);
	assert.ok((await text(page)).includes('督办'), 'it stands on the page of the case');
	await shot(page, 'slip');
	await page.context().close();
});

test('the mediator opens a case, writes the record and the agreement; both sign on her phone', async () => {
	const page = await post('mediator', phone);
	await page.goto('/case?state=mediating&violence=0');
	let href, id;
	for (href of await page.locator('tr[data-href] a').evaluateAll((all) => all.map((a) => a.getAttribute('href')))) {
		id = href.split('/')[2];
		await page.goto(href);
		if (await page.locator(`main a[href="/agreement/new?parent=${id}"]`).count())
			break;
	}
	for (const [side, name] of [['a', '阮玉珍'], ['b', '靳德海']]) {
		await page.goto(`/party/new?parent=${id}`);
		await page.selectOption('[name=side]', side);
		await page.fill('[name=name]', name);
		await page.send();
	}
	await page.goto(href);
	page.clicks = 0;
	await page.hit(`main a[href="/agreement/new?parent=${id}"]`);
	await page.selectOption('[name=form]', 'written');
	await page.fill('[name=facts]', '双方因抚养费数额争执。');
	await page.fill('[name=terms]', '乙方每月付抚养费一千二百元。');
	await page.fill('[name=performance]', '每月五日前转账。');
	await page.send();
	assert.ok(page.clicks <= 2);
	assert.equal(page.answer, 200, await text(page));
	await page.goto(href);
	const agreement = await page.locator('main a[href^="/agreement/"]:not([href*="new"])').last().getAttribute('href');
	await page.goto(agreement);
	await page.hit(`main a[href="${agreement}/ink"]`);
	assert.ok((await text(page)).includes('一千二百元'), 'they read what they sign');
	await shot(page, 'sign-empty');
	/* An empty field is no signature, and says so. */
	await page.selectOption('[name=whom]', { label: '甲方 阮玉珍' }).catch(() => page.selectOption('[name=whom]', { label: '甲方 阮**' }));
	await page.send();
	assert.equal(await page.locator('.errors').count(), 1);
	const write = async (whom) => {
		const options = await page.$$eval('[name=whom] option', (all) => all.map((o) => [o.value, o.innerText]));
		await page.selectOption('[name=whom]', options.find(([, t]) => t.includes(whom))[0]);
		await page.locator('canvas.ink').scrollIntoViewIfNeeded();
		const box = await page.locator('canvas.ink').boundingBox();
		await page.mouse.move(box.x + 30, box.y + 40);
		await page.mouse.down();
		for (let i = 0; i < 24; i++)
			await page.mouse.move(box.x + 30 + i * 8, box.y + 40 + 30 * Math.sin(i / 2));
		await page.mouse.up();
		await shot(page, `sign-${whom}`);
		await page.send();
		assert.equal(await page.locator('.errors').count(), 0, await text(page));
	};
	await write('阮');
	await write('靳');
	await write('调解员');
	assert.equal(await page.locator('.same li').count(), 3);
	const pdf = await page.request.get(`${agreement}/paper`);
	assert.equal((await pdf.body()).subarray(0, 5).toString(), '%PDF-');
	if (shots)
		(await import('node:fs')).writeFileSync(`${shots}/signed.pdf`, await pdf.body());
	/* What goes into the file: numbered with one press, signed on the screen, and it stands still from then on. */
	await page.goto(`/case/${id}/papers`);
	await sound(page);
	await shot(page, 'papers');
	await page.hit('form:has(input[value="case_register"]) button');
	const paper = new URL(page.url()).pathname;
	assert.match(paper, /^\/issued\/\d+$/);
	assert.match(await text(page), /之1/);
	await page.hit(`main a[href="${paper}/ink"]`);
	await write('记录人');
	await page.goto(paper);
	await page.hit(`main a[href="${paper}/sign"]`);
	await page.fill('[name=signed_on]', today());
	await page.send();
	await page.goto(paper);
	assert.equal(await state(page), '已签署存档');
	assert.equal((await (await page.request.get(`${paper}/sheet`)).body()).subarray(0, 5).toString(), '%PDF-');
	assert.equal((await (await page.request.get(`${paper}/sheet?as=docx`)).body()).subarray(0, 2).toString(), 'PK');
	await page.hit(`main a[href="${paper}/void"]`);
	await page.fill('[name=note]', '当事人姓名写错');
	await page.send();
	await page.goto(paper);
	assert.equal(await state(page), '已声明无效');
	await page.goto(`/case/${id}/papers`);
	await page.hit('form:has(input[value="case_register"]) button');
	assert.match(await text(page), /之2/);
	await page.context().close();
});
