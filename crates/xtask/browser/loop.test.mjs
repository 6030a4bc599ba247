// The whole path on a blog: a reader posts, the owner approves, the files change, and the page shows the comment.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, clean, exampleBlog, page, until } from './harness.mjs';

const ARTICLE = '/2024/cr%C3%A8me-br%C3%BBl%C3%A9e/';
const PATH = '/2024/crème-brûlée/';
let blog, chromium;

before(async () => {
  blog = exampleBlog();
  blog.build();
  await blog.open();
  chromium = await browser();
});
after(clean);

const thanks = (reader) => reader.getByText('Thank you.').filter({ visible: true });

const fill = async (reader, name, text) => {
  await reader.getByLabel('Name').fill(name);
  await reader.getByLabel('Comment', { exact: false }).last().fill(text);
  await reader.getByRole('button', { name: 'Send' }).click();
};
const counted = (reader) => reader.locator(`.entry [data-ardoise-count="${ARTICLE}"]`);

test('a comment goes from the form to the page without a build', async () => {
  const reader = await page(chromium);
  await reader.goto(blog.origin);
  assert.equal(await counted(reader).textContent(), '', 'nothing is seen at 0');
  await reader.goto(blog.origin + ARTICLE);
  assert.equal(await reader.locator('.ardoise-title').textContent(), 'Comments');
  assert.equal(await thanks(reader).count(), 0);

  await fill(reader, 'Ada', 'What did *Ines* say?\nhttps://example.org/');
  await thanks(reader).waitFor();
  const [waiting] = blog.pending();
  assert.deepEqual([waiting.article, waiting.author, waiting.text], [PATH, 'Ada', 'What did *Ines* say?\nhttps://example.org/']);
  const other = await page(chromium);
  await other.goto(`${blog.origin}${ARTICLE}#comments`, { waitUntil: 'networkidle' });
  assert.equal(await other.locator('.ardoise-comment').count(), 0, 'a pending comment is shown to its author alone');

  blog.approve(waiting.id);
  await until('the published file', () => blog.has(`published${PATH}index.json`));
  // Navigate from another page: on the same page, a new fragment loads nothing.
  await reader.goto(blog.origin);
  await reader.goto(`${blog.origin}${ARTICLE}#comment-${waiting.id}`);
  const comment = reader.locator(`#comment-${waiting.id}`);
  await comment.waitFor();
  assert.equal(await comment.locator('em').textContent(), 'Ines');
  assert.equal(await comment.getByRole('link', { name: 'https://example.org/' }).getAttribute('rel'), 'nofollow ugc noopener');
  assert.equal(await comment.locator('.ardoise-author').textContent(), 'Ada');
  assert.equal(await reader.locator('.ardoise-title').textContent(), '1 comment');

  reader.requests.length = 0;
  await reader.goto(blog.origin);
  await until('the count', async () => (await counted(reader).textContent()) === '1 comment');
  assert.deepEqual(reader.requests.filter((path) => path.startsWith('/ardoise/')), ['/ardoise/latest.json'], 'one request for all counts');
  assert.deepEqual(reader.complaints.filter((text) => !text.includes('404')), [], 'also under a strict policy');
});

test('two requests show an article, and answers stand under what they answer', async () => {
  const path = '/2025/à-la-carte/';
  const first = await blog.comment(path, 'Bea', 'First');
  const answer = await blog.comment(path, 'Cy', 'Answer', { reply_to: first, site: 'cy.example' });
  await blog.comment(path, 'Di', 'Second');
  const reader = await page(chromium);
  await reader.goto(`${blog.origin}${encodeURI(path)}#comments`);
  await reader.locator(`#comment-${first} #comment-${answer}`).waitFor();
  assert.deepEqual(await reader.locator('.ardoise-thread > .ardoise-comment > article > .ardoise-text').allInnerTexts(), ['First', 'Second']);
  assert.equal(await reader.getByRole('link', { name: 'Cy' }).getAttribute('href'), 'https://cy.example/');
  // The counts show whether a file exists: the page was built without comments.
  assert.deepEqual(reader.requests.filter((asked) => asked.startsWith('/ardoise/')), ['/ardoise/latest.json', `/ardoise${encodeURI(path)}index.json`]);
  assert.deepEqual(reader.complaints, []);
});

test('a build bakes it in, for readers without a script', async () => {
  blog.build();
  const reader = await page(chromium, { javaScriptEnabled: false });
  await reader.goto(blog.origin);
  assert.equal(await counted(reader).textContent(), '1 comment');
  await reader.goto(blog.origin + ARTICLE);
  assert.equal(await reader.locator('.ardoise-title').textContent(), '1 comment');
  assert.match(await reader.locator('.ardoise-comment').innerText(), /Ada[\s\S]*What did Ines say\?/);
  await reader.goto(`${blog.origin}/2025/%C3%A0-la-carte/`);
  assert.equal(await reader.locator('.ardoise-comment .ardoise-comment').innerText().then((text) => text.includes('Answer')), true);

  await fill(reader, 'Eve', 'No script here');
  await reader.waitForURL(/#ardoise-thanks$/);
  await thanks(reader).waitFor();
  assert.equal(blog.pending().at(-1).text, 'No script here');
});

test('what is baked is what the script would show', async () => {
  const address = `${blog.origin}/2025/%C3%A0-la-carte/`;
  const shown = async (options) => {
    const reader = await page(chromium, options);
    await reader.goto(`${address}#comments`, { waitUntil: 'networkidle' });
    return reader.locator('[data-ardoise="thread"]').innerText();
  };
  assert.equal(await shown({ javaScriptEnabled: false }), await shown({}));
});

test('a page that was built long ago requests all counts, and no other page does', async () => {
  const { epoch } = JSON.parse(blog.read('published/counts.json'));
  const answer = (route, body) => route.fulfill({ json: { version: 1, epoch, ...body } });
  const shown = async (latest, counts) => {
    const reader = await page(chromium);
    await reader.route('**/ardoise/latest.json', (route) => answer(route, latest));
    await reader.route('**/ardoise/counts.json', (route) => answer(route, { revision: latest.revision, counts }));
    reader.requests.length = 0;
    await reader.goto(blog.origin, { waitUntil: 'networkidle' });
    const asked = reader.requests.filter((path) => path.startsWith('/ardoise/')).map((path) => path.slice(9));
    return [await counted(reader).textContent(), asked];
  };
  const baked = Number(/data-revision="(\d+)"/.exec(blog.read('public/index.html'))[1]);
  assert.equal(baked, JSON.parse(blog.read('published/counts.json')).revision);
  const other = { '/elsewhere/': 9 };
  const all = { [decodeURI(ARTICLE)]: 5 };
  assert.deepEqual(await shown({ revision: baked + 9, since: baked, counts: other }, all), ['1 comment', ['latest.json']], 'nothing new here');
  assert.deepEqual(await shown({ revision: baked + 9, since: baked, counts: { [decodeURI(ARTICLE)]: 0 } }, all), ['', ['latest.json']], 'the last one is gone');
  assert.deepEqual(await shown({ revision: baked + 9, since: baked + 1, counts: other }, all), ['5 comments', ['latest.json', 'counts.json']], 'too long ago');
  assert.deepEqual(await shown({ revision: baked - 1, since: 0, counts: other }, all), ['', ['latest.json']], 'another database; all that it ever had');
});

test('missing files remove nothing that was baked', async () => {
  const reader = await page(chromium);
  await reader.route('**/ardoise/**', (route) => route.fulfill({ status: 404, body: 'no such file' }));
  await reader.goto(blog.origin, { waitUntil: 'networkidle' });
  assert.equal(await counted(reader).textContent(), '1 comment');
  await reader.goto(`${blog.origin}${ARTICLE}#comments`, { waitUntil: 'networkidle' });
  assert.ok(reader.requests.includes(`/ardoise${ARTICLE}index.json`));
  assert.equal(await reader.locator('.ardoise-comment').count(), 1);
  assert.equal(await reader.locator('.ardoise-title').textContent(), '1 comment');
});

test('a comment that was taken down after the build goes, the last one too', async () => {
  const id = await blog.comment('/2024/four-strokes-and-a-slash/', 'Gus', 'To be regretted');
  blog.build();
  blog.ardoise('delete', id);
  await until('the file to go', () => !blog.has('published/2024/four-strokes-and-a-slash/index.json'));
  const reader = await page(chromium);
  await reader.goto(`${blog.origin}/2024/four-strokes-and-a-slash/#comments`, { waitUntil: 'networkidle' });
  assert.equal(await reader.locator('.ardoise-comment').count(), 0);
  assert.equal(await reader.locator('.ardoise-title').textContent(), 'Comments');
});

test('the service is down: everything is still readable', async () => {
  await blog.service.stop('SIGKILL');
  const reader = await page(chromium);
  await reader.goto(blog.origin);
  await until('the count', async () => (await counted(reader).textContent()) === '1 comment');
  await reader.goto(`${blog.origin}${ARTICLE}#comments`, { waitUntil: 'networkidle' });
  assert.match(await reader.locator('.ardoise-comment').innerText(), /What did Ines say/);
  blog.service = await blog.startService();
});

test('without a script, the error page keeps the text', async () => {
  const reader = await page(chromium, { javaScriptEnabled: false });
  await reader.goto(blog.origin + ARTICLE);
  await reader.getByLabel('Web site').fill('not a site');
  await fill(reader, 'Flo', 'Typed with care');
  assert.match(await reader.getByRole('alert').innerText(), /Web site: is not the address of a web site/);
  assert.equal(await reader.getByLabel('Comment').inputValue(), 'Typed with care');
  await reader.getByLabel('Web site').fill('flo.example');
  await reader.getByRole('button', { name: 'Send' }).click();
  await reader.waitForURL(/#ardoise-thanks$/);
  assert.deepEqual(blog.pending().at(-1).site, 'https://flo.example/');
});

test('precompressed files are served, and an unchanged one is a 304', async () => {
  const url = `${blog.origin}/ardoise/counts.json`;
  const answer = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
  assert.equal(answer.headers.get('content-encoding'), 'gzip');
  assert.deepEqual(await answer.json(), JSON.parse(blog.read('published/counts.json')));
  const plain = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
  const again = await fetch(url, { headers: { 'accept-encoding': 'identity', 'if-none-match': plain.headers.get('etag') } });
  assert.equal(again.status, 304);
});
