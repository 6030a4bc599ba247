// The translations of the Hugo module: every language is complete, and a count reads the same whether Hugo bakes it or the browser formats
// it.

import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Blog, clean, root } from './harness.mjs';

after(clean);

const MODULE = join(root, 'hugo-partials');
const LANGUAGES = readdirSync(join(MODULE, 'i18n')).map((file) => file.replace(/\.toml$/, '')).sort();
const HUGOS = [['the oldest', process.env.OLD_HUGO], ["today's", process.env.HUGO]];
const FORMS = 'ardoise_comments';
/** Without zero, for which no count is shown. Above the hundreds, the plural rules repeat. */
const NUMBERS = [...Array.from({ length: 250 }, (_, n) => n + 1), 1000, 1001, 1002, 1011, 12_345];

/** Parses the subset of TOML that these files use: strings, and a table of strings. Anything else is an error. */
function read(language) {
  const top = {};
  let table = top;
  for (const line of readFileSync(join(MODULE, `i18n/${language}.toml`), 'utf8').split('\n')) {
    const [, name] = /^\[(\w+)\]$/.exec(line) ?? [];
    const [, key, text] = /^(\w+) = ("(?:[^"\\]|\\.)*")\s*(?:#.*)?$/.exec(line) ?? [];
    if (name) table = top[name] = {};
    else if (key) table[key] = JSON.parse(text);
    else assert.match(line, /^(#.*)?$/, `${language}: ${line}`);
  }
  return top;
}

/** One site in all languages: what the script gets in each, and Hugo's own text for each number. */
function bake(hugo) {
  const blog = new Blog({ hugo });
  // From the repository: the copy in the program may be older.
  cpSync(MODULE, join(blog.folder, 'themes/ardoise'), { recursive: true });
  const settings = `
baseURL = "https://blog.example.org/"
theme = ["ardoise"]
defaultContentLanguage = "en"
defaultContentLanguageInSubdir = true
disableKinds = ["page", "section", "taxonomy", "term", "RSS", "sitemap"]
# Otherwise missing words would be replaced by those of another language.
enableMissingTranslationPlaceholders = true
${LANGUAGES.map((language, n) => `[languages.${language}]\nweight = ${n + 1}\n`).join('')}`;
  blog.write('hugo.toml', settings);
  // The name of the setting in the older Hugo.
  blog.write('config.toml', settings);
  const counts = `{{ range slice ${NUMBERS.join(' ')} }}<p data-n="{{ . }}">{{ i18n "${FORMS}" . }}</p>{{ end }}`;
  const words = Object.keys(read('en')).filter((key) => key !== FORMS).map((key) => `<i id="${key}">{{ i18n "${key}" }}</i>`);
  blog.write('layouts/_default/list.html', `<html>{{ partial "ardoise/head.html" . }}${counts}${words.join('')}</html>`);
  blog.build();
  return new Map(LANGUAGES.map((language) => {
    const page = blog.read(`public/${language}/index.html`);
    const [, lang, forms] = /data-lang="([^"]*)" data-forms="([^"]*)"/.exec(page);
    const said = new Map([...page.matchAll(/<p data-n="(\d+)">([^<]*)<\/p>/g)].map(([, n, text]) => [Number(n), text]));
    return [language, { page, lang, forms: forms.split('|'), said }];
  }));
}

/** The rule of static/ardoise.js, repeated here: a change there fails this test for the languages that it affects. */
function words({ lang, forms }, n) {
  const samples = [1, 2, 3, 5, 11, 100];
  const plural = new Intl.PluralRules(lang);
  const alike = samples.findIndex((sample) => plural.select(sample) === plural.select(n));
  const chosen = alike < 0 ? samples.length - 1 : alike;
  return forms[chosen].replace(samples[chosen], n);
}

/** The oldest Hugo has older rules for Romanian, in which 101 has the form of 20, with “de”. The browser corrects it. */
const outdated = (name, language, n) => name === 'the oldest' && language === 'ro' && n > 100 && n % 100 === 1;

const baked = new Map(HUGOS.map(([name, hugo]) => [name, bake(hugo)]));

test('every language has all words', () => {
  const keys = Object.keys(read('en'));
  for (const language of LANGUAGES) {
    const file = read(language);
    assert.deepEqual(Object.keys(file), keys, `${language}: the keys of en.toml, in its order`);
    const texts = [...Object.values(file).filter((text) => typeof text === 'string'), ...Object.values(file[FORMS])];
    for (const text of texts) {
      assert.ok(text.trim(), `${language}: an empty text`);
      assert.equal(text, text.normalize(), `${language}: ${text}`);
      // A sign alone includes the spaces around it.
      if (/\p{Letter}/u.test(text)) assert.equal(text, text.trim(), `${language}: ${text}`);
      // The separator of the forms in the attribute for the script.
      assert.doesNotMatch(text, /\||\.\.\.|'/, `${language}: typewriter's signs`);
    }
  }
});

/** The errors of the service, from its source: those of a submission, of a change, and of a page's origin. */
function rules() {
  const source = (folder, name) => readFileSync(join(root, 'crates', folder, 'src', name), 'utf8');
  const named = /pub const fn name\(&self\)[^]*?\n    }/.exec(source('model', 'refusal.rs'))[0].matchAll(/=> "(\w+)"/g);
  const files = readdirSync(join(root, 'crates/service/src'), { recursive: true }).filter((name) => name.endsWith('.rs'));
  const answered = files.flatMap((name) => [...source('service', name).matchAll(/"rule": "(\w+)"/g)]);
  // Errors about the edit token are built by a closure of that name.
  return [...named, ...answered, ...source('service', 'submissions/problem.rs').matchAll(/\btoken\("(\w+)"\)/g)].map(([, rule]) => rule);
}

test('every rule that the service names has words in the form, and stands in the page for other generators', () => {
  const form = readFileSync(join(MODULE, 'layouts/partials/ardoise/form.html'), 'utf8');
  const page = readFileSync(join(root, 'docs/other-generators.md'), 'utf8');
  const all = rules();
  for (const known of ['required', 'unwelcome', 'too_late', 'foreign_origin']) assert.ok(all.includes(known), `the source was not read: ${known}`);
  for (const rule of all) {
    const [, key] = new RegExp(` data-${rule}="\\{\\{ \\$words\\.(\\w+) \\}\\}"`).exec(form) ?? [];
    assert.ok(key, `form.html has no data-${rule}`);
    assert.ok(`ardoise_${key}` in read('en'), `data-${rule}: en.toml has no ardoise_${key}`);
    assert.match(page, new RegExp(`\`(data)?-${rule}\``), `docs/other-generators.md leaves out ${rule}`);
  }
});

test('every language has the plural forms that whole numbers take', () => {
  for (const language of LANGUAGES) {
    const forms = read(language)[FORMS];
    const plural = new Intl.PluralRules(language);
    const taken = [0, ...NUMBERS].map((n) => plural.select(n));
    // Hugo falls back to “other”.
    assert.deepEqual(new Set(Object.keys(forms)), new Set([...taken, 'other']), language);
    for (const [category, text] of Object.entries(forms)) {
      // A form with a number in words is correct for that number only.
      const numbers = [0, ...NUMBERS].filter((_, i) => taken[i] === category);
      if (!text.includes('{{ .Count }}')) assert.equal(numbers.length, 1, `${language}: “${text}” stands for ${numbers}`);
    }
  }
});

for (const [name] of HUGOS) {
  test(`${name} Hugo finds the words of every language`, () => {
    for (const [language, { page, lang }] of baked.get(name)) {
      assert.equal(lang, language);
      assert.doesNotMatch(page, /\[i18n\]/, language);
      const { [FORMS]: _, ...texts } = read(language);
      for (const [key, text] of Object.entries(texts)) assert.ok(page.includes(`<i id="${key}">${text}</i>`), `${language}: ${key}`);
    }
  });

  test(`${name} Hugo and the browser count alike in every language`, () => {
    for (const [language, site] of baked.get(name)) {
      for (const n of NUMBERS.filter((n) => !outdated(name, language, n))) {
        assert.match(site.said.get(n), /\p{Letter}/u, `${language}: ${n}`);
        assert.equal(words(site, n), site.said.get(n), `${language}: ${n}`);
      }
    }
  });
}

// Written out, because an error on both sides would not be found by comparing them. A space stands for a no-break space too.
const BY_HAND = {
  pl: {
    1: '1 komentarz',
    2: '2 komentarze',
    5: '5 komentarzy',
    11: '11 komentarzy',
    12: '12 komentarzy',
    21: '21 komentarzy',
    22: '22 komentarze',
    25: '25 komentarzy',
    100: '100 komentarzy',
    101: '101 komentarzy',
    111: '111 komentarzy',
  },
  ru: {
    1: '1 комментарий',
    2: '2 комментария',
    5: '5 комментариев',
    11: '11 комментариев',
    12: '12 комментариев',
    21: '21 комментарий',
    22: '22 комментария',
    25: '25 комментариев',
    100: '100 комментариев',
    101: '101 комментарий',
    111: '111 комментариев',
  },
  ar: {
    1: 'تعليق واحد',
    2: 'تعليقان',
    5: '5 تعليقات',
    11: '11 تعليقًا',
    12: '12 تعليقًا',
    21: '21 تعليقًا',
    22: '22 تعليقًا',
    25: '25 تعليقًا',
    100: '100 تعليق',
    101: '101 تعليق',
    111: '111 تعليقًا',
  },
};

for (const [language, expected] of Object.entries(BY_HAND)) {
  test(`counts in ${language} are those of its grammar`, () => {
    for (const [name] of HUGOS) {
      const site = baked.get(name).get(language);
      for (const [n, text] of Object.entries(expected)) {
        assert.equal(site.said.get(Number(n)).replaceAll('\u00a0', ' '), text, name);
        assert.equal(words(site, Number(n)).replaceAll('\u00a0', ' '), text, name);
      }
    }
  });
}

test('French is set as French is', () => {
  const { [FORMS]: forms, ...texts } = read('fr');
  for (const text of [...Object.values(texts), ...Object.values(forms)]) {
    assert.doesNotMatch(text, / [:;!?»]|« /, text);
    // A missing space is an error too, except in an address.
    assert.doesNotMatch(text, /[^\u00a0\u202f][;!?»]|[^\u00a0\u202f]:(?!\/\/)|«[^\u00a0\u202f]/, text);
  }
});
