// docs/theming.md: its examples work, and it lists everything that can be styled or overridden.

import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Blog, browser, clean, page, root, until } from './harness.mjs';

const read = (name) => readFileSync(join(root, name), 'utf8');
const PAGE = read('docs/theming.md');
/** The info string of a block ends with the name of its file. */
const FILES = Object.fromEntries([...PAGE.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)].map(([, name, text]) => [name, text]));
const HUGOS = [['the oldest', process.env.OLD_HUGO], ["today's", process.env.HUGO]];
const ARTICLE = '/six-chalks/';

const HUGO_TOML = `
baseURL = "https://blog.example.org/"
theme = ["ardoise"]
defaultContentLanguage = "en"
disableKinds = ["taxonomy", "term", "RSS", "sitemap"]
[languages.en]
weight = 1
[languages.eo]
weight = 2
[[module.mounts]]
source = "published"
target = "assets/ardoise"
[[module.mounts]]
source = "assets"
target = "assets"
[[module.mounts]]
source = "assets"
target = "static"
`;

/** The items that the page lists. */
const INTERFERING = `
html { font-size: 62.5%; }
body { font-size: 16px; }
p, ul, ol, pre, blockquote { margin: 0; padding: 0; list-style: none; }
a { text-decoration: none; }
button, input, textarea { outline: none; }
input { appearance: none; margin-bottom: 20px; }
article { padding: 20px; background: #ddd; box-shadow: 0 0 9px; }
`;
const SINGLE = `<!doctype html><html lang="en"><head><link rel="stylesheet" href="/theme.css">{{ partial "ardoise/head.html" . }}
<link rel="stylesheet" href="/mine.css"><link rel="stylesheet" href="/mended.css"></head>{{ partial "ardoise/comments.html" . }}</html>`;

let blog, chromium;
const ids = {};

before(async () => {
  const layouts = { 'layouts/_default/single.html': SINGLE, 'layouts/_default/list.html': '<!doctype html>' };
  blog = new Blog({ files: { ...FILES, ...layouts, 'assets/theme.css': INTERFERING } });
  // From the repository: the copy in the program may be older.
  cpSync(join(root, 'hugo-partials'), join(blog.folder, 'themes/ardoise'), { recursive: true });
  cpSync(join(root, 'static'), join(blog.folder, 'themes/ardoise/static'), { recursive: true });
  blog.write('hugo.toml', HUGO_TOML);
  // The name of the setting in the older Hugo.
  blog.write('config.toml', HUGO_TOML);
  blog.write('content/six-chalks.md', '---\ntitle: Six chalks\n---\n');
  blog.write('content/six-chalks.eo.md', '---\ntitle: Ses kretoj\n---\n');
  blog.build();
  await blog.open();
  ids.first = await blog.comment(ARTICLE, 'Ada', 'First\n\n1. one\n2. two\n\nhttps://example.org/', { site: 'ada.example' });
  ids.answer = await blog.comment(ARTICLE, 'Bea', 'Answer', { reply_to: ids.first });
  blog.write('ardoise.toml', blog.read('ardoise.toml').replace('[service]', 'owner = "Odile"\n[service]'));
  ids.owner = blog.ardoise('reply', ids.answer, 'Mine').split(' ')[0];
  await until('it to be published', () => blog.read(`published${ARTICLE}index.json`).includes(ids.owner));
  chromium = await browser();
});
after(clean);

const open = async (options) => {
  const reader = await page(chromium, options);
  // Marks the baked elements, to distinguish them from those that the script creates.
  await reader.addInitScript(() => document.addEventListener('DOMContentLoaded', () => {
    for (const item of document.querySelectorAll('.ardoise-comment')) item.dataset.found = '';
  }));
  await reader.goto(blog.origin + ARTICLE, { waitUntil: 'networkidle' });
  return reader;
};

/** The thread's elements and attributes, without texts and without what is specific to a comment. */
const structure = (reader) => reader.locator('[data-ardoise="thread"]').evaluate((list) => {
  const OWN = ['id', 'href', 'value', 'datetime'];
  const tidy = (element) => [
    element.localName,
    [...element.attributes].map(({ name, value }) => (OWN.includes(name) ? name : `${name}=${value}`)).sort(),
    element.dataset.ardoise === 'text' ? [] : [...element.children].map(tidy),
  ];
  return tidy(list);
});

for (const [name, hugo] of HUGOS) {
  test(`${name} Hugo bakes the comment of the example, and the script adds the same`, async () => {
    blog.hugo = hugo;
    blog.build();
    const baked = await open({ javaScriptEnabled: false });
    const fresh = await open();
    assert.equal(await fresh.locator('[data-found]').count(), 0, 'the script has put its own there');
    assert.deepEqual(await structure(baked), await structure(fresh));
    const text = (reader) => reader.locator('[data-ardoise="thread"]').innerText();
    assert.equal(await text(baked), await text(fresh));
    for (const reader of [baked, fresh]) {
      const comments = reader.locator('.ardoise-comment');
      assert.deepEqual(await comments.evaluateAll((items) => items.map((item) => item.id.slice(8))), [ids.first, ids.answer, ids.owner]);
      // The documented result of the example.
      assert.equal(await reader.locator('svg').count(), 0, 'no avatar');
      assert.equal(await reader.locator('[data-ardoise="thread"] .ardoise-text ~ .ardoise-meta time').count(), 3, 'the date below');
      assert.match(await text(reader), /First[\s\S]*\d{4}[\s\S]*Reply[\s\S]*Bea/);
      assert.deepEqual(await reader.locator('.ardoise-badge:visible').allInnerTexts(), ['Author']);
      assert.equal(await reader.getByRole('link', { name: 'Ada' }).getAttribute('href'), 'https://ada.example/');
    }
    assert.deepEqual(fresh.complaints, []);
  });

  test(`${name} Hugo takes one word from the site and the others from the module, and a language that is the site's own`, () => {
    blog.hugo = hugo;
    blog.build();
    const english = blog.read(`public${ARTICLE}index.html`);
    assert.match(english, /data-none="What do you say\?"[\s\S]*>Send<\/button>/);
    const own = blog.read(`public/eo${ARTICLE}index.html`);
    assert.match(own, /data-lang="eo" data-forms="1 komento\|2 komentoj\|[\s\S]*>Komentoj<\/h2>[\s\S]*>Sendi<\/button>/);
  });
}

test('a reader answers under the comment of the example, and sees his own wait', async () => {
  const reader = await open();
  const first = reader.locator(`#comment-${ids.first}`);
  await first.locator('[data-ardoise="reply"]').first().check({ force: true });
  assert.equal(await first.locator('> article + form').count(), 1, 'the form came');
  await reader.getByLabel('Name').fill('Cy');
  await reader.locator('#ardoise-text').fill('Mine waits');
  await reader.getByRole('button', { name: 'Send' }).click();
  const own = first.locator('.ardoise-comment').filter({ hasText: 'Mine waits' });
  await own.waitFor();
  assert.match(await own.innerText(), /Cy\s+waiting for approval\s+Mine waits\s+\w+ \d+, \d{4}/);
});

test('the stylesheets of the page do what it says', async () => {
  const reader = await open();
  const style = (selector, property) =>
    reader.locator(selector).first().evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
  assert.equal(await style('.ardoise', '--ardoise-accent'), '#7a4a2b');
  const owners = `#comment-${ids.owner} > article`;
  assert.equal(await style(owners, 'border-inline-start'), '3px solid rgb(122, 74, 43)');
  const others = `#comment-${ids.answer} > article`;
  assert.equal(await style(others, 'border-inline-start-width'), '0px');
  assert.equal(await style('.ardoise-comment', 'margin-block-start'), '40px', 'the gap that the page sets');
  assert.equal(await style('.ardoise-send button', 'border-radius'), '0px');
  assert.equal(await style('.ardoise-text p + *', 'margin-block-start'), '16px');
  assert.equal(await style('.ardoise-text ol', 'list-style-type'), 'decimal');
  assert.match(await style('.ardoise-text a', 'text-decoration-line'), /underline/);
  assert.deepEqual([await style(others, 'padding'), await style(others, 'box-shadow')], ['0px', 'none']);
  assert.equal(await style('.ardoise-field input', 'margin-bottom'), '0px');
  assert.notEqual(await style('[data-ardoise="previewing"]', 'appearance'), 'none');
  await reader.getByRole('button', { name: 'Send' }).focus();
  await reader.keyboard.press('Shift+Tab');
  await reader.keyboard.press('Tab');
  assert.equal(await style(':focus', 'outline-style'), 'solid', 'the focus is seen');
});

for (const [name, hugo] of HUGOS) {
  test(`${name} Hugo leaves all reply buttons of the example out of a closed article`, () => {
    blog.write('content/six-chalks.md', '---\ntitle: Six chalks\ncomments: closed\n---\n');
    blog.hugo = hugo;
    blog.build();
    const closed = blog.read(`public${ARTICLE}index.html`);
    assert.match(closed, new RegExp(`${ids.first}[^]*${ids.answer}[^]*${ids.owner}[^]*<template`));
    assert.doesNotMatch(closed, /reply_to|<form/);
  });
}

test('the page names every property, class, partial and setting', () => {
  const css = read('static/ardoise.css');
  const folder = 'hugo-partials/layouts/partials/ardoise';
  const partials = readdirSync(join(root, folder)).filter((name) => name.endsWith('.html'));
  const data = readdirSync(join(root, folder, 'data'));
  const markup = partials.map((name) => read(`${folder}/${name}`)).join();
  const all = markup + data.map((name) => read(`${folder}/data/${name}`)).join();
  const found = (text, pattern) => new Set([...text.matchAll(pattern)].map(([, name]) => name));
  const classes = new Set([...markup.matchAll(/class="([^"]*)"/g)].flatMap(([, names]) => names.split(' ')));
  const named = {
    property: found(css, /(--ardoise-\w+):/g),
    class: classes,
    partial: new Set(partials.filter((name) => name !== 'comment.html')),
    setting: found(all, /site\.Params\.ardoise\)\.(\w+)/g),
  };
  const first = [...PAGE.matchAll(/^\| (.*?) \|/gm)].map(([, cell]) => cell).join();
  for (const [kind, names] of Object.entries(named)) {
    assert.ok(names.size > 4, `${kind}: ${[...names]}`);
    for (const name of names) assert.ok(first.includes(`\`${name}\``), `docs/theming.md does not name the ${kind} ${name}`);
  }
  const there = ['[params.ardoise]', ...partials, ...Object.values(named).flatMap((names) => [...names])];
  for (const [, name] of first.matchAll(/`([^`]+)`/g)) assert.ok(there.includes(name), `docs/theming.md names ${name}, which is not there`);
  for (const [, property, value] of css.matchAll(/(--ardoise-\w+): ([\d.]+rem);/g)) {
    assert.match(PAGE, new RegExp(`\`${property}\` .* \`${value}\` \\|`));
  }
});
