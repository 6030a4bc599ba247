// A reader's own comment: edited and deleted in place within the grace time; and the proof of work that the browser does before it sends.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { browser, clean, exampleBlog, folder, page, root, until } from './harness.mjs';

const AXE = readFileSync(join(process.env.TOOLS, 'node_modules/axe-core/axe.min.js'), 'utf8');
const PATH = '/2024/six-chalks-and-a-wet-cloth/';
const OTHER = '/2024/four-strokes-and-a-slash/';
const MINUTE = 60_000;
let blog, chromium;

before(async () => {
  blog = exampleBlog();
  blog.build();
  // Few bits: a browser gives up after five seconds of work, and the duration varies.
  await blog.open({ settings: '[rules]\nproof_bits = 10\n' });
  chromium = await browser();
});
after(clean);

const open = async (path = PATH, options) => {
  const reader = await page(chromium, options);
  await reader.goto(`${blog.origin}${path}#comments`, { waitUntil: 'networkidle' });
  return reader;
};
const send = (reader) => reader.getByRole('button', { name: 'Send' }).click();
/** Sends a comment and returns its id. */
const write = async (reader, text, name = 'Ada') => {
  await reader.locator('#ardoise-author').fill(name);
  await reader.locator('#ardoise-text').fill(text);
  await send(reader);
  await says(reader, 'Thank you');
  return blog.pending().at(-1).id;
};
const shown = (reader, id) => reader.locator(`#comment-${id}`);
const says = (reader, text) => until(`“${text}”`, () => reader.locator('.ardoise-said').innerText().then((said) => said.includes(text)));
const edit = (reader, id) => shown(reader, id).getByRole('button', { name: 'Edit', exact: true });
const remove = (reader, id) => shown(reader, id).getByRole('button', { name: 'Delete', exact: true });
const published = (path = PATH) => (blog.has(`published${path}index.json`) ? blog.read(`published${path}index.json`) : '');
const stored = (id) => blog.json('show', id, '--json');
/** An article without comments has no file, for which the browser logs an error. */
const complaints = (reader) => reader.complaints.filter((text) => !/Failed to load resource/.test(text));
const offered = (reader) => reader.locator('[data-ardoise="mine"]:visible').count();

test('reading loads no script for writing, and using the form does', async () => {
  const reader = await open(PATH);
  await reader.locator('#ardoise-form').scrollIntoViewIfNeeded();
  await reader.waitForLoadState('networkidle');
  const asked = () => reader.requests.filter((path) => /ardoise-form|challenge/.test(path));
  assert.deepEqual(asked(), []);
  await reader.locator('#ardoise-text').focus();
  await until('both files to be asked for', () => asked().length > 1);
  assert.deepEqual(asked(), ['/ardoise-form.js', '/ardoise/challenge.json']);
});

test('a pending comment is edited in place', async () => {
  const reader = await open();
  const id = await write(reader, 'Helo *there*');
  await reader.locator('#ardoise-text').fill('The next one, begun');
  await edit(reader, id).click();
  assert.equal(await shown(reader, id).locator('#ardoise-form').count(), 1, 'the form came to it');
  assert.equal(await reader.locator('#ardoise-text').inputValue(), 'Helo *there*');
  await says(reader, 'You are changing your comment');
  assert.equal(await edit(reader, id).getAttribute('aria-pressed'), 'true');
  await edit(reader, id).click();
  assert.equal(await reader.locator('#ardoise-text').inputValue(), 'The next one, begun', 'thought better of it');
  assert.equal(await shown(reader, id).locator('#ardoise-form').count(), 0);

  await edit(reader, id).click();
  await reader.locator('#ardoise-text').fill('Hello *there*');
  await send(reader);
  await until('the new text', () => shown(reader, id).innerText().then((text) => text.includes('Hello there')));
  assert.equal(await shown(reader, id).locator('em').textContent(), 'there');
  assert.deepEqual([stored(id).text, stored(id).status], ['Hello *there*', 'pending']);
  assert.equal(await reader.locator('#ardoise-text').inputValue(), 'The next one, begun');
  assert.equal(await shown(reader, id).locator('#ardoise-form').count(), 0, 'and went back');

  await reader.reload({ waitUntil: 'networkidle' });
  await shown(reader, id).waitFor();
  assert.match(await shown(reader, id).innerText(), /Hello there/, 'it is kept so');
  assert.equal(await reader.locator('#ardoise-text').inputValue(), 'The next one, begun', 'and so is the draft');
  await edit(reader, id).click();
  assert.equal(await reader.locator('#ardoise-text').inputValue(), 'Hello *there*');
  await reader.locator('#ardoise-text').fill(' ');
  await reader.locator('#ardoise-text').evaluate((text) => text.removeAttribute('required'));
  await send(reader);
  await says(reader, 'Comment: must be filled in');
  assert.equal(stored(id).text, 'Hello *there*');
  assert.deepEqual(complaints(reader), []);
});

test('one that was approved goes back to the queue, and leaves the page of everybody else', async () => {
  const reader = await open();
  const id = await write(reader, 'Fair');
  blog.approve(id);
  await until('it to be published', () => published().includes(id));
  await reader.reload({ waitUntil: 'networkidle' });
  await shown(reader, id).waitFor();
  assert.equal(await reader.getByText('waiting for approval').filter({ visible: true }).count(), 0);
  const answer = await blog.comment(PATH, 'Bea', 'An answer', { reply_to: id });
  await reader.reload({ waitUntil: 'networkidle' });
  await edit(reader, id).click();
  await reader.locator('#ardoise-text').fill('Foul');
  await send(reader);
  await until('it to wait again', () => shown(reader, id).innerText().then((text) => /waiting for approval[\s\S]*Foul/.test(text)));
  await until('it to leave the files', () => !published().includes(`"${id}","date`) && !published().includes('Fair'));
  assert.equal(stored(id).status, 'pending');
  assert.ok(await shown(reader, answer).isVisible(), 'its answer stays');
  const another = await open();
  await another.getByText('An answer').waitFor();
  assert.equal(await shown(another, id).count(), 0);
  assert.equal(await offered(another), 0, 'nothing is his');
  assert.deepEqual(complaints(reader), []);
});

test('it is deleted after a confirmation', async () => {
  const reader = await open(OTHER);
  const id = await write(reader, 'To be regretted');
  reader.once('dialog', (dialog) => dialog.dismiss());
  await remove(reader, id).click();
  assert.equal(stored(id).text, 'To be regretted');
  reader.once('dialog', (dialog) => dialog.accept());
  await remove(reader, id).click();
  await says(reader, 'Your comment was deleted.');
  assert.equal(await shown(reader, id).count(), 0);
  assert.deepEqual([stored(id).status, stored(id).text, stored(id).author], ['deleted', '', '']);
  await reader.reload({ waitUntil: 'networkidle' });
  assert.equal(await shown(reader, id).count(), 0);
  assert.deepEqual(complaints(reader), []);
});

test('after the grace time the buttons disappear for good', async () => {
  const reader = await page(chromium);
  await reader.clock.install();
  await reader.goto(`${blog.origin}${OTHER}#comments`, { waitUntil: 'networkidle' });
  const id = await write(reader, 'Soon set in stone');
  await edit(reader, id).click();
  await reader.locator('#ardoise-text').fill('Too slow');
  await reader.clock.fastForward(16 * MINUTE);
  await until('the buttons to go', async () => (await offered(reader)) === 0);
  assert.equal(await shown(reader, id).locator('#ardoise-form').count(), 0);
  await reader.reload({ waitUntil: 'networkidle' });
  await shown(reader, id).waitFor();
  assert.equal(await offered(reader), 0);
  assert.ok(!reader.requests.slice(reader.requests.lastIndexOf(OTHER)).includes('/ardoise-form.js'));
});

test('the errors of the service are shown', async () => {
  const reader = await open(OTHER);
  const id = await write(reader, 'Whose is it?');
  await reader.route('**/comments/*', (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify({ errors: [{ field: 'edit_token', rule: 'too_late', detail: '' }] }) }));
  reader.once('dialog', (dialog) => dialog.accept());
  await remove(reader, id).click();
  await says(reader, 'It is too late');
  await reader.route('**/comments', (route) => route.fulfill({ status: 422, contentType: 'application/json', body: '{"errors":"none"}' }));
  await reader.locator('#ardoise-text').fill('An answer that nobody expects');
  await send(reader);
  await says(reader, 'could not be taken in');
  assert.ok(await reader.getByRole('button', { name: 'Send' }).isEnabled());
});

test('without the script there are no buttons', async () => {
  blog.build();
  const reader = await open(PATH, { javaScriptEnabled: false });
  assert.ok(await reader.locator('.ardoise-comment').count() > 0);
  assert.equal(await reader.locator('[data-ardoise="mine"], [data-ardoise="edit"], [data-ardoise="delete"]').count(), 0);
});

test('a draft remembers what it answers', async () => {
  const id = await blog.comment(OTHER, 'Cy', 'A question');
  const reader = await open(OTHER);
  await shown(reader, id).locator('.ardoise-reply').click();
  await reader.locator('#ardoise-text').fill('Half an answer');
  await reader.reload({ waitUntil: 'networkidle' });
  await shown(reader, id).locator('#ardoise-form').waitFor();
  assert.equal(await reader.locator('#ardoise-text').inputValue(), 'Half an answer');
  const answer = await write(reader, 'A whole answer');
  assert.equal(stored(answer).parent, id);
  await reader.locator('#ardoise-text').fill('Something else');
  await reader.reload({ waitUntil: 'networkidle' });
  assert.equal(await shown(reader, id).locator('#ardoise-form').count(), 0, 'that was answered');
});

test('a comment is sent with a key, the time it took, and work that is right', async () => {
  const { challenge, bits } = JSON.parse(blog.read('published/challenge.json'));
  assert.ok(bits > 0);
  const sent = [];
  const reader = await page(chromium);
  await reader.route('**/comments', (route) => {
    sent.push(route.request().postDataJSON());
    return route.continue();
  });
  await reader.goto(`${blog.origin}${PATH}#comments`, { waitUntil: 'networkidle' });
  const ids = [await write(reader, `Worked for, ${'é'.repeat(99)}\nwith lines`), await write(reader, 'And again')];
  assert.equal(sent.length, 2);
  for (const { article, text, proof, key, elapsed } of sent) {
    const [worked, nonce] = proof.split('.');
    assert.equal(worked, challenge);
    assert.match(nonce, /^\d+$/);
    const hash = createHash('sha256').update([challenge, article, text, nonce].join('\n')).digest();
    assert.ok(Math.clz32(hash.readUInt32BE()) >= bits, hash.toString('hex'));
    assert.match(key, /^[0-9a-f]{32}$/);
    assert.match(elapsed, /^\d+$/);
  }
  assert.equal(sent[0].key, sent[1].key);
  const held = (id) => stored(id).layer;
  assert.equal(held(await blog.post(PATH, 'Bot', 'Without work')), 'proof');
  for (const id of ids) assert.notEqual(held(id), 'proof', 'the service finds it right');
});

test('its SHA-256 gives the standard results', async () => {
  const copy = join(folder(), 'form.mjs');
  copyFileSync(join(root, 'static/ardoise-form.js'), copy);
  const { prove } = await import(copy);
  for (let length = 0; length < 200; length++) {
    const [article, text] = ['/été/', 'ü'.repeat(length / 2) + 'x'.repeat(length % 2)];
    const proof = await prove({ challenge: 'abc', bits: 5 }, { article, text }, Date.now() + 60_000);
    const hash = createHash('sha256').update(`abc\n${article}\n${text}\n${proof.split('.')[1]}`).digest();
    assert.ok(hash[0] < 8, `${length}: ${proof}`);
  }
  assert.equal(await prove({ challenge: 'abc', bits: 32 }, { article: '/', text: '' }, Date.now()), undefined, 'nobody waits for ever');
});

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing while a comment is changed, ${colorScheme}, on a small phone`, async () => {
    const reader = await open(OTHER, { viewport: { width: 320, height: 800 }, colorScheme });
    const id = await write(reader, 'A comment of mine');
    await edit(reader, id).click();
    const session = await reader.context().newCDPSession(reader);
    await session.send('Runtime.evaluate', { expression: AXE });
    const expression = 'axe.run(document).then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])))';
    const { result } = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    assert.deepEqual(JSON.parse(result.value), []);
    assert.ok((await reader.evaluate(() => document.documentElement.scrollWidth)) <= 320);
  });
}
