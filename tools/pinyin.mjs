#!/usr/bin/env node
// Why: how a character is read comes from Unicode's Unihan database as Debian's unicode-data carries it, not from a copy here.
// Usage: node pinyin.mjs [--readings FILE.txt.bz2] [--stamp FILE] OUTPUT.txt
// Writes lines "syllable<TAB>characters", without tones, ü as v, sorted: the customary reading of each character (kMandarin), and behind it,
// for those that are read otherwise as a surname, that reading too. The same data always gives the same bytes.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

// As surnames (《现代汉语词典》): the second reading beside the usual one.
const surnames = {
  单: 'shan', 仇: 'qiu', 区: 'ou', 曾: 'zeng', 解: 'xie', 查: 'zha', 朴: 'piao', 任: 'ren', 盖: 'ge', 翟: 'zhai', 尉: 'yu', 华: 'hua', 缪: 'miao', 员: 'yun', 种: 'chong', 折: 'she',
  乐: 'yue', 繁: 'po', 重: 'chong', 秘: 'bi', 令: 'ling', 冼: 'xian', 洗: 'xian', 过: 'guo', 哈: 'ha', 纪: 'ji', 宁: 'ning', 撒: 'sa', 应: 'ying', 燕: 'yan', 召: 'shao', 黑: 'he', 盛: 'sheng',
  长: 'chang', 行: 'xing', 朝: 'chao', 茜: 'qian', 莎: 'sha', 倩: 'qian', 琦: 'qi', 璐: 'lu', 娜: 'na', 佳: 'jia', 传: 'chuan', 调: 'diao', 贾: 'jia', 沈: 'shen', 覃: 'qin', 都: 'du',
};

const args = { '--readings': '/usr/share/unicode/Unihan_Readings.txt.bz2', '--stamp': '' };
let output = null;
for (let i = 2; i < process.argv.length; i++) {
  if (process.argv[i] in args) args[process.argv[i]] = process.argv[++i];
  else output = process.argv[i];
}
const fail = (m) => { process.stderr.write(`pinyin: ${m}\n`); process.exit(1); };
if (!output) fail('usage: pinyin.mjs [--readings FILE] [--stamp FILE] OUTPUT');
const bz = spawnSync('bzcat', [args['--readings']], { maxBuffer: 1 << 28, encoding: 'utf8' });
if (bz.status !== 0) fail(`cannot read ${args['--readings']} (Debian: unicode-data, bzip2)`);

const by = new Map();
const put = (syllable, ch) => by.set(syllable, (by.get(syllable) ?? new Set()).add(ch));
const bare = (s) => s.normalize('NFD').replace(/u\u0308/g, 'v').replace(/[\u0300-\u036f]/g, '');
let n = 0;
for (const line of bz.stdout.split('\n')) {
  const m = /^U\+([0-9A-F]{4})\tkMandarin\t(\S+)/.exec(line);
  const cp = m && parseInt(m[1], 16);
  if (!m || cp < 0x3400 || cp > 0x9fff) continue;
  const s = bare(m[2].toLowerCase());
  if (!/^[a-z]{1,6}$/.test(s)) continue;
  put(s, String.fromCharCode(cp));
  n++;
}
if (n < 20000) fail(`only ${n} readings`);
for (const [ch, s] of Object.entries(surnames)) put(s, ch);
const lines = [...by].sort(([a], [b]) => (a < b ? -1 : 1)).map(([s, set]) => `${s}\t${[...set].sort().join('')}\n`);
mkdirSync(dirname(output), { recursive: true });
writeFileSync(output, lines.join(''));
if (args['--stamp']) writeFileSync(args['--stamp'], '');
