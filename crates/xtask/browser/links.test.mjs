// Links to comments: in threads of thousands, on pages with a base element, and to comments that do not exist.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { violations } from './axe.mjs';
import { browser, clean, exampleBlog, page, until } from './harness.mjs';

const PATH = '/2024/six-chalks-and-a-wet-cloth/';
const SIZE = 50;
let blog, chromium;

before(async () => {
  blog = exampleBlog();
  blog.build();
  await blog.open({ policy: '' });
  chromium = await browser();
});
after(clean);

const id = (n) => `c${String(n).padStart(9, '0')}`;
/** The files of a thread of this many comments. Ids removed from `ids` are absent in the next response. */
const thread = (count) => {
  const ids = Array.from({ length: count }, (_, n) => id(n));
  const comment = (one) => ({ id: one, parent: null, author: { name: 'Bea', site: null }, date: '2026-03-01T12:00:00Z', html: `<p>${one}</p>` });
  const serve = (name) => {
    const [, number = '1'] = /index(?:\.(\d+))?\.json$/.exec(name);
    const comments = ids.slice((number - 1) * SIZE, number * SIZE).map(comment);
    const whole = number === '1' ? { count: ids.length, pages: Math.ceil(ids.length / SIZE) } : { page: Number(number) };
    return { version: 1, path: PATH, ...whole, comments };
  };
  return { ids, serve, lost: new Set() };
};

/** A reader who follows a link to a comment of the thread. */
const follow = async (files, wanted, baked = '') => {
  const reader = await page(chromium);
  await reader.route(`${blog.origin}${PATH}`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace(/data-ardoise="?thread"?>/, `$&${baked}`) });
  });
  await reader.route('**/ardoise/latest.json', (route) => route.fulfill({ json: { version: 1, revision: 2, since: 0, counts: { [PATH]: files.ids.length } } }));
  await reader.route(`**/ardoise${PATH}*.json`, (route) => {
    const name = new URL(route.request().url()).pathname.split('/').at(-1);
    return files.lost.has(name) ? route.abort() : route.fulfill({ json: files.serve(name) });
  });
  await reader.goto(`${blog.origin}${PATH}#comment-${wanted}`, { waitUntil: 'networkidle' });
  return reader;
};
const missing = (reader) => reader.locator('[data-ardoise="missing"]');
const further = (reader) => reader.getByRole('button', { name: 'Search further' });
const says = (reader, words) => until(`“${words}”`, () => missing(reader).innerText().then((said) => said.includes(words)));
const highlighted = (reader, one) => until(`${one} to be highlighted`, () => reader.locator(`#comment-${one}`).evaluate((item) => item.matches(':target')).catch(() => false));
const asked = (reader) => reader.requests.filter((path) => path.startsWith(`/ardoise${PATH}`)).length;

test('a comment in the middle of a very long thread is not reported as missing, and a longer search finds it', async () => {
  const reader = await follow(thread(2000), id(985));
  await says(reader, 'not found among those searched so far (950 / 2000)');
  assert.doesNotMatch(await missing(reader).innerText(), /removed/);
  assert.equal(asked(reader), 19, 'nine pages at each end, and the first');
  assert.ok(await missing(reader).evaluate((said) => said === document.activeElement));
  assert.deepEqual(await violations(reader), []);
  await further(reader).press('Enter');
  await says(reader, '(1850 / 2000)');
  assert.ok(await missing(reader).evaluate((said) => said === document.activeElement), 'what is said anew is read out');
  await further(reader).dblclick();
  await highlighted(reader, id(985));
  assert.equal(await missing(reader).isVisible(), false);
});

test('the message about one address disappears with it, and any address can be searched for', async () => {
  const reader = await follow(thread(2000), id(985));
  await says(reader, '(950 / 2000)');
  await reader.evaluate(() => (location.hash = 'another-chapter'));
  await missing(reader).waitFor({ state: 'hidden' });
  // The name of a property that every object has.
  await reader.evaluate(() => (location.hash = 'comment-constructor'));
  await says(reader, '(950 / 2000)');
});

test('a missing comment is reported after all pages were searched, and not before', async () => {
  const reader = await follow(thread(2000), 'cnowhere00');
  for (const searched of ['(950 / 2000)', '(1850 / 2000)']) {
    await says(reader, searched);
    await further(reader).click();
  }
  await says(reader, 'was not found here. It may have been removed.');
  assert.equal(await further(reader).isVisible(), false);
  const short = await follow(thread(120), 'cnowhere00');
  await says(short, 'It may have been removed.');
  assert.equal(await further(short).isVisible(), false);
  await short.evaluate((one) => (location.hash = `comment-${one}`), id(110));
  await highlighted(short, id(110));
  assert.equal(await missing(short).isVisible(), false);
});

test('a comment that moves to a page that was searched, or to one that is new, is found', async () => {
  const files = thread(2000);
  const reader = await follow(files, id(500));
  await says(reader, '(950 / 2000)');
  files.ids.splice(3, 1);
  await further(reader).click();
  await highlighted(reader, id(500));

  const growing = thread(2000);
  const other = await follow(growing, id(1549));
  await says(other, '(950 / 2000)');
  growing.ids.splice(1200, 0, 'canswer000');
  await further(other).click();
  await highlighted(other, id(1549));
});

test('a page of the thread that cannot be loaded does not count as searched', async () => {
  for (const [count, place] of [[2000, 300], [120, 110]]) {
    const files = thread(count);
    files.lost.add(`index.${Math.floor(place / SIZE) + 1}.json`);
    const reader = await follow(files, id(place));
    await says(reader, 'searched so far');
    files.lost.clear();
    await further(reader).click();
    await highlighted(reader, id(place));
  }
});

test('files that cannot be loaded do not make a comment one that was removed', async () => {
  const files = thread(120);
  for (const name of ['index.json', 'index.2.json', 'index.3.json']) files.lost.add(name);
  const reader = await follow(files, id(110), `<li class="ardoise-comment" id="comment-${id(0)}"><article>Baked</article><ol data-ardoise="replies"></ol></li>`);
  await says(reader, 'searched so far (1 / ?)');
  files.lost.clear();
  await further(reader).click();
  await highlighted(reader, id(110));
  assert.equal(await reader.locator('.ardoise-comment').count(), 120);
  assert.equal(await reader.locator('.ardoise-title').textContent(), '120 comments');
});

test('an article without comments any more has nothing to search', async () => {
  const files = thread(0);
  files.lost.add('index.json');
  const reader = await follow(files, id(0));
  await says(reader, 'It may have been removed.');
  assert.equal(await further(reader).isVisible(), false);
  assert.equal(asked(reader), 0);
});

test('a page with a base address of its own: its links to comments stay on the page', async () => {
  const reader = await page(chromium);
  const files = thread(120);
  await reader.route('**/ardoise/latest.json', (route) => route.fulfill({ json: { version: 1, revision: 2, since: 0, counts: { [PATH]: 120 } } }));
  await reader.route(`**/ardoise${PATH}*.json`, (route) => route.fulfill({ json: files.serve(new URL(route.request().url()).pathname) }));
  await reader.route(`${blog.origin}${PATH}`, async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace('<head>', '<head><base href="/2025/elsewhere/">').replace(/data-tree="?\/ardoise\/"?/, 'data-tree="../../ardoise/"');
    await route.fulfill({ response, body });
  });
  const address = `${blog.origin}${PATH}`;
  await reader.goto(`${address}#comment-${id(110)}`, { waitUntil: 'networkidle' });
  await highlighted(reader, id(110));
  assert.equal(reader.url(), `${address}#comment-${id(110)}`);
  await reader.locator(`#comment-${id(3)} .ardoise-permalink`).click();
  await highlighted(reader, id(3));
  assert.equal(reader.url(), `${address}#comment-${id(3)}`);
  assert.ok(reader.requests.includes(`/ardoise${PATH}index.3.json`));
  assert.deepEqual(reader.complaints, []);
});
