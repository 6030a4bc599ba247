// Other hosts and pages: no Cache-Control, Trusted Types, a module script, a time zone, another database, and lists that change.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { browser, clean, copyTree, exampleBlog, freePort, page, start, until } from './harness.mjs';

const ARTICLE = '/2024/six-chalks-and-a-wet-cloth/';
const LONG = '/2024/four-strokes-and-a-slash/';
const EMPTY = '/2025/adding-up-saturday-in-awk/';
let blog, chromium;

before(async () => {
  blog = exampleBlog();
  blog.build();
  await blog.open({ policy: '' });
  chromium = await browser();
  await blog.comment(ARTICLE, 'Ada', 'First');
});
after(clean);

const SCRIPT = /<script src="?\/ardoise.js.*?<\/script>/s;
/** A reader who gets a changed page. */
const open = async (path, change = (text) => text, { headers = {}, origin = blog.origin } = {}) => {
  const reader = await page(chromium);
  await reader.route((url) => url.pathname === path.split('#')[0], async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), ...headers }, body: change(await response.text()) });
  });
  await reader.goto(origin + path, { waitUntil: 'networkidle' });
  return reader;
};
const see = async (reader, text) => {
  await reader.locator('[data-ardoise-article]').first().scrollIntoViewIfNeeded();
  await reader.getByText(text).first().waitFor();
};
const parameter = (text, attribute) => text.replace(SCRIPT, (script) => script.replace(' data-lang', ` ${attribute} data-lang`));

test('a plain server that sends Last-Modified alone: a new comment is seen at the next load', async () => {
  const port = await freePort();
  copyTree(join(blog.folder, 'published'), join(blog.folder, 'public/ardoise'));
  const up = () => fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.ok).catch(() => false);
  await start('python3', ['-m', 'http.server', String(port), '--bind', '127.0.0.1', '--directory', join(blog.folder, 'public')], {}, up);
  const reader = await page(chromium);
  const address = `http://127.0.0.1:${port}${ARTICLE}`;
  // Files that are a month old: by its own heuristics a browser would consider them fresh for days.
  const { utimesSync } = await import('node:fs');
  const file = join(blog.folder, `public/ardoise${ARTICLE}index.json`);
  const month = new Date(Date.now() - 30 * 864e5);
  for (const name of [file, join(blog.folder, 'public/ardoise/latest.json')]) utimesSync(name, month, month);
  await reader.goto(address, { waitUntil: 'networkidle' });
  await see(reader, 'First');
  await blog.comment(ARTICLE, 'Bea', 'Second');
  copyTree(join(blog.folder, 'published'), join(blog.folder, 'public/ardoise'));
  await reader.goto(address, { waitUntil: 'networkidle' });
  await see(reader, 'Second');
});

test('Trusted Types: comments are shown by the policy named ardoise', async () => {
  const headers = { 'content-security-policy': "require-trusted-types-for 'script'; trusted-types ardoise" };
  const reader = await open(ARTICLE, undefined, { headers });
  await see(reader, 'First');
  assert.deepEqual(reader.complaints, []);
});

test('parameters are found for a module, and from another element; without them the console says so', async () => {
  const asModule = await open(ARTICLE, (text) => text.replace(/(<script[^>]*ardoise.js"?) defer/, '$1 type="module"'));
  await see(asModule, 'First');
  const bundle = (text) => text.replace(SCRIPT, (script) => {
    const data = script.slice(script.indexOf('data-'), script.lastIndexOf('>', script.length - 2)).replace(/><\/script$/, '');
    return `<meta name="ardoise" ${data}><script type="module" src="/ardoise.js"></script>`;
  });
  const bundled = await open(ARTICLE, bundle);
  await see(bundled, 'First');
  const without = await open(ARTICLE, (text) => text.replace(SCRIPT, '<script defer src="/ardoise.js"></script>'));
  await until('a word in the console', () => without.complaints.some((text) => text.includes('no element has data-tree')));
  await without.evaluate(() => document.body.append(document.createElement('p')));
  await without.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  assert.equal(without.complaints.length, 1, 'once, whatever else comes to the page');
});

test("dates are in the site's zone; an unknown zone is UTC", async () => {
  const shown = async (zone) => {
    const reader = await page(chromium);
    await reader.route(`**/ardoise${ARTICLE}index.json`, async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      body.comments[0].date = '2026-03-31T22:30:00Z';
      await route.fulfill({ response, json: body });
    });
    await reader.route(`${blog.origin}${ARTICLE}`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: parameter((await response.text()).replace(/ data-zone="[^"]*"/, ''), `data-zone="${zone}"`) });
    });
    await reader.goto(blog.origin + ARTICLE, { waitUntil: 'networkidle' });
    await see(reader, 'First');
    return reader.locator('[data-ardoise="thread"] time').first().textContent();
  };
  assert.equal(await shown('Europe/Paris'), 'April 1, 2026');
  assert.equal(await shown('Nowhere/Else'), 'March 31, 2026');
});

test('counts of another database: the baked revision is ignored', async () => {
  const counted = async (epoch) => {
    const reader = await page(chromium);
    const file = (name, json) => reader.route(`**/ardoise/${name}.json`, (route) => route.fulfill({ json: { version: 1, epoch, ...json } }));
    await file('latest', { revision: 9, since: 3, counts: {} });
    await file('counts', { revision: 9, counts: { [ARTICLE]: 1 } });
    await reader.route(`${blog.origin}/`, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(/ data-(revision|epoch)="?\d*"?/g, '').replace(/(data-ardoise-count="?[^>]*>)/g, '$14 comments');
      await route.fulfill({ response, body: parameter(body, 'data-revision="5" data-epoch="old"') });
    });
    await reader.goto(blog.origin, { waitUntil: 'networkidle' });
    return reader.locator(`[data-ardoise-count="${ARTICLE}"]`).first().textContent();
  };
  assert.equal(await counted('old'), '4 comments');
  assert.equal(await counted('new'), '1 comment');
});

test('an article without comments requests no file', async () => {
  const reader = await open(EMPTY);
  await reader.locator('#comments').scrollIntoViewIfNeeded();
  await until('the counts', () => reader.requests.includes('/ardoise/latest.json'));
  await reader.waitForLoadState('networkidle');
  assert.ok(!reader.requests.includes(`/ardoise${EMPTY}index.json`));
  assert.deepEqual(reader.complaints, []);
});

test('comments that moved to an earlier page are shown, and a removed one is reported as missing', async () => {
  const ids = [];
  for (let n = 0; n < 120; n++) ids.push(await blog.post(LONG, 'Bea', `Number ${n}`));
  blog.approve(...ids);
  await until('the third page', () => blog.has(`published${LONG}index.3.json`));
  const reader = await open(LONG);
  await reader.locator('[data-ardoise-article]').scrollIntoViewIfNeeded();
  await reader.locator(`#comment-${ids[49]}`).waitFor();
  for (const id of ids.slice(3, 6)) blog.ardoise('delete', id);
  await until('the list to move', () => JSON.parse(blog.read(`published${LONG}index.json`)).count === 117);
  const more = reader.getByRole('button', { name: 'More comments' });
  await more.click();
  await reader.locator(`#comment-${ids[102]}`).waitFor();
  await more.click();
  await reader.locator(`#comment-${ids[119]}`).waitFor();
  for (const id of ids.slice(50)) assert.equal(await reader.locator(`#comment-${id}`).count(), 1);
  assert.equal(await reader.locator('.ardoise-title').textContent(), '117 comments');

  const lost = await open(`${LONG}#comment-${ids[4]}`);
  await lost.getByText('was not found here').waitFor();
  assert.ok(await lost.locator('[data-ardoise="missing"]').evaluate((said) => said === document.activeElement));
});
