// Two sections on one page, as on a link blog: each belongs to its own article, with and without the script.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, clean, exampleBlog, page, until } from './harness.mjs';

const FIRST = '/2024/six-chalks-and-a-wet-cloth/';
const SECOND = '/2024/four-strokes-and-a-slash/';
const ids = {};
let blog, chromium;

before(async () => {
  blog = exampleBlog();
  blog.write('content/two.md', '---\ntitle: Two\nlayout: two\nurl: /two/\n---\n');
  const sections = [FIRST, SECOND].map((path) => `{{ range where site.RegularPages "RelPermalink" "${path}" }}{{ partial "ardoise/comments.html" . }}{{ end }}`);
  blog.write('layouts/_default/two.html', `{{ define "main" }}${sections.join('')}{{ end }}`);
  blog.build();
  await blog.open({ policy: '' });
  chromium = await browser();
  for (const path of [FIRST, SECOND]) ids[path] = await blog.comment(path, 'Ada', `About ${path}`);
  blog.build();
});
after(clean);

const open = async (options) => {
  const reader = await page(chromium, options);
  await reader.goto(`${blog.origin}/two/#comments`, { waitUntil: 'networkidle' });
  reader.section = (path) => reader.locator(`[data-ardoise-article="${path}"]`);
  return reader;
};
const inSight = async (reader, path) => {
  await reader.section(path).scrollIntoViewIfNeeded();
  await reader.section(path).locator('form[data-ardoise="form"]').scrollIntoViewIfNeeded();
  await until('the section to be ready', () => reader.section(path).evaluate((section) => 'ardoiseReady' in section.dataset));
};
const newest = () => blog.pending().at(-1);

test('both articles are those of their own pages, and no id is there twice', async () => {
  const articles = blog.catalogue().map(({ path }) => path);
  for (const path of [FIRST, SECOND]) assert.equal(articles.filter((one) => one === path).length, 1, path);
  assert.ok(!articles.includes('/two/'));
  const reader = await open();
  for (const path of [FIRST, SECOND]) {
    await inSight(reader, path);
    await reader.section(path).getByText(`About ${path}`).waitFor();
    assert.equal(await reader.section(path).locator('.ardoise-comment').count(), 1);
  }
  const all = await reader.evaluate(() => [...document.querySelectorAll('[id]')].map(({ id }) => id));
  assert.deepEqual(all.filter((id, n) => all.indexOf(id) !== n), []);
  assert.deepEqual(reader.complaints, []);
});

for (const path of [SECOND, FIRST]) {
  test(`an answer in the section of ${path} is one to its comment, with the script`, async () => {
    const reader = await open();
    for (const each of [FIRST, SECOND]) await inSight(reader, each);
    const other = path === FIRST ? SECOND : FIRST;
    await reader.section(path).locator('.ardoise-reply').click();
    assert.equal(await reader.locator(`#comment-${ids[path]} form`).count(), 1, 'its own form came');
    const [here, there] = [path, other].map((each) => reader.section(each).locator('[name="text"]'));
    await there.fill('Begun in the other one');
    await reader.section(path).locator('[name="author"]').fill('Bea');
    await here.fill(`An answer in ${path}`);
    await reader.section(path).getByRole('button', { name: 'Send' }).click();
    await reader.section(path).locator(`#comment-${ids[path]}`).getByText(`An answer in ${path}`).first().waitFor();
    const { article, parent, text } = newest();
    assert.deepEqual([article, parent, text], [path, ids[path], `An answer in ${path}`]);
    assert.match(await reader.section(path).locator('.ardoise-said').innerText(), /Thank you/);
    assert.equal(await reader.section(other).locator('.ardoise-said').innerText(), '');
    assert.equal(await there.inputValue(), 'Begun in the other one');
    await reader.reload({ waitUntil: 'networkidle' });
    for (const each of [FIRST, SECOND]) await inSight(reader, each);
    assert.deepEqual([await here.inputValue(), await there.inputValue()], ['', 'Begun in the other one'], 'each draft in its place');
  });

  test(`an answer in the section of ${path} is one to its comment, without the script`, async () => {
    const reader = await open({ javaScriptEnabled: false });
    const section = reader.section(path);
    await section.locator('.ardoise-reply').first().click();
    await section.locator('[name="author"]').fill('Cy');
    await section.locator('[name="text"]').fill(`Plain, in ${path}`);
    await section.getByRole('button', { name: 'Send' }).click();
    await reader.waitForURL(/#ardoise-thanks/);
    const { article, parent, text } = newest();
    assert.deepEqual([article, parent, text], [path, ids[path], `Plain, in ${path}`]);
  });
}

test('a link to a comment of the second section is followed, and one to none is said once', async () => {
  const reader = await open();
  await reader.goto(`${blog.origin}/two/?#comment-${ids[SECOND]}`, { waitUntil: 'networkidle' });
  await until('it to be highlighted', () => reader.locator(`#comment-${ids[SECOND]}`).evaluate((item) => item.matches(':target')));
  assert.equal(await reader.locator('[data-ardoise="missing"]:visible').count(), 0);
  await reader.evaluate(() => (location.hash = 'comment-cnowhere00'));
  await reader.getByText('was not found here').filter({ visible: true }).waitFor();
  assert.equal(await reader.locator('[data-ardoise="missing"]:visible').count(), 1);
});
