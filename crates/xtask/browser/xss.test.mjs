// User input never runs and never leaves its place. The site has no policy, so that the tests check the program's own protection.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { STRICT, browser, clean, exampleBlog, until } from './harness.mjs';
import { bare, chunks, clear, comments, heap, kept, provoke, shape, strangers, trap } from './xss-observer.mjs';
import { details, list } from './xss-moderators.mjs';
import { payloads } from './xss-payloads.mjs';

/** Comments per chunk: fewer than a feed shows, with the one after them. */
const CHUNK = 18;
/** Chunks per article: fewer comments than make a second page. */
const CHUNKS = 2;
const SENTINEL = 'Nothing happens *here*.';
const CONTROL = '/xss/control/';
const titles = payloads.filter(({ group }) => group === 'Out of where it stands').map(({ text }) => text);

/** The accepted comments, `{ number, id, article, name, site, html }`, and the number of refusals. */
const published = [];
const refused = { text: 0, author: 0, site: 0 };
const feeds = { atom: [], json: [] };
let blog, chromium, host;

const tell = (path, body) => fetch(blog.origin + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** Posts a payload as text, as name and as site; what is refused in one of them is still sent in the others. */
async function attack(article, { number, text }) {
  const draft = { article, text, author: text, site: text };
  let answer = await tell('/comments', draft);
  if (answer.status === 422) {
    const { errors } = await answer.json();
    for (const { field } of errors) {
      refused[field] += 1;
      draft[field] = { text: `Refused: ${number}`, author: 'Ann', site: '' }[field];
    }
    answer = await tell('/comments', draft);
  }
  assert.equal(answer.status, 202, `${text}\n${await answer.clone().text()}`);
  const { id, html, edit_token: token } = await answer.json();
  return { number, id, article, draft, html, token };
}

/** XML cannot represent some characters. */
const legible = (text) => text.replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd');

/** Fragments of HTML in a page without a policy; each must stay in its place. */
async function read(page, fragments) {
  for (const some of chunks(fragments, 100)) {
    await bare(page, `<!doctype html><body>${some.map((html) => `<section><div class="text">${html}</div><hr></section>`).join('\n')}`);
    await provoke(page);
    assert.deepEqual(await strangers(page, '.text'), []);
    const around = await shape(page, 'body', '.text > *');
    assert.equal(around, `body[](${some.map(() => 'section[](div[class](),hr[]())')})`);
    clear(page);
  }
}

/** Posts, approves, and waits for the files, which must contain every comment. */
async function publish(posts) {
  const made = await Promise.all(posts);
  blog.approve(...made.map(({ id }) => id));
  const shown = (name, some) => blog.has(name) && some.every(({ id }) => blog.read(name).includes(id));
  const ofTheSite = ['recent.json', 'feed.json', 'feed.xml'].map((name) => `published/${name}`);
  await until('all to be published', () => ofTheSite.every((name) => shown(name, made)) && made.every((one) => shown(`published${one.article}feed.xml`, [one])));
  published.push(...made);
  return made;
}

const sentinel = async (article) => {
  const id = await blog.post(article, 'Sentinel', SENTINEL);
  return { id, article, draft: { author: 'Sentinel', text: SENTINEL } };
};

before(async () => {
  const page = (title) => JSON.stringify({ title, date: '2026-01-01' });
  const files = { 'content/xss/control.md': page('Control') };
  for (const n of chunks(payloads, CHUNK * CHUNKS).keys()) files[`content/xss/a${n}.md`] = page(`Article ${n}`);
  titles.forEach((title, n) => (files[`content/xss/t${n}.md`] = page(title)));
  blog = exampleBlog({ files });
  blog.write('hugo.toml', blog.read('hugo.toml').replace('[permalinks]', '[params.ardoise]\nrecent = 20\nmost = 99\n\n[permalinks]'));
  blog.build();
  await blog.open({ policy: null, settings: '[rules]\nrate = 0\n[[moderator]]\nname = "Ines"\n' });
  host = new URL(blog.origin).host;
  chromium = await browser();
});
after(clean);


/** Checks a page of comments: the published ones, in order, complete, and nothing else. */
async function whole(page, article, expected) {
  const found = await comments(page);
  const posted = new Map(published.map((one) => [one.id, one]));
  assert.deepEqual(found.map(({ id }) => id), expected, `${article}: each comment at its place`);
  for (const { id, name, site, shape } of found) {
    const { draft } = posted.get(id);
    assert.equal(name, draft.author.trim().normalize('NFC'));
    assert.ok(site === '' || /^https?:\/\//.test(site), site);
    assert.equal(shape, found[0].shape, `${JSON.stringify(draft)} is a comment like any other`);
  }
  assert.deepEqual(await strangers(page, '.ardoise-text'), []);
}

const articles = () => [...new Set(published.map(({ article }) => article))].filter((article) => article.startsWith('/xss/a'));
const file = (article) => JSON.parse(blog.read(`published${article}index.json`)).comments;
/** Lazy images are loaded when they become visible. */
const at = (article) => `${blog.origin}${article}#comments`;
const seen = (page, article) => until('the comments', () => page.evaluate((n) => document.querySelectorAll('.ardoise-thread > .ardoise-comment').length === n, file(article).length));

test('the payloads are live: where nothing is sanitised, most of them run', async () => {
  // Markdown as people write it.
  const naive = (text) => text
    .replace(/!?\[([^\]]*)\]\(<?([^\s>]*)>?([^)]*)\)/g, '<a href="$2"$3>$1</a>')
    .replace(/<((?:javascript|data|vbscript):[^>]*)>/gi, '<a href="$1">a</a>')
    .replace(/^\[.*\]: (\S+)/m, '<a href="$1">a</a>');
  const comment = ({ number, text }) => ({ id: `id${number}`, parent: null, author: { name: 'A', site: null }, date: '2026-01-01T00:00:00Z', html: naive(text) });
  const live = new Set();
  // Some payloads replace the page, so each has its own; those have run.
  for (const some of chunks(payloads, 40)) {
    const reader = await trap(chromium, [host]);
    await reader.route(`**/ardoise${CONTROL}index.json`, (route) => route.fulfill({ json: { version: 1, path: CONTROL, count: some.length, comments: some.map(comment) } }));
    // The file is fetched only if the counts mention comments.
    await reader.route('**/ardoise/latest.json', (route) => route.fulfill({ json: { version: 1, revision: 1, since: 0, counts: { [CONTROL]: some.length } } }));
    const opened = reader.goto(at(CONTROL)).then(() => reader.locator('.ardoise-comment').first().waitFor({ timeout: 5000 }));
    await opened.then(() => provoke(reader)).catch(() => {});
    for (const number of [...reader.ran, ...[...reader.fetched].map((address) => Number(address.split('/')[1]))]) if (Number.isInteger(number)) live.add(number);
    await reader.context().close();
  }
  assert.ok(live.size > 120, `${live.size} of ${payloads.length} run`);
});

test('each is taken in or refused, and shows among the newest of the site without running', async () => {
  await publish([sentinel(CONTROL)]);
  const reader = await trap(chromium, [host]);
  const home = async () => {
    const newest = JSON.parse(blog.read('published/recent.json')).comments;
    // An address with a comment's id: the list is loaded without scrolling.
    await reader.goto(`${blog.origin}/?${newest[0].id}#comment-${newest[0].id}`);
    const list = '[data-ardoise="list"]';
    await until('the newest', () => reader.evaluate(([list, name]) => document.querySelector(list).firstElementChild?.querySelector('span').textContent === name, [list, newest[0].author.name]));
    await provoke(reader);
    const shown = await reader.evaluate((list) => [...document.querySelector(list).children].map((item) => [item.querySelector('span').textContent, item.querySelector('a').textContent]), list);
    assert.deepEqual(shown, newest.map(({ author, title }) => [author.name, title]));
    const shapes = await reader.evaluate((list) => [...document.querySelector(list).children].map((item) => item.outerHTML.replaceAll(/="[^"]*"|>[^<]*/g, '>')), list);
    assert.equal(new Set(shapes).size, 1, 'one is like the other');
    clear(reader);
  };
  const collect = (article) => {
    feeds.atom.push(blog.read('published/feed.xml'));
    if (article) feeds.atom.push(blog.read(`published${article}feed.xml`));
    feeds.json.push(JSON.parse(blog.read('published/feed.json')));
  };
  for (const [n, some] of chunks(payloads, CHUNK).entries()) {
    const article = `/xss/a${Math.floor(n / CHUNKS)}/`;
    const attacks = await Promise.all(some.map((payload) => attack(article, payload)));
    await publish([...attacks, sentinel(article)]);
    collect(article);
    await home();
  }
  for (const some of chunks([...titles.keys()], CHUNK)) {
    await publish(some.map((n) => sentinel(`/xss/t${n}/`)));
    collect();
    await home();
  }
  assert.equal(published.length, payloads.length + Math.ceil(payloads.length / CHUNK) + titles.length + 1);
  assert.ok(refused.text < 12 && refused.author < payloads.length * 0.6, JSON.stringify(refused));
  await reader.context().close();
});

test('an article keeps its shape, and nothing in it runs', async () => {
  const reader = await trap(chromium, [host]);
  await reader.goto(at(CONTROL));
  await seen(reader, CONTROL);
  const control = await shape(reader, 'body', '.ardoise-thread > *');
  for (const article of articles()) {
    await reader.goto(at(article));
    await seen(reader, article);
    await provoke(reader);
    await whole(reader, article, file(article).map(({ id }) => id));
    assert.equal(await shape(reader, 'body', '.ardoise-thread > *'), control);
    clear(reader);
  }
  await reader.context().close();
});

test('a strict policy finds nothing to forbid', async () => {
  const reader = await trap(chromium, [host]);
  await reader.route('**/xss/a*/', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': STRICT } });
  });
  for (const article of articles()) {
    await reader.goto(at(article));
    await seen(reader, article);
    clear(reader);
  }
  await reader.context().close();
});

test('so it is where the comments are baked into the page, with and without scripts', async () => {
  blog.build();
  for (const javaScriptEnabled of [true, false]) {
    const reader = await trap(chromium, [host], { javaScriptEnabled });
    // Scripts run, but Ardoise's is absent: the page shows what was baked.
    await reader.route('**/ardoise*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
    let control;
    for (const article of [CONTROL, ...articles()]) {
      await reader.goto(at(article));
      if (javaScriptEnabled) await provoke(reader);
      await whole(reader, article, file(article).map(({ id }) => id));
      const around = await shape(reader, 'html', '.ardoise-thread > *');
      control ??= around;
      assert.equal(around, control);
      clear(reader);
    }
    for (const n of javaScriptEnabled ? titles.keys() : []) {
      await reader.goto(at(`/xss/t${n}/`));
      assert.equal(await shape(reader, 'html', '.ardoise-thread > *'), control, titles[n]);
      assert.equal(await reader.getAttribute('#comments', 'data-ardoise-title'), titles[n]);
    }
    if (javaScriptEnabled) await provoke(reader);
    clear(reader);
    await reader.context().close();
  }
});

test('feeds are whole, and where they are read without a policy nothing runs', async () => {
  const reader = await trap(chromium, ['bare.example']);
  await bare(reader, '<!doctype html>');
  const entries = await reader.evaluate((feeds) => feeds.flatMap((text) => {
    const feed = new DOMParser().parseFromString(text, 'application/xml');
    const fault = feed.querySelector('parsererror');
    if (fault) throw new Error(`${fault.textContent}\n${text}`);
    return [...feed.querySelectorAll('entry')].map((entry) => ({
      parts: [...entry.children].map(({ localName, children }) => `${localName}(${[...children].map((child) => child.localName)})`).join(),
      id: entry.querySelector('id').textContent,
      name: entry.querySelector('author > name').textContent,
      site: entry.querySelector('author > uri')?.textContent ?? null,
      title: entry.querySelector('title').textContent,
      html: entry.querySelector('content').textContent,
    }));
  }), feeds.atom);
  const kinds = new Set(entries.map(({ parts }) => parts.replace('name,uri', 'name')));
  assert.equal(kinds.size, 1, [...kinds].join('\n'));
  const items = feeds.json.flatMap(({ items }) => items.map(({ id, title, content_html: html, author }) => ({ id, title, html, name: author.name, site: author.url ?? null })));
  const posted = new Map(published.map((one) => [one.id, one]));
  const fragments = new Set();
  for (const { id, name, site, title, html } of [...entries, ...items]) {
    const { draft } = posted.get(id.split('#comment-')[1]);
    assert.equal(legible(name), legible(draft.author.trim().normalize('NFC')));
    assert.ok(site === null || /^https?:\/\/[\w.[\]:-]+\//.test(site), site);
    assert.ok(title.startsWith(name));
    fragments.add(html);
  }
  const missing = published.filter(({ id }) => ![...entries, ...items].some((entry) => entry.id.endsWith(id)));
  assert.deepEqual(missing, [], 'each was in a feed');
  await read(reader, [...fragments]);
  await reader.context().close();
});

test('the preview and the answer to who sent it are what is published', async () => {
  const reader = await trap(chromium, [host, 'bare.example']);
  const fragments = [];
  for (const { id, article, draft, html } of published.filter(({ html }) => html !== undefined)) {
    const answer = await (await tell('/preview', { text: draft.text })).json();
    assert.equal(answer.html, html);
    assert.equal(file(article).find((one) => one.id === id).html, html);
    fragments.push(html);
  }
  // Through the form itself, many at a time.
  await reader.goto(at(CONTROL));
  for (const some of chunks(payloads.filter(({ text }) => !/[\0-\x08\x0b-\x1f\x7f-\x9f]/.test(text)), 90)) {
    const text = some.map(({ text }) => text).join('\n\n');
    await reader.locator('#ardoise-text').fill(text);
    const answer = reader.waitForResponse('**/preview');
    await reader.locator('[data-ardoise="previewing"]').check();
    const { html } = await (await answer).json();
    await until('the preview', () => reader.evaluate((html) => {
      const parsed = document.createElement('div');
      parsed.innerHTML = html;
      return document.querySelector('[data-ardoise="preview"]').innerHTML === parsed.innerHTML;
    }, html));
    await provoke(reader);
    assert.deepEqual(await strangers(reader, '[data-ardoise="preview"]'), []);
    clear(reader);
    await reader.locator('[data-ardoise="previewing"]').uncheck();
  }
  await reader.context().close();
});

test('the page of a refused form gives back what was typed, and no more', async () => {
  const reader = await trap(chromium, ['bare.example']);
  const refuse = async ({ text }) => {
    const names = ['article', 'author', 'email', 'site', 'reply_to', 'subject', 'text'];
    const body = new URLSearchParams(names.map((name) => [name, text]));
    const answer = await fetch(`${blog.origin}/comments`, { method: 'POST', body, redirect: 'manual' });
    assert.equal(answer.status, 422);
    assert.match(answer.headers.get('content-security-policy'), /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' http:[^ ;]+$/);
    return answer.text();
  };
  const kinds = new Set();
  for (const some of chunks(payloads, 40)) {
    const pages = await Promise.all(some.map(refuse));
    await heap(reader, pages);
    const found = await reader.evaluate(() => [...document.body.children].map((page) => ({
      values: [...page.querySelectorAll('input, textarea')].map(({ value }) => value),
      links: [...page.querySelectorAll('a')].map(({ href }) => href),
      // The number of errors differs, and so does whether the article is known.
      shape: [page, ...page.querySelectorAll(':not(li, a, p:has(a))')].map((element) => `${element.localName} ${[...element.attributes].map(({ name }) => name)}`).join('\n'),
    })));
    assert.equal(found.length, some.length);
    found.forEach(({ values, links, shape }, n) => {
      kinds.add(shape);
      const line = kept(some[n].text).replaceAll('\0', '\ufffd');
      const same = (value) => value.replaceAll('\n', '') === line.replaceAll('\n', '');
      assert.ok(values.filter(same).length >= 7 && values.every((value) => value === '' || same(value)), JSON.stringify([line, values]));
      assert.equal(values.at(-1), line);
      for (const link of links) assert.equal(new URL(link).origin, blog.origin);
    });
    await provoke(reader);
    clear(reader);
  }
  assert.equal(kinds.size, 1, 'one is like the other');
  await reader.context().close();
});

test('the moderators see it all, and nothing in their pages runs', async () => {
  const moderator = await trap(chromium, [host]);
  await moderator.goto(blog.ardoise('moderator', 'link').trim());
  await moderator.getByRole('button').click();
  await moderator.waitForURL('**/moderation');
  assert.ok((await moderator.goto(`${blog.origin}/moderation?list=approved`)).headers()['content-security-policy'].startsWith("default-src 'none'"));
  clear(moderator);
  // With a moderator's cookie.
  const get = async (way) => (await moderator.context().request.get(`${blog.origin}/moderation${way}`)).text();
  const reader = await trap(chromium, ['bare.example']);
  await list(reader, get, published, titles[0]);
  await details(reader, get, published.filter(({ token }) => token), blog.origin);
  await reader.context().close();
  await moderator.context().close();
});
