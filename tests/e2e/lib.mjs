/*
 * What every page test needs: the program on a fresh demo city in a temporary folder, a browser, and the demands that hold
 * on each page whatever it is for: no script error, no breach of the content policy, no missing asset, nothing that axe
 * calls serious or critical.
 *
 * XA_PROGRAM: the program under test (else build/xiaoan). XA_CHROMIUM: the browser (else /usr/bin/chromium).
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../', import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const program = process.env.XA_PROGRAM ?? join(root, 'build/xiaoan');
const browserPath = process.env.XA_CHROMIUM ?? '/usr/bin/chromium';

export const posts = ['city', 'town', 'community', 'grid', 'mediator', 'hotline', 'police', 'leader', 'auditor', 'admin', 'secadmin'];
export const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

/* The program on its own folder and port. stop() ends exactly this process and removes the folder. */
export async function serve({ scale = '0.02', args = [] } = {}) {
	assert.ok(existsSync(program), `no program at ${program}: run make first`);
	const dir = mkdtempSync(join(tmpdir(), 'xiaoan-e2e-'));
	const data = join(dir, 'data');
	const made = spawnSync(program, ['demo', '--scale', scale, '--data', data], { encoding: 'utf8' });
	assert.equal(made.status, 0, `demo: ${made.stdout}${made.stderr}`);
	const child = spawn(program, ['serve', '--data', data, '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
	let out = '';
	const ready = new Promise((resolve, reject) => {
		const look = (b) => {
			out += b;
			const url = /http:\/\/[0-9.]+:[0-9]+/.exec(out), password = /(?:密码：|password:)\s*(\S+)\n/.exec(out);
			if (url && password)
				resolve({ url: url[0], password: password[1] });
		};
		child.stdout.on('data', look);
		child.stderr.on('data', look);
		child.on('exit', (code) => reject(new Error(`serve ended (${code}): ${out}`)));
	});
	const at = await ready;
	return {
		...at, data, program, pid: child.pid,
		log: () => out,
		async stop() {
			const gone = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
			child.kill('SIGTERM');
			const end = await gone;
			rmSync(dir, { recursive: true, force: true });
			return end;
		},
	};
}

export const launch = () => chromium.launch({
	executablePath: browserPath, headless: true,
	args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking',
		'--disable-component-update', '--disable-sync'],
});

/* A page of its own browser session that remembers all that went wrong on it and what it weighed. */
export async function open(browser, city, options = {}) {
	const context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce', viewport: { width: 1280, height: 900 }, baseURL: city.url, ...options });
	const page = await context.newPage();
	page.setDefaultTimeout(60000);
	page.wrong = [];
	page.weight = 0;
	if (options.javaScriptEnabled !== false) {
		await page.exposeFunction('xaViolation', (text) => page.wrong.push(`content policy: ${text}`));
		await page.addInitScript(() => addEventListener('securitypolicyviolation', (e) => window.xaViolation(`${e.violatedDirective} ${e.blockedURI}`)));
	}
	page.on('pageerror', (e) => page.wrong.push(`script: ${e.message}`));
	page.on('console', (m) => {
		/* A form sent back with its mistakes is an answer 422, and Chromium's console calls every such answer an error. */
		if (m.type() === 'error' && !/^Failed to load resource/.test(m.text()))
			page.wrong.push(`console: ${m.text()}`);
	});
	page.on('response', (r) => {
		const main = r.request().isNavigationRequest();
		if (r.status() >= (main ? 500 : 400))
			page.wrong.push(`${r.status()} ${r.url()}`);
		if (main)
			page.answer = r.status();
	});
	page.on('requestfinished', async (r) => {
		try { page.weight += (await r.sizes()).responseBodySize; } catch { /* the page was closed meanwhile */ }
	});
	page.on('requestfailed', (r) => {
		if (!/ERR_ABORTED/.test(r.failure()?.errorText ?? ''))
			page.wrong.push(`${r.failure()?.errorText} ${r.url()}`);
	});
	return page;
}

export async function login(page, city, who) {
	await page.goto('/login');
	await page.fill('#login', who);
	await page.fill('#password', city.password);
	page.password = city.password;
	await Promise.all([page.waitForURL((u) => u.pathname !== '/login'), page.click('main form[action="/login"] button[type=submit]')]);
	return page;
}

/* What axe finds serious or critical, one line each. */
export async function axeFaults(page) {
	await page.evaluate(`${axe}\n;0`);
	const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
	return found.violations.filter((v) => ['serious', 'critical'].includes(v.impact))
		.map((v) => `${v.impact} ${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`);
}

/* axe is slow: it looks at each kind of page, in each language and width, as it stands in each state, and not at each number. */
const looked = new Set();

async function kindOf(page) {
	const at = new URL(page.url());
	const state = await page.evaluate(() => [document.documentElement.lang, innerWidth, document.querySelector('h1 .state')?.innerText, document.querySelectorAll('[role=alert]').length].join(' '));
	return `${at.pathname.replace(/\d+/g, 'N')} ${[...at.searchParams.keys()]} ${page.answer} ${state}`;
}

/* What must hold on every page. Sideways scrolling of the whole page counts as a fault too: phones have no room for it. */
export async function sound(page) {
	const kind = await kindOf(page), faults = [...page.wrong];
	if (!looked.has(kind))
		faults.push(...await axeFaults(page));
	looked.add(kind);
	const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	if (over > 1)
		faults.push(`the page is ${over} px wider than the window`);
	/* Names of states stand whole in their boxes, in each language. */
	faults.push(...await page.evaluate(() => [...document.querySelectorAll('.flow-node')].flatMap((g) => {
		const room = g.querySelector('rect').getBBox().width;
		return [...g.querySelectorAll('text')].filter((t) => t.getBBox().width > room).map((t) => `${t.textContent}: wider than its box`);
	})));
	page.wrong.length = 0;
	assert.deepEqual(faults, [], `${page.url()} is not sound`);
}

export async function go(page, path) {
	await page.goto(path);
	await sound(page);
}

/* Presses a form's main button and waits for the page that follows. */
export async function send(page, button = 'main form:not(.filters) .card-footer button[type=submit]') {
	await Promise.all([page.waitForNavigation(), page.click(button)]);
	/* More than five minutes after the log-in, what reaches far asks who it is. */
	if (page.password && await page.locator('#fresh_proof').count()) {
		await page.fill('#fresh_proof', page.password);
		await Promise.all([page.waitForNavigation(), page.click('form[action="/fresh"] button')]);
	}
}

export const text = (page, sel = 'main') => page.locator(sel).first().innerText();

/* A local moment as datetime-local wants it. */
export function local(ms = Date.now()) {
	return new Date(ms + 8 * 3600e3).toISOString().slice(0, 16);
}
