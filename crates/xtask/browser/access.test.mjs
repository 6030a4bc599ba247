// Accessibility: axe-core checks each page, in light and dark, on a small phone and on a desktop.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, clean, exampleBlog, page } from './harness.mjs';
import { violations } from './axe.mjs';

const PATH = '/2024/crème-brûlée/';
const CODE = `    ${'a long line of code '.repeat(12)}`;
let blog, chromium;

before(async () => {
  blog = exampleBlog();
  blog.write('ardoise.toml', '');
  blog.build();
  await blog.open();
  blog.write('ardoise.toml', blog.read('ardoise.toml').replace('[service]', 'owner = "Ines"\n[service]'));
  let id = await blog.comment(PATH, 'Ada', 'A *word*, a [link](https://example.org/) and\n\n> a quote', { site: 'ada.example' });
  for (const text of ['Yes', CODE, 'Deeper', 'And deeper']) id = await blog.comment(PATH, 'A name that is rather long for a phone', text, { reply_to: id });
  blog.ardoise('reply', PATH, 'Mine');
  blog.build();
  chromium = await browser();
});
after(clean);

const STATES = {
  'a list page': ['/', async (reader) => reader.locator('.ardoise-recent').scrollIntoViewIfNeeded()],
  'an article page': [encodeURI(PATH), async (reader) => {
    await reader.locator('.ardoise-title').scrollIntoViewIfNeeded();
    await reader.waitForLoadState('networkidle');
  }],
  'a form with errors, under the comment that is answered': [encodeURI(PATH), async (reader) => {
    await reader.locator('.ardoise-title').scrollIntoViewIfNeeded();
    await reader.waitForLoadState('networkidle');
    await reader.locator('.ardoise-reply').nth(1).click();
    await reader.getByLabel('Preview').check();
    await reader.locator('#ardoise-author').fill('Bea');
    await reader.locator('#ardoise-site').fill('not a site');
    await reader.locator('#ardoise-text').fill('A *word*');
    await reader.locator('.ardoise-preview').waitFor();
    await reader.getByRole('button', { name: 'Send' }).click();
    await reader.locator('[aria-invalid]').waitFor();
  }],
};

for (const [state, [path, prepare]] of Object.entries(STATES)) {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [320, 1280]) {
      test(`axe finds nothing in ${state}, ${colorScheme}, ${width} px wide`, async () => {
        const reader = await page(chromium, { viewport: { width, height: 800 }, colorScheme });
        await reader.goto(blog.origin + path, { waitUntil: 'networkidle' });
        await prepare(reader);
        assert.deepEqual(await violations(reader), []);
        const wide = await reader.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `the page became ${wide} px wide`);
        await reader.context().close();
      });
    }
  }
}

test('axe detects a deliberate error', async () => {
  const reader = await page(chromium);
  await reader.goto(blog.origin + encodeURI(PATH));
  await reader.evaluate(() => document.querySelector('label[for="ardoise-author"]').remove());
  assert.match((await violations(reader)).join('\n'), /^label:/m);
});
