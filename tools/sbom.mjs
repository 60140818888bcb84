/*
 * sbom: what the program is made of, as CycloneDX 1.5 JSON on stdout: the Debian packages of tools/packages that it is built with, in the versions installed
 * here, and npm's by the lock file. The same input gives the same bytes: no date, no random number.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const read = (name) => readFileSync(new URL(name, root), 'utf8');

function debian() {
	const names = read('tools/packages').split('\n').filter((l) => l.startsWith('build ')).flatMap((l) => l.split(' ').slice(1)).filter(Boolean);
	const asked = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${Version} ${Architecture}\n', ...names], { encoding: 'utf8' });
	const known = new Map((asked.stdout ?? '').split('\n').filter(Boolean).map((l) => [l.split(' ')[0], l.split(' ').slice(1)]));
	return names.map((name) => {
		const [version, arch] = known.get(name) ?? [];
		return { type: 'library', name, ...(version && { version }), purl: `pkg:deb/debian/${name}${version ? `@${encodeURIComponent(version)}?arch=${arch}` : ''}` };
	});
}

function npm() {
	const lock = JSON.parse(read('package-lock.json'));
	return Object.entries(lock.packages).filter(([path]) => path).map(([path, p]) => {
		const name = path.replace(/^.*node_modules\//, '');
		const hash = /^sha512-(.+)$/.exec(p.integrity ?? '');
		return {
			type: 'library', name, version: p.version, scope: p.dev ? 'excluded' : 'required', purl: `pkg:npm/${name.replace('@', '%40')}@${p.version}`,
			...(p.license && { licenses: [{ license: { name: p.license } }] }),
			...(hash && { hashes: [{ alg: 'SHA-512', content: Buffer.from(hash[1], 'base64').toString('hex') }] }),
		};
	});
}

const version = /version: '([^']+)'/.exec(read('meson.build'))[1];
const components = [...debian(), ...npm()].map((c) => ({ 'bom-ref': c.purl, ...c })).sort((a, b) => (a.purl < b.purl ? -1 : a.purl > b.purl ? 1 : 0));
const digest = createHash('sha256').update(JSON.stringify(components)).digest('hex');
const serial = `urn:uuid:${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
console.log(JSON.stringify({
	bomFormat: 'CycloneDX', specVersion: '1.5', serialNumber: serial, version: 1,
	metadata: { component: { type: 'application', name: 'xiaoan', version, licenses: [{ license: { id: 'Apache-2.0' } }] } },
	components,
}, null, 1));
