// assets.mjs ROOT OUT STAMP: builds what the pages load: styles purged of what no page uses, scripts bundled, icons in one
// sprite. Works only when an input has changed (STAMP holds a hash of them all) and leaves unchanged files alone.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createRequire } from 'node:module';

const [root, out, stamp] = process.argv.slice(2);
if (!stamp) {
	console.error('usage: assets.mjs ROOT OUT STAMP');
	process.exit(2);
}
const require = createRequire(join(root, 'package.json'));

function walk(dir, ends) {
	if (!existsSync(dir))
		return [];
	return readdirSync(dir, { withFileTypes: true }).flatMap((e) => {
		const p = join(dir, e.name);
		return e.isDirectory() ? walk(p, ends) : ends.some((x) => e.name.endsWith(x)) ? [p] : [];
	}).sort();
}
const own = walk(join(root, 'assets'), ['']);
const pages = [...walk(join(root, 'templates'), ['.html']), ...walk(join(root, 'src'), ['.c'])];
const read = (p) => readFileSync(p, 'utf8');
const text = new Map([...own, ...pages].map((p) => [p, read(p)]));

const hash = createHash('sha256');
for (const [p, t] of text)
	hash.update(relative(root, p)).update('\0').update(t).update('\0');
hash.update(read(join(root, 'package-lock.json'))).update(readFileSync(new URL(import.meta.url)));
const want = hash.digest('hex') + '\n';
const names = ['desk.css', 'phone.css', 'app.js', 'chart.js', 'icons.svg', 'favicon.svg', 'logo.svg'];
if (existsSync(stamp) && read(stamp) === want && names.every((n) => existsSync(join(out, n))))
	process.exit(0);
mkdirSync(out, { recursive: true });
for (const n of readdirSync(out))
	if (!names.includes(n))
		rmSync(join(out, n));

const esbuild = require('esbuild');
const { PurgeCSS } = require('purgecss');
function put(name, bytes) {
	const p = join(out, name);
	if (!existsSync(p) || read(p) !== bytes)
		writeFileSync(p, bytes);
}

// ---- styles: a class is used when its name stands anywhere in a page or in our scripts
const words = (t) => t.match(/[A-Za-z0-9_-]+(?:\/[0-9]+)?/g) ?? [];
async function css(name, library, usedBy) {
	const content = [...text].filter(([p]) => usedBy(relative(root, p))).map(([, raw]) => ({ raw, extension: 'html' }));
	const [purged] = await new PurgeCSS().purge({
		content,
		css: [{ raw: read(library) }],
		defaultExtractor: words,
		safelist: { standard: ['html', 'body', 'lang', 'dir', 'disabled', 'checked', 'readonly', 'required', 'open', 'type'] },
		keyframes: true,
		fontFace: true,
		variables: false,
	});
	const source = `${purged.css}\n${text.get(join(root, 'assets', name))}`;
	const { code, warnings } = await esbuild.transform(source, { loader: 'css', minify: true, charset: 'utf8', target: 'chrome84', logLevel: 'silent' });
	for (const w of warnings)
		console.error(`${name}: ${w.text}`);
	if (/@import|url\((?!\s*["']?(?:data:|#))/.test(code))
		throw new Error(`${name}: a style asks for something from elsewhere`);
	put(name, code);
}
const isScript = (p) => p.startsWith('assets/') && p.endsWith('.js');
const phone = (p) => /^(templates|src)\/(phone|portal)\//.test(p);
const desk = (p) => /^(templates|src)\//.test(p) && !phone(p);
const tabler = join(root, 'node_modules/@tabler/core/dist/css/tabler.css');
const weui = join(root, 'node_modules/weui/dist/style/weui.css');

// ---- scripts: no eval, no HTML from strings
const library = (p) => join(root, 'node_modules', p);
const noHtml = {
	name: 'no-html',
	setup(build) {
		// zrender empties its element with innerHTML = '', which Trusted Types forbid; its HTML tooltips are not used.
		build.onLoad({ filter: /node_modules\/(zrender|echarts)\/.*\.js$/ }, (args) => ({
			contents: read(args.path).replace(/([\w.]+)\.innerHTML\s*=\s*(?:''|"")/g, '$1.replaceChildren()')
				.replace(/\.innerHTML\s*=(?!=)/g, '.textContent ='),
			loader: 'js',
		}));
	},
};
async function bundle(name, contents, plugins = []) {
	const r = await esbuild.build({
		stdin: { contents, resolveDir: root, sourcefile: name, loader: 'js' },
		bundle: true, minify: true, format: 'iife', target: 'es2020', charset: 'utf8', legalComments: 'none', write: false,
		plugins, logLevel: 'silent', outfile: name, define: { 'process.env.NODE_ENV': '"production"' },
	});
	put(name, r.outputFiles[0].text);
}

// ---- icons
function sprite() {
	const named = new Set(text.get(join(root, 'assets/icons.txt')).split('\n').map((l) => l.trim()).filter((l) => l && !l.startsWith('#')));
	for (const p of pages)
		for (const m of text.get(p).matchAll(/icons\.svg[^#\n]{0,8}#([a-z0-9-]+)|\bicon\("([a-z0-9-]+)"\)/g))
			named.add(m[1] ?? m[2]);
	const parts = [];
	for (const n of [...named].sort()) {
		const p = library(`@tabler/icons/icons/outline/${n}.svg`);
		if (!existsSync(p))
			throw new Error(`assets/icons.txt: Tabler has no outline icon called ${n}`);
		const inner = read(p).replace(/^[\s\S]*?<svg[\s\S]*?>/, '').replace('</svg>', '')
			.replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, '').replace(/\s*\n\s*/g, '').replace(/ \/>/g, '/>');
		parts.push(`<symbol id="${n}" viewBox="0 0 24 24">${inner}</symbol>`);
	}
	put('icons.svg', `<svg xmlns="http://www.w3.org/2000/svg">${parts.join('')}</svg>`);
}

try {
	const app = 'import "./node_modules/htmx.org/dist/htmx.esm.js";\nimport "./node_modules/htmx.org/dist/ext/hx-csp.js";\n' +
		'import "./assets/app.js";\n';
	await Promise.all([
		css('desk.css', tabler, (p) => desk(p) || isScript(p)),
		css('phone.css', weui, (p) => phone(p) || isScript(p)),
		bundle('app.js', app),
		bundle('chart.js', text.get(join(root, 'assets/chart.js')), [noHtml]),
	]);
	sprite();
	for (const n of ['favicon.svg', 'logo.svg'])
		put(n, text.get(join(root, 'assets', n)));
	writeFileSync(stamp, want);
} catch (e) {
	console.error(`assets: ${e.message}`);
	process.exit(1);
}
