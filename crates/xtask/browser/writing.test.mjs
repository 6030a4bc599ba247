// Writing under difficulties: a broken connection, a page of another origin, a rejection; and with a keyboard or a screen reader.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, clean, exampleBlog, page, until } from './harness.mjs';

const PATH = '/2024/six-chalks-and-a-wet-cloth/';
const HOUR = 3_600_000;
let blog, chromium;

before(async () => {
  blog = exampleBlog();
  blog.build();
  await blog.open({ policy: '', settings: '[rules]\nhold = "suspicious"\nwords_hold = ["chalk"]\nleast_seconds = 0\nproof_bits = 0\n' });
  chromium = await browser();
  for (const author of ['Ada', 'Bea', 'Cy']) await blog.comment(PATH, author, `${author} says so`);
});
after(clean);

/** A reader at the form, after `prepare` has changed the page. */
const open = async (prepare = () => {}, origin = blog.origin) => {
  const reader = await page(chromium);
  await prepare(reader);
  await reader.goto(`${origin}${PATH}#comments`, { waitUntil: 'networkidle' });
  return reader;
};
const text = (reader) => reader.locator('#ardoise-text');
const said = (reader) => reader.locator('.ardoise-said');
const write = async (reader, words) => {
  await reader.locator('#ardoise-author').fill('Di');
  await text(reader).fill(words);
};
const send = (reader) => reader.getByRole('button', { name: 'Send' }).click();
const says = (reader, words) => until(`“${words}”`, () => said(reader).innerText().then((all) => all.includes(words)));
const focused = (place) => place.evaluate((element) => element === document.activeElement);
const stored = (words) => ['pending', 'approved'].flatMap((status) => blog.json('pending', '--status', status, '--json')).filter((comment) => comment.text === words);
const DOWN = 'the server does not answer';

test('the network drops before the script for writing is there: the page stays, and so does the draft', async () => {
  const reader = await open();
  await reader.context().setOffline(true);
  await write(reader, 'Written on a train');
  await send(reader);
  await says(reader, DOWN);
  assert.equal(new URL(reader.url()).pathname, PATH);
  assert.equal(await text(reader).inputValue(), 'Written on a train');
  await reader.context().setOffline(false);
  await reader.reload({ waitUntil: 'networkidle' });
  assert.equal(await text(reader).inputValue(), 'Written on a train', 'also after a reload');
  await send(reader);
  await until('the comment', () => stored('Written on a train').length === 1);
  await reader.reload({ waitUntil: 'networkidle' });
  assert.equal(await text(reader).inputValue(), '');
});

test('the network drops before any script but the first is there: the page stays, and so does what was typed', async () => {
  const reader = await open((one) => one.route('**/ardoise-thread.js', (route) => route.abort()));
  await reader.context().setOffline(true);
  await write(reader, 'Written in a tunnel');
  await send(reader);
  await reader.waitForTimeout(0);
  assert.equal(await text(reader).inputValue(), 'Written in a tunnel');
  assert.equal(new URL(reader.url()).pathname, PATH);
});

for (const script of ['ardoise-thread.js', 'ardoise-form.js']) {
  test(`${script} cannot be loaded and the service is there: the form is sent as it is, once`, async () => {
    const reader = await open((one) => one.route(`**/${script}`, (route) => route.abort()));
    await write(reader, `Without ${script}`);
    await send(reader);
    await reader.waitForURL(/#ardoise-thanks$/);
    await until('the comment', () => stored(`Without ${script}`).length === 1);
    assert.equal(await text(reader).inputValue(), '', 'nothing is left to be sent again');
  });
}

test('on a slow line what is sent early can still be changed, and goes as it stands when the script has come', async () => {
  let release;
  const held = new Promise((done) => (release = done));
  const reader = await open((one) => one.route('**/ardoise-form.js', async (route) => {
    await held;
    await route.continue();
  }));
  await write(reader, 'Sent early');
  await send(reader);
  await says(reader, 'Sending');
  await text(reader).fill('Sent early, and changed');
  release();
  await until('the comment', () => stored('Sent early, and changed').length === 1);
  assert.deepEqual(stored('Sent early'), []);
});

test('who writes from an address that the service does not know is told which, and keeps his text', async () => {
  const foreign = blog.origin.replace('127.0.0.1', 'localhost');
  for (const action of ['/comments', `${blog.origin}/comments`]) {
    const reader = await open(undefined, foreign);
    await reader.locator('#ardoise-form').evaluate((form, to) => form.setAttribute('action', to), action);
    await write(reader, 'From elsewhere');
    await send(reader);
    await says(reader, `the server takes none from ${foreign}.`);
    assert.equal(await text(reader).inputValue(), 'From elsewhere', action);
  }
  const plain = await open(undefined, foreign);
  await plain.locator('#ardoise-form').evaluate((form, to) => form.setAttribute('action', to), `${blog.origin}/comments`);
  await plain.locator('[data-foreign_origin]').evaluate((said) => said.removeAttribute('data-foreign_origin'));
  await write(plain, 'From elsewhere');
  await send(plain);
  await says(plain, 'could not be taken in');
  assert.deepEqual(stored('From elsewhere'), []);
});

test('a refusal whose list of errors is none leaves the button ready and says so', async () => {
  const reader = await open();
  for (const errors of ['"none"', '7', '{"rule":"required"}', '[null, 3, {}]']) {
    await reader.route('**/comments', (route) => route.fulfill({ status: 422, contentType: 'application/json', body: `{"errors":${errors}}` }));
    await write(reader, `An answer that nobody expects: ${errors}`);
    await send(reader);
    await says(reader, 'could not be taken in');
    assert.equal(await reader.getByRole('button', { name: 'Send' }).getAttribute('aria-disabled'), 'false', errors);
    await reader.unroute('**/comments');
  }
});

test('a comment that was rejected does not wait for ever', async () => {
  const reader = await open((one) => one.clock.install());
  await write(reader, 'A chalk that nobody wants');
  await send(reader);
  await says(reader, 'Thank you');
  const [{ id }] = stored('A chalk that nobody wants');
  blog.ardoise('reject', id);
  const own = reader.locator(`#comment-${id}`);
  const later = async (hours) => {
    await reader.clock.fastForward(hours * HOUR);
    await reader.reload({ waitUntil: 'networkidle' });
  };
  await later(23);
  assert.match(await own.innerText(), /waiting for approval/);
  await later(2);
  assert.match(await own.innerText(), /not published so far/);
  assert.doesNotMatch(await own.innerText(), /waiting for approval/);
  await later(7 * 24);
  await reader.getByText('Ada says so').waitFor();
  assert.equal(await own.count(), 0);
});

test('each Reply is named by whom it answers, and the others stay while one is chosen', async () => {
  blog.build();
  const baked = await page(chromium, { javaScriptEnabled: false });
  await baked.goto(`${blog.origin}${PATH}#comments`);
  const fresh = await open();
  await fresh.getByText('Ada says so').waitFor();
  for (const reader of [baked, fresh]) {
    for (const author of ['Ada', 'Bea', 'Cy']) assert.equal(await reader.getByRole('checkbox', { name: `Reply – ${author}`, exact: true }).count(), 1, author);
  }
  const seen = await fresh.locator('.ardoise-reply:visible').count();
  await fresh.locator('.ardoise-reply', { hasText: 'Bea' }).click();
  assert.equal(await fresh.locator('.ardoise-reply:visible').count(), seen);
  assert.equal(await fresh.getByRole('checkbox', { name: 'Do not reply – Bea', exact: true }).count(), 1);
  await fresh.locator('.ardoise-reply', { hasText: 'Cy' }).click();
  assert.equal(await fresh.locator('[data-ardoise="reply"]:checked').count(), 1, 'one at a time');
});

test('after Send the focus is where something is said, or on the comment', async () => {
  const reader = await open();
  await write(reader, 'A chalk that has to wait');
  await reader.getByRole('button', { name: 'Send' }).press('Enter');
  await says(reader, 'Thank you');
  await until('the focus', () => focused(said(reader)));
  await write(reader, 'Shown at once');
  await reader.getByRole('button', { name: 'Send' }).press('Enter');
  await until('the comment', () => stored('Shown at once').length === 1);
  const [{ id }] = stored('Shown at once');
  await until('the focus', () => focused(reader.locator(`#comment-${id} .ardoise-permalink`)));
});

test('a field that is wrong is described by what is said of it, until it is changed', async () => {
  const reader = await open();
  const site = reader.locator('#ardoise-site');
  await site.fill('not a site');
  await write(reader, 'Never sent');
  await send(reader);
  await says(reader, 'not taken in');
  const described = await site.getAttribute('aria-describedby');
  assert.match(await reader.locator(`[id="${described}"]`).innerText(), /Web site: is not an address/);
  assert.equal(await text(reader).getAttribute('aria-describedby'), null, 'the others are right');
  await site.fill('not a site either');
  assert.equal(await site.getAttribute('aria-describedby'), null);
  await site.fill('');
  await text(reader).fill('');
});

test('a change is ended by Cancel, with the draft and the focus as they were, and warns where the comment leaves the page', async () => {
  const reader = await open();
  const ids = [];
  for (const [words, warning] of [['Published at once', 'it may leave the page'], ['Chalk that waits', 'send it when you are done']]) {
    await write(reader, words);
    await send(reader);
    await until('the comment', () => stored(words).length === 1);
    const [{ id }] = stored(words);
    ids.push(id);
    const edit = reader.locator(`#comment-${id}`).getByRole('button', { name: 'Edit', exact: true });
    await edit.waitFor();
    await until('the empty form', async () => (await text(reader).inputValue()) === '');
    await text(reader).fill('The next one');
    const cancel = reader.getByRole('button', { name: 'Cancel' });
    assert.equal(await cancel.isVisible(), false);
    await edit.click();
    await says(reader, warning);
    await text(reader).fill('Changed my mind');
    await cancel.click();
    assert.equal(await cancel.isVisible(), false);
    assert.equal(await text(reader).inputValue(), 'The next one');
    assert.ok(await focused(edit));
    assert.equal(await edit.getAttribute('aria-pressed'), 'false');
    assert.equal(await said(reader).innerText(), '');
    assert.equal(blog.json('show', id, '--json').text, words);
    await text(reader).fill('');
  }
  assert.equal(new Set(ids).size, 2);
});
