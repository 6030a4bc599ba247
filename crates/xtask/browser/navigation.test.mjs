// Navigation without a page load: Turbo from npm, and a body replaced by script, as pjax, Swup and many themes do.

import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { browser, clean, exampleBlog, page, until } from './harness.mjs';

const FIRST = '/2024/six-chalks-and-a-wet-cloth/';
const SECOND = '/2024/four-strokes-and-a-slash/';
const THIRD = '/2025/adding-up-saturday-in-awk/';
let blog, chromium;

before(async () => {
  blog = exampleBlog();
  blog.build();
  const built = join(blog.folder, 'public');
  copyFileSync(join(process.env.TOOLS, 'node_modules/@hotwired/turbo/dist/turbo.es2017-umd.js'), join(built, 'turbo.js'));
  // A placeholder for Turbo in the head of each page, which some tests fill.
  for (const name of readdirSync(built, { recursive: true }).filter((file) => file.endsWith('.html'))) {
    const text = readFileSync(join(built, name), 'utf8');
    writeFileSync(join(built, name), text.replace('</head>', '<!-- turbo --></head>'));
  }
  await blog.open({ policy: '' });
  chromium = await browser();
  await blog.comment(FIRST, 'Ada', 'On chalks');
  await blog.comment(SECOND, 'Bea', 'On strokes');
});
after(clean);

/** A reader of the site, optionally with Turbo. `window.same` survives as long as no page is loaded. */
const open = async (path, { turbo = false } = {}) => {
  const reader = await page(chromium);
  if (turbo) {
    await reader.route(`${blog.origin}/**`, async (route) => {
      if (!/\/$/.test(new URL(route.request().url()).pathname) || route.request().method() !== 'GET') return route.continue();
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: (await answer.text()).replace('<!-- turbo -->', '<script src="/turbo.js" defer></script>') });
    });
  }
  await reader.goto(blog.origin + path, { waitUntil: 'networkidle' });
  await reader.evaluate(() => { window.same = true; });
  return reader;
};
const inSight = (reader) => reader.locator('#comments').scrollIntoViewIfNeeded();
const asked = (reader, file) => reader.requests.filter((path) => path === `/ardoise${file}`).length;
const counter = (reader, path) => reader.locator(`[data-ardoise-count="${path}"]`).first();
const complaints = (reader) => reader.complaints.filter((text) => !/Failed to load resource/.test(text));
/** What pjax, Swup and themes do: fetch a page, replace the body, push the address. */
const replace = (reader, path, back) => reader.evaluate(async ([to, popped]) => {
  const next = new DOMParser().parseFromString(await (await fetch(to)).text(), 'text/html');
  if (!popped) history.pushState({}, '', to);
  document.body.replaceWith(document.adoptNode(next.body));
}, [path, back]);
const visit = (reader, path) => reader.evaluate((to) => window.Turbo.visit(to), path);

for (const [name, turbo, go] of [['Turbo', true, visit], ['a body replaced by hand', false, replace]]) {
  test(`${name}: counts and comments come on each page, and each file is asked for once a visit`, async () => {
    const reader = await open('/', { turbo });
    await until('the count', async () => (await counter(reader, FIRST).textContent()) === '1 comment');
    assert.equal(asked(reader, '/latest.json'), 1);
    await go(reader, FIRST);
    await until('the article', () => reader.locator(`[data-ardoise-article="${FIRST}"]`).count());
    await inSight(reader);
    await reader.getByText('On chalks').waitFor();
    await go(reader, SECOND);
    await until('the other article', () => reader.locator(`[data-ardoise-article="${SECOND}"]`).count());
    await inSight(reader);
    await reader.getByText('On strokes').waitFor();
    assert.equal(asked(reader, `${FIRST}index.json`), 1);
    assert.equal(asked(reader, `${SECOND}index.json`), 1);
    const more = await blog.comment(FIRST, 'Cy', `More, ${name}`);
    await go(reader, '/');
    await until('the count of this visit', async () => (await counter(reader, FIRST).textContent().catch(() => '')) === `${JSON.parse(blog.read(`published${FIRST}index.json`)).count} comments`);
    blog.ardoise('delete', more);
    await until('it to go', () => !blog.read(`published${FIRST}index.json`).includes(more));
    await reader.waitForLoadState('networkidle');
    assert.ok(asked(reader, '/latest.json') <= 4, 'at most once for each page');
    assert.equal(reader.requests.filter((path) => path === '/ardoise-thread.js').length, 1);
    assert.equal(await reader.evaluate(() => window.same), true, 'no page was loaded anew');
    assert.deepEqual(complaints(reader), []);
  });
}

test('Turbo: back and forward, with the page that it keeps, give a thread that works', async () => {
  const reader = await open(FIRST, { turbo: true });
  await inSight(reader);
  const first = reader.locator('[data-ardoise="thread"] > .ardoise-comment').first();
  await first.waitFor();
  await first.locator('.ardoise-reply').first().click();
  await reader.locator('#ardoise-text').fill('Begun here');
  await visit(reader, SECOND);
  await until('the other article', () => reader.locator(`[data-ardoise-article="${SECOND}"]`).count());
  await inSight(reader);
  await reader.getByText('On strokes').waitFor();
  assert.equal(await reader.locator('#ardoise-text').inputValue(), '');
  await reader.goBack();
  await until('the first article', () => reader.locator(`[data-ardoise-article="${FIRST}"]`).count());
  await inSight(reader);
  await until('the draft below what it answers', async () => (await first.locator('#ardoise-form').count()) === 1);
  assert.equal(await reader.locator('#ardoise-text').inputValue(), 'Begun here');
  assert.equal(await reader.locator('.ardoise-text').filter({ hasText: 'On chalks' }).count(), 1, 'nothing is there twice');
  await reader.locator('#ardoise-author').fill('Di');
  await reader.locator('#ardoise-text').fill('Sent from there');
  await reader.getByRole('button', { name: 'Send' }).click();
  await reader.getByText('Thank you. Your comment was received').filter({ visible: true }).waitFor();
  const sent = blog.pending().at(-1);
  assert.deepEqual([sent.text, sent.article, sent.parent !== null], ['Sent from there', FIRST, true]);
  assert.equal(blog.pending().filter(({ text }) => text === 'Sent from there').length, 1, 'once');
  await reader.goForward();
  await until('the other article', () => reader.locator(`[data-ardoise-article="${SECOND}"]`).count());
  await reader.goBack();
  await until('the first article', () => reader.locator(`[data-ardoise-article="${FIRST}"]`).count());
  await inSight(reader);
  await until('his own, once', async () => (await reader.locator('.ardoise-text').filter({ hasText: 'Sent from there' }).count()) === 1);
  assert.equal(await reader.evaluate(() => window.same), true);
  assert.deepEqual(complaints(reader), []);
});

test('Turbo: the page that it shows until the new one has come asks for nothing', async () => {
  const { id } = JSON.parse(blog.read(`published${FIRST}index.json`)).comments[0];
  const reader = await open(FIRST, { turbo: true });
  await inSight(reader);
  // Turbo restores its cached page only if it contains the comment.
  await reader.locator(`#comment-${id}`).waitFor();
  await visit(reader, SECOND);
  await until('the other article', () => reader.locator(`[data-ardoise-article="${SECOND}"]`).count());
  const previews = reader.evaluate(() => new Promise((shown) => new MutationObserver(() => 'turboPreview' in document.documentElement.dataset && shown(true)).observe(document.documentElement, { attributes: true })));
  const loaded = reader.evaluate(() => new Promise((done) => addEventListener('turbo:load', () => done(true), { once: true })));
  const before = asked(reader, `${FIRST}index.json`);
  // The response waits for the preview: if it came before the next frame, Turbo would show none.
  await reader.route((url) => url.pathname === FIRST, async (route) => {
    await previews;
    await route.continue();
  });
  await visit(reader, `${FIRST}#comment-${id}`);
  await loaded;
  // The new page has no comments of its own, so these were fetched.
  await reader.locator(`#comment-${id}`).waitFor();
  assert.ok(await previews, 'there was such a page');
  assert.equal(asked(reader, `${FIRST}index.json`), before + 1);
});

test('Turbo: a comment that was approved meanwhile is there once when its author comes back', async () => {
  const reader = await open(THIRD, { turbo: true });
  await inSight(reader);
  await reader.locator('#ardoise-author').fill('Ed');
  await reader.locator('#ardoise-text').fill('Approved meanwhile');
  await reader.getByRole('button', { name: 'Send' }).click();
  await reader.getByText('waiting for approval').filter({ visible: true }).waitFor();
  const { id } = blog.pending().at(-1);
  await visit(reader, FIRST);
  await until('the other article', () => reader.locator(`[data-ardoise-article="${FIRST}"]`).count());
  blog.approve(id);
  await until('it to be counted', () => JSON.parse(blog.read('published/latest.json')).counts[THIRD] === 1);
  await reader.goBack();
  await until('the first article', () => reader.locator(`[data-ardoise-article="${THIRD}"]`).count());
  await inSight(reader);
  await reader.locator(`[data-ardoise="thread"] #comment-${id}`).waitFor();
  assert.equal(await reader.locator('.ardoise-text').filter({ hasText: 'Approved meanwhile' }).count(), 1);
  assert.equal(await reader.getByText('waiting for approval').filter({ visible: true }).count(), 0);
});

test('an address of the published files that is relative keeps its meaning when the page\'s address changes', async () => {
  const reader = await page(chromium);
  await reader.route(`${blog.origin}/`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace('data-tree="/ardoise/"', 'data-tree="ardoise/"').replace('data-tree=/ardoise/', 'data-tree=ardoise/') });
  });
  await reader.goto(`${blog.origin}/`, { waitUntil: 'networkidle' });
  assert.equal(await reader.locator('[data-tree]').getAttribute('data-tree'), 'ardoise/');
  await replace(reader, FIRST);
  await inSight(reader);
  await reader.getByText('On chalks').waitFor();
});

test('an address that names a comment is followed on a page that came without a reload', async () => {
  const { id } = JSON.parse(blog.read(`published${SECOND}index.json`)).comments[0];
  const reader = await open('/', { turbo: true });
  await visit(reader, `${SECOND}#comment-${id}`);
  await until('it to be highlighted', () => reader.locator(`#comment-${id}`).evaluate((item) => item.matches(':target')).catch(() => false));
  assert.equal(await reader.evaluate(() => window.same), true);
});

test('removed sections and counters are released', async () => {
  const reader = await page(chromium);
  await reader.addInitScript(() => {
    window.listeners = 0;
    const add = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (...given) {
      if (this === window || this === document) window.listeners++;
      return add.apply(this, given);
    };
  });
  await reader.goto(blog.origin + FIRST, { waitUntil: 'networkidle' });
  const rounds = async (times) => {
    for (let n = 0; n < times; n++) {
      await replace(reader, n % 2 ? FIRST : SECOND);
      await inSight(reader);
      await reader.locator('[data-ardoise="thread"] > .ardoise-comment').first().waitFor();
    }
  };
  await rounds(2);
  const before = await reader.evaluate(() => {
    window.gone = new WeakRef(document.querySelector('#comments'));
    return window.listeners;
  });
  await rounds(4);
  assert.equal(await reader.evaluate(() => window.listeners), before, 'no listener is added to the window with a section');
  const session = await reader.context().newCDPSession(reader);
  await until('the section to be collected', async () => {
    await session.send('HeapProfiler.collectGarbage');
    return reader.evaluate(() => !window.gone.deref());
  });
});

test('counters that are added to a page, as an endless list does it, are filled from the file that is there', async () => {
  const reader = await open('/');
  await until('the count', async () => /comment/.test(await counter(reader, FIRST).textContent()));
  await reader.evaluate((path) => {
    const link = document.createElement('a');
    link.dataset.ardoiseCount = path;
    link.id = 'late';
    document.body.append(link);
  }, SECOND);
  await until('its count', async () => (await reader.locator('#late').textContent()) === '1 comment');
  assert.equal(asked(reader, '/latest.json'), 1);
});

test('a script that is there twice does everything once', async () => {
  const reader = await page(chromium);
  await reader.route(`${blog.origin}${FIRST}`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/<script src="\/ardoise.js".*?<\/script>/s, '$&$&') });
  });
  await reader.goto(blog.origin + FIRST, { waitUntil: 'networkidle' });
  await inSight(reader);
  await reader.getByText('On chalks').waitFor();
  await reader.waitForLoadState('networkidle');
  assert.equal(asked(reader, `${FIRST}index.json`), 1);
});
