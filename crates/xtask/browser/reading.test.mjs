// Reading: the comments as a part of the page, and the form.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { browser, clean, exampleBlog, page, root, until } from './harness.mjs';

const ARTICLE = '/2024/cr%C3%A8me-br%C3%BBl%C3%A9e/';
const PATH = decodeURI(ARTICLE);
const LONG = '/2024/four-strokes-and-a-slash/';
const QUIET = '/2024/six-chalks-and-a-wet-cloth/';
let blog, chromium;

before(async () => {
  blog = exampleBlog();
  blog.build();
  await blog.open({ settings: '[rules]\nwords_refuse = ["slate pencil"]\n' });
  chromium = await browser();
});
after(clean);

const open = async (path, options) => {
  const reader = await page(chromium, options);
  await reader.goto(blog.origin + path, { waitUntil: 'networkidle' });
  return reader;
};
const toForm = (reader) => reader.locator('#ardoise-form').scrollIntoViewIfNeeded();
const shown = (reader, id) => reader.locator(`#comment-${id}`);
const said = (reader) => reader.locator('.ardoise-said');
const fromTree = (reader) => reader.requests.filter((path) => path.startsWith('/ardoise/'));
const fromService = (reader) => reader.requests.filter((path) => /^\/(comments|preview|newcomment)/.test(path));
/** Ignores the browser's own error about an unsuccessful response. */
const complaints = (reader) => reader.complaints.filter((text) => !/Failed to load resource/.test(text));

test('script and stylesheet are as small as promised', () => {
  const size = (name) => gzipSync(readFileSync(join(root, 'static', name)), { level: 9 }).length;
  assert.ok(size('ardoise.js') <= 1.3 * 1024, `a page with counts alone loads ${size('ardoise.js')} bytes`);
  assert.ok(size('ardoise.js') + size('ardoise-thread.js') <= 4.5 * 1024, 'what who reads loads');
  assert.ok(size('ardoise-form.js') <= 3072, `who writes loads ${size('ardoise-form.js')} bytes more`);
  assert.ok(size('ardoise.css') <= 2048, 'the stylesheet');
});

test('nothing is requested until a reader scrolls near', async () => {
  await blog.comment(PATH, 'Ada', 'First');
  const reader = await open(ARTICLE, { viewport: { width: 800, height: 600 } });
  const top = await reader.locator('#comments').evaluate((section) => section.getBoundingClientRect().top);
  assert.ok(top > 900, `the section begins below what is seen, at ${top}`);
  assert.deepEqual([fromTree(reader), fromService(reader)], [[], []]);
  assert.ok(!reader.requests.includes('/ardoise-thread.js'), 'not even its script');
  await reader.locator('.ardoise-title').scrollIntoViewIfNeeded();
  await reader.getByText('First').waitFor();
  // No comments were baked into this page, so the small file tells first whether the article's file exists.
  assert.deepEqual([fromTree(reader), fromService(reader)], [['/ardoise/latest.json', `/ardoise${ARTICLE}index.json`], []]);
  assert.ok(!reader.requests.includes('/ardoise-form.js'), 'who reads loads no script for writing');
  assert.deepEqual(reader.complaints, []);
});

test('a long thread comes in pages, and an address finds its comment on any of them', async () => {
  const ids = [];
  for (let n = 0; n < 120; n++) ids.push(await blog.post(LONG, 'Bea', `Number ${n}`));
  blog.approve(...ids);
  await until('the third page', () => blog.has(`published${LONG}index.3.json`));
  const reader = await open(LONG);
  await reader.locator('.ardoise-title').scrollIntoViewIfNeeded();
  await shown(reader, ids[49]).waitFor();
  const comments = reader.locator('.ardoise-comment');
  assert.equal(await comments.count(), 50);
  assert.equal(await reader.locator('.ardoise-title').textContent(), '120 comments');
  const more = reader.getByRole('button', { name: 'More comments' });
  await more.dblclick();
  await shown(reader, ids[99]).waitFor();
  await reader.waitForLoadState('networkidle');
  assert.equal(await comments.count(), 100, 'twice is once');
  assert.ok(await shown(reader, ids[50]).locator('.ardoise-permalink').evaluate((link) => link === document.activeElement), 'reading goes on there');
  await more.click();
  await shown(reader, ids[119]).waitFor();
  assert.ok(!(await more.isVisible()));
  assert.equal(await comments.count(), 120);

  const visitor = await open(`${LONG}#comment-${ids[110]}`);
  await shown(visitor, ids[110]).waitFor();
  await until('it to be in view', () => shown(visitor, ids[110]).evaluate((item) => {
    const { top, bottom } = item.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  }));
  assert.equal(await shown(visitor, ids[110]).evaluate((item) => item.matches(':target')), true, 'and highlighted');
  await visitor.evaluate((id) => (location.hash = `comment-${id}`), ids[3]);
  await until('the other to be highlighted', () => shown(visitor, ids[3]).evaluate((item) => item.matches(':target')));

  // The reader's own comment on the last page is published, and is not shown as pending too.
  await toForm(visitor);
  await visitor.locator('#ardoise-author').fill('Bea');
  await visitor.locator('#ardoise-text').fill('My own');
  await visitor.getByRole('button', { name: 'Send' }).click();
  await visitor.getByText('waiting for approval').filter({ visible: true }).waitFor();
  const { id } = blog.pending().at(-1);
  blog.approve(id);
  await until('it to be published', () => blog.read(`published${LONG}index.3.json`).includes(id));
  const returning = await visitor.context().newPage();
  await returning.goto(`${blog.origin}${LONG}#comments`, { waitUntil: 'networkidle' });
  await shown(returning, id).waitFor();
  assert.equal(await returning.getByText('waiting for approval').filter({ visible: true }).count(), 0);
  assert.equal(await shown(returning, id).count(), 1);
  blog.ardoise('delete', id);
  await until('it to go', () => !blog.read(`published${LONG}index.3.json`).includes(id));

  blog.build();
  const plain = await open(LONG, { javaScriptEnabled: false });
  const visible = () => plain.locator('.ardoise-comment:visible').count();
  assert.equal(await visible(), 50, 'also without a script');
  await plain.locator('summary').click();
  assert.equal(await visible(), 120);
  // The next reader has the script; nothing is shown twice.
  const again = await open(LONG);
  await again.locator('.ardoise-title').scrollIntoViewIfNeeded();
  await again.getByRole('button', { name: 'More comments' }).waitFor();
  assert.equal(await again.locator('.ardoise-comment').count(), 50);
  assert.deepEqual([complaints(reader), complaints(visitor), complaints(again)], [[], [], []]);
});

test('an answer is written under what it answers, by keyboard alone, and waits there', async () => {
  const [id] = blog.json('pending', '--status', 'approved', '--json').filter((comment) => comment.article === PATH).map((comment) => comment.id);
  const reader = await open(`${ARTICLE}#comment-${id}`);
  await shown(reader, id).waitFor();
  const form = reader.locator('#ardoise-form');
  const press = async (key, wanted) => {
    for (let n = 0; n < 60; n++) {
      await reader.keyboard.press(key);
      if (await wanted.evaluate((element) => element === document.activeElement)) return;
    }
    assert.fail(`${key} never came to ${wanted}`);
  };
  const reply = shown(reader, id).getByRole('checkbox', { name: /^Reply – / });
  await shown(reader, id).locator('.ardoise-permalink').focus();
  await press('Tab', reply);
  assert.notEqual(await reply.evaluate((box) => getComputedStyle(box.parentElement).outlineStyle), 'none', 'the focus is seen');
  await reader.keyboard.press('Space');
  assert.equal(await shown(reader, id).locator('#ardoise-form').count(), 1, 'the form came');
  assert.ok(await reader.locator('#ardoise-text').evaluate((text) => text === document.activeElement));
  await press('Shift+Tab', shown(reader, id).getByRole('checkbox', { name: /^Do not reply – / }));
  await reader.keyboard.press('Space');
  assert.equal(await shown(reader, id).locator('#ardoise-form').count(), 0, 'and went back');
  await reader.keyboard.press('Space');
  await reader.keyboard.type('An *answer*');
  await press('Shift+Tab', reader.locator('#ardoise-author'));
  await reader.keyboard.type('Cy');
  await press('Tab', form.getByRole('button', { name: 'Send' }));
  await reader.keyboard.press('Enter');

  const own = shown(reader, id).locator('.ardoise-replies .ardoise-comment');
  await own.waitFor();
  assert.match(await own.innerText(), /Cy[\s\S]*waiting for approval[\s\S]*An answer/);
  assert.equal(await own.locator('em').textContent(), 'answer');
  assert.equal(await own.getByRole('checkbox').count(), 0, 'nobody can answer it yet');
  assert.match(await said(reader).innerText(), /Thank you\./);
  assert.equal(await shown(reader, id).locator('#ardoise-form').count(), 0);
  const sent = blog.pending().at(-1);
  assert.deepEqual([sent.parent, sent.text], [id, 'An *answer*']);

  await reader.reload({ waitUntil: 'networkidle' });
  await own.waitFor();
  assert.match(await own.innerText(), /waiting for approval/, 'it is still there after a reload');
  assert.equal(await reader.locator('#ardoise-author').inputValue(), 'Cy');
  blog.approve(sent.id);
  await until('it to be published', () => blog.read(`published${PATH}index.json`).includes(sent.id));
  await reader.reload({ waitUntil: 'networkidle' });
  await own.waitFor();
  assert.doesNotMatch(await own.innerText(), /waiting for approval/);
  assert.equal(await own.count(), 1);
  const kept = await reader.evaluate(() => Object.keys(localStorage).sort());
  assert.deepEqual(kept, ['ardoise:author', 'ardoise:key', `ardoise:own:${PATH}`], 'his name, what he is known again by, and what he may still change');
  assert.deepEqual(complaints(reader), []);
});

test('an answer that is begun before the files are there stays where it is', async () => {
  blog.build();
  const [{ id }] = JSON.parse(blog.read(`published${PATH}index.json`)).comments;
  const reader = await page(chromium);
  let release;
  const held = new Promise((done) => (release = done));
  await reader.route('**/ardoise/2024/**', async (route) => {
    await held;
    await route.continue();
  });
  await reader.goto(`${blog.origin}${ARTICLE}#comments`);
  await shown(reader, id).locator('.ardoise-reply').first().click();
  await shown(reader, id).locator('#ardoise-form').waitFor();
  await reader.locator('#ardoise-text').fill('Begun early');
  const answered = reader.waitForResponse('**/ardoise/2024/**');
  release();
  await answered;
  await reader.waitForLoadState('networkidle');
  assert.equal(await reader.locator('#ardoise-text').inputValue(), 'Begun early');
  assert.equal(await shown(reader, id).locator('#ardoise-form').count(), 1);
});

test('what is typed while a comment is on its way is not lost', async () => {
  const reader = await page(chromium);
  let release;
  const held = new Promise((done) => (release = done));
  await reader.route('**/comments', async (route) => {
    await held;
    await route.continue();
  });
  await reader.goto(`${blog.origin}${QUIET}#comments`, { waitUntil: 'networkidle' });
  await reader.locator('#ardoise-author').fill('Ida');
  await reader.locator('#ardoise-text').fill('First');
  await reader.getByRole('button', { name: 'Send' }).click();
  await reader.locator('#ardoise-text').fill('First, and more');
  release();
  await until('thanks', () => said(reader).innerText().then((text) => text.includes('Thank you')));
  assert.equal(await reader.locator('#ardoise-text').inputValue(), 'First, and more');
  assert.equal(blog.pending().at(-1).text, 'First');
});

test('the preview is what is published', async () => {
  const reader = await open(QUIET);
  await toForm(reader);
  await reader.getByLabel('Preview').check();
  await reader.locator('#ardoise-text').fill('A *word*\n\n    <b>code</b>\n\n<script>alert(1)</script> https://example.org/');
  const preview = reader.locator('.ardoise-preview');
  await preview.waitFor();
  await until('the preview', () => preview.innerText().then((text) => text.includes('alert(1)')));
  const looked = await preview.innerHTML();
  await reader.locator('#ardoise-author').fill('Di');
  await reader.getByRole('button', { name: 'Send' }).click();
  const own = reader.locator('[data-ardoise="own"] .ardoise-text');
  await own.waitFor();
  assert.equal(await own.innerHTML(), looked);
  const { id } = blog.pending().at(-1);
  blog.approve(id);
  await until('the file', () => blog.has(`published${QUIET}index.json`));
  const published = JSON.parse(blog.read(`published${QUIET}index.json`)).comments[0].html;
  assert.equal(await reader.evaluate((html) => Object.assign(document.createElement('div'), { innerHTML: html }).innerHTML, published), looked);
  assert.ok(!(await preview.isVisible()), 'it goes with the text');
});

test('errors are shown beside the form, and the text stays', async () => {
  const reader = await open(QUIET);
  await toForm(reader);
  await reader.locator('#ardoise-author').fill('Eve');
  await reader.locator('#ardoise-site').fill('not a site');
  await reader.locator('#ardoise-text').fill('Typed with care');
  await reader.getByRole('button', { name: 'Send' }).click();
  await until('a word about it', () => said(reader).innerText().then((text) => text.includes('not taken in')));
  assert.equal(await said(reader).innerText(), 'Your comment was not taken in:\nWeb site: is not an address such as https://example.org');
  const site = reader.locator('#ardoise-site');
  assert.equal(await site.getAttribute('aria-invalid'), 'true');
  assert.ok(await site.evaluate((field) => field === document.activeElement));
  await site.fill('eve.example');
  assert.equal(await site.getAttribute('aria-invalid'), null);
  await reader.getByRole('button', { name: 'Send' }).click();
  await until('thanks', () => said(reader).innerText().then((text) => text.includes('Thank you')));
  assert.equal(blog.pending().at(-1).text, 'Typed with care');
});

test('a refused word is named in the language of the page', async () => {
  const reader = await open(QUIET);
  await toForm(reader);
  await said(reader).evaluate((words) => Object.assign(words.dataset, { unwelcome: words.dataset.unwelcome.replace('which is', 'as ever') }));
  await reader.locator('#ardoise-author').fill('Eve');
  await reader.locator('#ardoise-text').fill('A Slate Pencil, please');
  await reader.getByRole('button', { name: 'Send' }).click();
  await until('a word about it', () => said(reader).innerText().then((text) => text.includes('not taken in')));
  const expected = 'Comment: has “slate pencil” in it, as ever not taken here; say it otherwise';
  assert.equal(await said(reader).innerText(), `Your comment was not taken in:\n${expected}`);
  assert.equal(await reader.locator('#ardoise-text').inputValue(), 'A Slate Pencil, please');
  await reader.locator('#ardoise-text').fill('');
});

test('the service is down: the draft survives until it is acknowledged', async () => {
  const reader = await open(QUIET);
  await toForm(reader);
  await blog.service.stop('SIGKILL');
  await reader.locator('#ardoise-author').fill('Flo');
  await reader.locator('#ardoise-text').fill('Written in vain?');
  await reader.getByRole('button', { name: 'Send' }).click();
  await until('a word about it', () => said(reader).innerText().then((text) => /could not be (sent|taken in)/.test(text)));
  assert.equal(await reader.locator('#ardoise-text').inputValue(), 'Written in vain?');
  await reader.reload({ waitUntil: 'networkidle' });
  assert.match(await reader.locator('.ardoise-thread').first().innerText(), /Di/, 'reading is unharmed');
  await toForm(reader);
  await until('the draft', async () => (await reader.locator('#ardoise-text').inputValue()) === 'Written in vain?');
  blog.service = await blog.startService();
  await reader.getByRole('button', { name: 'Send' }).click();
  await until('thanks', () => said(reader).innerText().then((text) => text.includes('Thank you')));
  assert.equal(await reader.locator('#ardoise-text').inputValue(), '');
  await reader.reload({ waitUntil: 'networkidle' });
  assert.equal(await reader.locator('#ardoise-text').inputValue(), '');
  assert.equal(blog.pending().filter((comment) => comment.author === 'Flo').length, 1);
});

test('without a script one comment can be answered too', async () => {
  blog.build();
  const [{ id }] = JSON.parse(blog.read(`published${PATH}index.json`)).comments;
  const reader = await open(ARTICLE, { javaScriptEnabled: false });
  await shown(reader, id).locator('.ardoise-reply').first().click();
  assert.equal(await reader.locator('.ardoise-reply:visible').count(), 1, 'one at a time');
  await reader.getByLabel('Name').fill('Gus');
  await reader.locator('#ardoise-text').fill('Plain');
  await reader.getByRole('button', { name: 'Send' }).click();
  await reader.waitForURL(/#ardoise-thanks$/);
  assert.ok(await reader.getByText('Thank you.').isVisible());
  assert.equal(blog.pending().at(-1).parent, id);
});

test("the owner's reply has a badge, baked and fresh", async () => {
  blog.write('ardoise.toml', blog.read('ardoise.toml').replace('[service]', 'owner = "Ines"\n[service]'));
  const id = blog.ardoise('reply', PATH, 'Mine').split(' ')[0];
  await until('it to be published', () => blog.read(`published${PATH}index.json`).includes(id));
  const fresh = await open(`${ARTICLE}#comment-${id}`);
  await shown(fresh, id).waitFor();
  blog.build();
  const baked = await open(ARTICLE, { javaScriptEnabled: false });
  for (const reader of [fresh, baked]) {
    assert.ok(await shown(reader, id).getByText('Author', { exact: true }).isVisible());
    assert.equal(await reader.locator('.ardoise-badge:visible').count(), 1, 'his alone');
    assert.ok(await shown(reader, id).locator('.ardoise-avatar path').evaluate((path) => path.getBBox().width > 0));
  }
});

test('the newest comments of a sidebar are fresh, and as many as it shows', async () => {
  const id = await blog.comment('/2025/à-la-carte/', 'Jo', 'Elsewhere');
  const reader = await open('/');
  await reader.locator('.ardoise-recent').scrollIntoViewIfNeeded();
  await reader.locator('.ardoise-recent', { hasText: 'Jo' }).waitFor();
  const items = reader.locator('.ardoise-recent li');
  assert.equal(await items.count(), 5);
  assert.match(await items.first().innerText(), /^Jo À la carte, for one day only \w+ \d+, \d{4}$/);
  await items.first().getByRole('link').click();
  await until('the comment to be highlighted', () => shown(reader, id).evaluate((item) => item.matches(':target')).catch(() => false));
  assert.deepEqual(complaints(reader), []);
});

test('pictures of names are there or not, as the owner sets it', async () => {
  const settings = blog.read('ardoise.toml');
  const pictures = async (path) => {
    const reader = await open(`${path}#comments`);
    await reader.locator('.ardoise-comment').first().waitFor();
    return reader.locator('.ardoise-comment .ardoise-avatar').count();
  };
  assert.ok(await pictures(ARTICLE) > 0);
  await blog.service.stop();
  blog.write('ardoise.toml', `${settings}[publish]\navatars = false\n`);
  blog.service = await blog.startService();
  await until('the files without', () => !blog.read(`published${PATH}index.json`).includes('avatar'));
  blog.build();
  assert.equal(await pictures(ARTICLE), 0);
  assert.doesNotMatch(/data-ardoise="thread">([^]*?)<template/.exec(blog.read(`public${PATH}index.html`))[1], /ardoise-avatar/);
  await blog.service.stop();
  blog.write('ardoise.toml', settings);
  blog.service = await blog.startService();
  await until('the files with them', () => blog.read(`published${PATH}index.json`).includes('avatar'));
});

test('a closed article has no form, and stays readable', async () => {
  blog.write('hugo.toml', `${blog.read('hugo.toml')}\n[params.ardoise]\nclose_after = 36500\n`);
  blog.build();
  const { id } = JSON.parse(blog.read(`published${PATH}index.json`)).comments.at(-1);
  blog.ardoise('delete', id);
  await until('it to go', () => !blog.read(`published${PATH}index.json`).includes(id));
  const reader = await page(chromium);
  await reader.clock.setFixedTime('2130-01-01');
  await reader.goto(`${blog.origin}${ARTICLE}#comments`, { waitUntil: 'networkidle' });
  await reader.getByText('Comments are closed.').waitFor();
  await until('the comment to go', async () => (await shown(reader, id).count()) === 0);
  assert.equal(await reader.locator('.ardoise-reply:visible, #ardoise-form').count(), 0);
  assert.ok(await reader.locator('.ardoise-comment').count() > 0);
  assert.deepEqual(reader.complaints, []);
  const early = await open(`${ARTICLE}#comments`);
  assert.ok(await early.locator('#ardoise-form').isVisible());
});

test('nothing moves when fresh contents replace baked ones', async () => {
  await blog.comment(PATH, 'Hal', 'One more since the build');
  for (const [path, most] of [['/', 0], [ARTICLE, 0.02]]) {
    const reader = await page(chromium, { viewport: { width: 1280, height: 800 } });
    await reader.addInitScript(() => {
      window.shifted = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifted += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await reader.goto(blog.origin + path, { waitUntil: 'networkidle' });
    if (path !== '/') {
      await reader.mouse.wheel(0, 200);
      await reader.locator('#comments').scrollIntoViewIfNeeded();
      await reader.getByText('One more since the build').waitFor();
    }
    await reader.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const shifted = await reader.evaluate(() => window.shifted);
    assert.ok(shifted <= most, `${path} moved by ${shifted}`);
  }
});

test('a list page of a very large site costs one small request', async () => {
  // The maximum that the file of the latest changes holds.
  const counts = Object.fromEntries(Array.from({ length: 128 }, (_, n) => [`/2017/03/${(n * 7919 + 10007).toString(36)}-some-article/`, n + 1]));
  const { epoch } = JSON.parse(blog.read('published/counts.json'));
  const latest = Buffer.from(JSON.stringify({ version: 1, revision: 5_000_000, epoch, since: 1, counts }));
  assert.ok(latest.length > 4000);
  const reader = await page(chromium);
  blog.write('published/latest.json', latest);
  blog.write('published/latest.json.gz', gzipSync(latest));
  const session = await reader.context().newCDPSession(reader);
  await session.send('Network.enable');
  const received = new Map();
  session.on('Network.responseReceived', ({ requestId, response }) => received.set(requestId, { url: response.url }));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => Object.assign(received.get(requestId) || {}, { bytes: encodedDataLength }));
  await reader.goto(blog.origin, { waitUntil: 'networkidle' });
  const asked = [...received.values()].filter(({ url }) => url.includes('/ardoise/'));
  assert.deepEqual(asked.map(({ url }) => url), [`${blog.origin}/ardoise/latest.json`]);
  const [{ bytes }] = asked;
  assert.ok(bytes > 500 && bytes <= 3072, `${bytes} bytes, headers and all`);
});
