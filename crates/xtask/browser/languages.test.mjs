// The form has words for every language code: those of the language, of a related one, or English. Runs on the oldest supported Hugo and on
// a recent one, with the language alone and beside English.

import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Blog, clean, root } from './harness.mjs';

after(clean);

const MODULE = join(root, 'hugo-partials');
const HUGOS = [['the oldest', process.env.OLD_HUGO, 'languageCode'], ["today's", process.env.HUGO, 'locale']];

/** The site's language code, the language of the words, the value for the script, and the locale if the site sets one. */
const TABLE = [
  ['en', 'en', 'en'],
  ['en-gb', 'en', 'en-gb'],
  ['en-us', 'en', 'en-us'],
  ['de-at', 'de', 'de-at'],
  ['fr-ca', 'fr', 'fr-ca'],
  ['es-419', 'es', 'es-419'],
  ['nl-be', 'nl', 'nl-be'],
  ['pt-br', 'pt', 'pt-br'],
  ['pt-pt', 'pt', 'pt-pt'],
  ['pl-pl', 'pl', 'pl-pl'],
  ['ru-ru', 'ru', 'ru-ru'],
  ['ar-eg', 'ar', 'ar-eg'],
  ['ro-md', 'ro', 'ro-md'],
  ['no', 'nb', 'nb'],
  ['nn', 'nb', 'nb'],
  ['nb-no', 'nb', 'nb-no'],
  ['zh-cn', 'zh', 'zh-cn'],
  ['zh-sg', 'zh', 'zh-sg'],
  ['zh-hans', 'zh', 'zh-hans'],
  ['zh-hans-cn', 'zh', 'zh-hans-cn'],
  ['zh-tw', 'zh-hant', 'zh-tw'],
  ['zh-hk', 'zh-hant', 'zh-hk'],
  ['zh-hant', 'zh-hant', 'zh-hant'],
  ['zh-hant-tw', 'zh-hant', 'zh-hant-tw'],
  // Common codes that are no language; the locale decides.
  ['cn', 'zh', 'zh', 'zh-CN'],
  ['kr', 'ko', 'ko', 'ko-KR'],
  ['tw', 'zh-hant', 'zh-hant', 'zh-Hant-TW'],
  // Languages without a translation.
  ['sr', 'en', 'en'],
  ['vi', 'en', 'en'],
];

const words = (language) => {
  const file = readFileSync(join(MODULE, `i18n/${language}.toml`), 'utf8');
  return new Map([...file.matchAll(/^(\w+) = "(.*?)"/gm)].map(([, key, text]) => [key, text]));
};
const NUMBERS = [...Array.from({ length: 130 }, (_, n) => n + 1), 200, 201, 1002, 12_345];
const list = `<html>{{ partial "ardoise/head.html" . }}{{ range slice ${NUMBERS.join(' ')} }}<i data-n="{{ . }}">{{ partial "ardoise/data/counted.html" . }}</i>{{ end }}</html>`;

/** A site in `languages`; the first one is the default. */
function site([, hugo, locale], languages, files = {}) {
  const blog = new Blog({ hugo, files });
  cpSync(MODULE, join(blog.folder, 'themes/ardoise'), { recursive: true });
  const one = ([key, , , code], n) => `[languages.${key}]\nweight = ${n + 1}\n${code ? `${locale} = "${code}"\n` : ''}`;
  blog.write('hugo.toml', `
baseURL = "https://blog.example.org/"
theme = ["ardoise"]
defaultContentLanguage = "${languages[0][0]}"
defaultContentLanguageInSubdir = true
disableKinds = ["section", "taxonomy", "term", "RSS", "sitemap"]
${languages.map(one).join('')}`);
  blog.write('layouts/_default/list.html', list);
  blog.write('layouts/_default/single.html', '<html>{{ partial "ardoise/comments.html" . }}</html>');
  for (const [key] of languages) blog.write(`content/a.${key}.md`, '---\ntitle: A\n---\n');
  return blog;
}

/** The texts on the pages of one language, and the expected ones. */
function compare(blog, [key, wanted, tag], context) {
  const said = words(wanted);
  // With a single language the oldest Hugo has no folder for it.
  const folder = blog.has(`public/${key}/index.html`) ? `public/${key}` : 'public';
  const [home, page] = [blog.read(`${folder}/index.html`), blog.read(`${folder}/a/index.html`)];
  assert.match(home, new RegExp(`data-lang="${tag}"`), context);
  const text = page.replaceAll('&#39;', "'");
  for (const word of ['send', 'author', 'thanks', 'reply', 'title', 'refused_required', 'trap']) {
    assert.ok(text.includes(said.get(`ardoise_${word}`)), `${context}: ${word}: ${said.get(`ardoise_${word}`)}`);
  }
  assert.doesNotMatch(page, /<button[^>]*><\/button>|<label for[^>]*> *<|data-\w+=""|\[i18n\]/, `${context}: something is empty`);
  // With the plural rules of the module's language, as the browser applies them.
  const forms = Object.fromEntries([...readFileSync(join(MODULE, `i18n/${wanted}.toml`), 'utf8').split('[ardoise_comments]')[1].matchAll(/^(\w+) = "(.*)"$/gm)].map(([, form, words]) => [form, words]));
  const plural = new Intl.PluralRules(wanted);
  for (const [, n, text] of home.matchAll(/<i data-n="(\d+)">([^<]*)<\/i>/g)) {
    const form = forms[plural.select(Number(n))] ?? forms.other;
    assert.equal(text, form.replace('{{ .Count }}', n), `${context}: ${n}`);
  }
  return page;
}

for (const hugo of HUGOS) {
  test(`${hugo[0]} Hugo has words for a language by whatever name, alone`, () => {
    for (const row of TABLE) {
      const blog = site(hugo, [row]);
      const named = row[1] === 'en' && !row[0].startsWith('en');
      if (named) assert.throws(() => blog.build(), new RegExp(`no words for the language "${row[0]}"; add i18n/${row[0]}.toml`));
      blog.build(...(named ? ['--panicOnWarning=false'] : []));
      compare(blog, row, row[0]);
    }
  });

  test(`${hugo[0]} Hugo has words for a language by whatever name, beside English`, () => {
    const blog = site(hugo, TABLE);
    blog.build('--panicOnWarning=false');
    for (const row of TABLE) compare(blog, row, row[0]);
  });

  test(`${hugo[0]} Hugo takes the site's own words before the module's, in a related language too`, () => {
    const own = { 'i18n/pt-br.toml': 'ardoise_send = "Mandar ver"\n', 'i18n/eo.toml': 'ardoise_send = "Sendi"\n[ardoise_comments]\none = "{{ .Count }} komento"\nother = "{{ .Count }} komentoj"\n' };
    const blog = site(hugo, [['en', 'en', 'en'], ['pt-br', 'pt', 'pt-br'], ['eo', 'eo', 'eo']], own);
    blog.build();
    const page = blog.read('public/pt-br/a/index.html');
    assert.match(page, />Mandar ver<\/button>/);
    assert.ok(page.includes(words('pt').get('ardoise_author')));
    assert.match(blog.read('public/eo/index.html'), /data-lang="eo" data-forms="1 komento\|2 komentoj/);
    // The site has translated only a part, so the rest is English.
    assert.match(blog.read('public/eo/a/index.html'), />Sendi<\/button>/);
    assert.ok(blog.read('public/eo/a/index.html').includes(words('en').get('ardoise_thanks')));
  });
}

test('no partial asks for a word under the name of the language alone', () => {
  const folder = join(MODULE, 'layouts/partials/ardoise');
  const asking = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.html') && /\{\{[^}]*\bi18n "|\(i18n /.test(readFileSync(join(folder, name), 'utf8')));
  assert.deepEqual(asking, ['data/counted.html', 'data/words.html'], 'write $words.name in place of i18n "ardoise_name"');
});
