/*
 * One day in the city, as its people live it: a call about violence at home becomes a clue, a case, a settlement kept to, and
 * a figure in the month. Each test goes on where the one before ended.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { go, launch, local, login, open, send, serve, sound, text } from './lib.mjs';

let city, browser, clue, kase;
/* 花园浜社区 of 杨舍镇: where the demo city's own posts work. */
const place = '320582100004';
const as = {};

/* The page of a post, logged in once and kept for the whole day. */
async function post(who) {
	if (!as[who])
		as[who] = await login(await open(browser, city), city, who);
	return as[who];
}

/* Opens a record's step from its own button, as a person does, and fills the form. */
async function step(page, verb, fields, { checks = [] } = {}) {
	await Promise.all([page.waitForNavigation(), page.locator(`main a.btn[href$="/${verb}"], main a.btn[href^="/${verb}/new?parent="]`).first().click()]);
	await sound(page);
	await fill(page, fields, checks);
	await send(page);
	await sound(page);
}

async function fill(page, fields, checks = []) {
	for (const [name, value] of Object.entries(fields)) {
		const el = page.locator(`main form [name="${name}"]`).first();
		if (await el.evaluate((e) => e.tagName) === 'SELECT')
			await el.selectOption(value);
		else
			await el.fill(value);
	}
	for (const [name, value] of checks)
		await page.check(`main form input[name="${name}"][value="${value}"]`);
}


const state = (page) => text(page, 'main h1 .state');

before(async () => {
	city = await serve();
	browser = await launch();
}, { timeout: 120000 });

after(async () => {
	await browser?.close();
	if (city)
		assert.equal(await city.stop(), 0, 'the program ends cleanly when asked to');
});

test('a wrong password says so and keeps the name', async () => {
	const page = await open(browser, city);
	await go(page, '/login');
	await page.fill('#login', 'hotline');
	await page.fill('#password', 'not the one');
	await Promise.all([page.waitForNavigation(), page.click('main form[action="/login"] button')]);
	assert.equal(page.answer, 401);
	assert.equal(await page.inputValue('#login'), 'hotline');
	assert.equal(await page.inputValue('#password'), '');
	assert.ok(await page.isVisible('main [role=alert]'));
	await sound(page);
	await page.context().close();
});

test('the hotline clerk takes a call', async () => {
	const page = await post('hotline');
	await sound(page);
	await go(page, '/clue/new');
	await fill(page, {
		source: 'hotline12345', text: '来电人称昨晚又被丈夫打了，脸和手臂有伤，孩子在旁边看见，丈夫扬言再报警就不客气。她想有人管一管。', reporter_name: '周玉兰',
		reporter_phone: '19900012345', safe_contact: 'yes', safe_note: '白天九点到十一点', party_a_name: '周玉兰', party_a_phone: '19900012345', party_b_name: '阿卜杜拉·买买提',
		party_b_phone: '19900054321', address: '花园浜一村3幢', violence: 'yes', child_present: 'yes', area: place,
	});
	await send(page);
	assert.match(page.url(), /\/clue\/\d+$/);
	clue = new URL(page.url()).pathname;
	await sound(page);
	assert.match(await text(page), /待研判/);
});

test('what is missing is said at its field, and what was typed stays', async () => {
	const page = await post('hotline');
	await go(page, '/clue/new');
	await page.evaluate(() => { document.querySelector('main form[data-once]').noValidate = true; });
	await fill(page, { source: 'hotline12345', party_a_name: '赵一', party_a_phone: '12', party_a_idno: '990582199001011234', received: local(Date.now() + 86400e3) });
	await send(page);
	assert.equal(page.answer, 422);
	assert.equal(await page.inputValue('[name=party_a_phone]'), '12');
	assert.equal(await page.inputValue('[name=party_a_name]'), '赵一');
	for (const name of ['text', 'party_a_phone', 'party_a_idno'])
		assert.ok((await text(page, `#h-${name} .error`)).length > 3, `a message at ${name}`);
	await sound(page);
	/* And from there it goes through. */
	await fill(page, { text: '来电咨询赡养老人的费用怎么分担。', party_a_phone: '19900011111', party_a_idno: '', received: '' });
	await send(page);
	assert.match(page.url(), /\/clue\/\d+$/);
});

test('the town screens the clue: the words are marked, a person confirms', async () => {
	const page = await post('town');
	await go(page, '/clue?state=new');
	assert.ok(await page.locator(`main a[href="${clue}"]`).count(), 'the clue waits in the list');
	await go(page, clue);
	assert.ok(await page.locator('.narrative mark').count() >= 1, 'words that raised a signal are marked');
	await step(page, 'confirm', { family: '1', kind: 'M03', grade: 'red' });
	assert.match(await state(page), /已研判/);
});

test('a lower grade needs a reason', async () => {
	const page = await post('hotline');
	await go(page, '/clue/new');
	await fill(page, { source: 'hotline12345', text: '来电人说丈夫拿刀威胁要杀她，现在躲在邻居家。', urgency: 'now', violence: 'yes', area: place });
	await send(page);
	const town = await post('town');
	await go(town, `${new URL(page.url()).pathname}/confirm`);
	await fill(town, { family: '1', kind: 'M03', grade: 'blue' });
	await send(town);
	assert.equal(town.answer, 422);
	assert.match(await text(town, '#h-note .error'), /理由/);
	assert.equal(await town.inputValue('[name=grade]'), 'blue');
	await sound(town);
});

test('the town opens the case', async () => {
	const page = await post('town');
	await go(page, clue);
	await step(page, 'open', {});
	await go(page, clue);
	kase = await page.locator('main a[href^="/case/"]').first().getAttribute('href');
	await go(page, kase);
	assert.match(await state(page), /待分派/);
	assert.ok(await page.locator('svg.flow .flow-now').count() === 1, 'the picture shows one present state');
});

test('the town dispatches it to a mediator by suggestion', async () => {
	const page = await post('town');
	await go(page, kase);
	const choose = page.locator('main a.btn', { hasText: '选择' });
	assert.ok(await choose.count() >= 1, 'mediators are suggested');
	await Promise.all([page.waitForNavigation(), choose.first().click()]);
	await sound(page);
	assert.ok(await page.inputValue('[name=owner]'), 'the suggested mediator stands in the form');
	assert.ok(await page.inputValue('[name=org]'), 'and her unit');
	/* The one who works on in this test is the demo city's own. */
	const me = await (await post('mediator')).locator('.desk-top .me b').innerText();
	await go(page, `${kase}/dispatch`);
	await page.selectOption('[name=owner]', { label: me });
	await page.selectOption('[name=org]', { label: '杨舍镇妇联' });
	/* She need not be the first of the list: then a reason is asked. */
	await page.selectOption('[name=choice]', 'wish');
	await send(page);
	await sound(page);
	assert.match(await state(page), /待受理/);
});

test('the mediator accepts; no session before the safety check', async () => {
	const page = await post('mediator');
	await go(page, '/');
	assert.ok(await page.locator(`main a[href="${kase}"]`).count(), 'the case waits on the workbench');
	await go(page, kase);
	await step(page, 'accept', {});
	assert.match(await state(page), /已受理/);
	await go(page, `/session/new?parent=${kase.split('/')[2]}`);
	await fill(page, { form: 'separate', held: local(), present: '周玉兰', rights_told: '1', text: '了解情况' });
	await send(page);
	assert.ok(page.answer >= 400, 'refused');
	assert.match(await text(page, 'main [role=alert]'), /安全/);
	assert.equal(await page.inputValue('[name=text]'), '了解情况');
	await sound(page);
});

test('safety check, then a session with each apart', async () => {
	const page = await post('mediator');
	await go(page, kase);
	await step(page, 'safety', { ongoing: 'no', willing: 'yes', told: '1' });
	await go(page, kase);
	await step(page, 'session', { form: 'separate', held: local(), place: '杨舍镇调解室', present: '周玉兰，另约对方', rights_told: '1', minutes: '60', text: '分别谈话。' });
	assert.match(await state(page), /调解中/);
});

test('a written agreement with a duty, signed, and the case settled', async () => {
	const page = await post('mediator');
	await go(page, kase);
	await step(page, 'agreement', { form: 'written', facts: '多次争吵并动手。', terms: '男方保证不再动手，搬到单位宿舍住三个月。', performance: '十二月一日前搬出。' });
	await go(page, kase);
	const agreement = await page.locator('main a[href^="/agreement/"]:not([href*="new"])').first().getAttribute('href');
	await step(page, 'duty', { agreement: agreement.split('/')[2], what: '搬到单位宿舍', side: 'b', due_on: local(Date.now() + 7 * 86400e3).slice(0, 10) });
	await go(page, agreement);
	await step(page, 'sign', { signed_on: local().slice(0, 10), parties_signed: '1', mediator_signed: '1', sealed: '1' });
	await go(page, kase);
	await step(page, 'settle', { outcome: 'written', method: 'people' });
	assert.match(await state(page), /调解成功/);
	assert.equal(await page.locator('main a[href^="/visit/"]:not([href*="new"])').count() >= 3, true, 'visits after 7, 30 and 90 days are planned');
});

test('the case is not closed before its visits are made', async () => {
	const page = await post('mediator');
	await go(page, `${kase}/close`);
	await send(page);
	assert.ok(page.answer >= 400, 'refused');
	await sound(page);
});

test('each visit of its plan, then closed and archived', async () => {
	const page = await post('mediator');
	/* codes/visit_plan.tsv has five for a case of violence, three for most. */
	for (let i = 0; ; i++) {
		await go(page, kase);
		const visit = await page.evaluate(() => [...document.querySelectorAll('main tr, main li')].find((r) => r.querySelector('a[href^="/visit/"]') && /待回访/.test(r.innerText))?.querySelector('a').getAttribute('href'));
		if (!visit) {
			assert.ok(i >= 3, `${i} visits`);
			break;
		}
		await go(page, visit);
		await page.goto(`${visit}/visit`);
		assert.deepEqual((await page.$$eval('[name=party] option', (all) => all.map((o) => o.innerText).filter((s) => s !== '请选择'))).sort(), ['甲方 周**', '乙方 阿**'].sort(), 'the people of this case, and of no other');
		await go(page, visit);
		await step(page, 'visit', { result: 'calm', satisfaction: 'good', safe_now: 'yes', text: '平稳，没有再动手。' });
	}
	await go(page, kase);
	await step(page, 'close', { no_report: '已告知，孩子没有受伤。' });
	assert.match(await state(page), /已结案/);
	await step(page, 'archive', {});
	assert.match(await state(page), /已归档/);
});

test('the city reads the month, and a figure leads to its records', async () => {
	const page = await post('city');
	await sound(page);
	await go(page, '/report/month');
	assert.match(await text(page), /合计|总计/);
	/* Every figure of the first table, and one of each of the others: as many records as it says. */
	const cells = await page.$$eval('main table', (all) => all.flatMap((t, i) => [...t.querySelectorAll('a')].slice(0, i ? 1 : 99).map((a) => [a.getAttribute('href'), Number(a.innerText.replaceAll(',', ''))])));
	assert.ok(cells.length >= 10, 'figures have links');
	for (const [href, said] of cells) {
		await page.goto(href);
		assert.equal(Number((await text(page, 'main h1 .count')).replace(/\D/g, '')), said, href);
	}
	await sound(page);
	for (const kind of ['xlsx', 'pdf']) {
		const file = await page.request.get(`/report/month.${kind}`);
		assert.equal(file.status(), 200);
		assert.equal((await file.body()).subarray(0, kind === 'pdf' ? 4 : 2).toString(), kind === 'pdf' ? '%PDF' : 'PK');
	}
	/* From the command line: the same, with its small figures only when asked. */
	const now = new Date(), month = `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, '0')}`;
	const paper = (...more) => {
		const made = spawnSync(city.program, ['report', 'month', month, '--format', 'html', '--data', city.data, ...more], { encoding: 'utf8', maxBuffer: 1 << 26 });
		assert.equal(made.status, 0, made.stderr);
		return made.stdout;
	};
	assert.match(paper(), /&lt;5/);
	assert.doesNotMatch(paper('--inside'), /&lt;5/);
});

test('who is no party to it sees nothing of it', async () => {
	const leader = await post('leader');
	await go(leader, '/report/month');
	assert.equal(await leader.locator('main table a').count(), 0, 'a leader reads figures and is led to no records');
	for (const who of ['police', 'leader', 'auditor', 'admin', 'secadmin', 'grid']) {
		const page = await post(who);
		await page.goto(kase);
		assert.ok(page.answer === 404 || page.answer === 403, `${who} gets ${page.answer} for ${kase}`);
		assert.ok(!(await text(page, 'body')).includes('周玉兰'), who);
		await sound(page);
	}
});
