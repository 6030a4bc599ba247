// `ardoise dev` without Hugo, settings or a web server.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { browser, clean, dev, page, until } from './harness.mjs';

after(clean);

test('the example blog accepts, holds and shows a comment', async () => {
  const blog = await dev();
  const chromium = await browser();
  const reader = await page(chromium);
  await reader.goto(blog.url);
  await reader.locator('.entry-title a').first().click();
  const article = new URL(reader.url()).pathname;
  await reader.getByLabel('Name').fill('Ada');
  await reader.getByLabel('Comment', { exact: false }).last().fill('From a newcomer');
  await reader.getByRole('button', { name: 'Send' }).click();
  await reader.getByText('Thank you.').filter({ visible: true }).waitFor();
  const [waiting] = JSON.parse(blog.ardoise('pending', '--json'));
  assert.deepEqual([waiting.status, waiting.text], ['pending', 'From a newcomer']);
  blog.ardoise('approve', waiting.id.slice(0, 5));
  await until('the comment', async () => {
    await reader.goto('about:blank');
    await reader.goto(new URL(`${article}#comments`, blog.url).href, { waitUntil: 'networkidle' });
    return (await reader.locator('[data-ardoise="thread"] .ardoise-comment').count()) === 1;
  });
  await reader.goto(blog.url);
  await until('the count', async () => (await reader.locator('.ardoise-count', { hasText: '1 comment' }).count()) === 1);
});

test('dark mode, and a small phone', async () => {
  const blog = await dev('--auto-approve');
  const chromium = await browser();
  const reader = await page(chromium, { colorScheme: 'dark', viewport: { width: 320, height: 640 } });
  await reader.goto(blog.url);
  const wide = () => reader.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(await wide(), 320);
  await reader.locator('.entry-title a').first().click();
  await reader.getByLabel('Name').fill('A'.repeat(60));
  await reader.getByLabel('Comment', { exact: false }).last().fill(`${'x'.repeat(300)}\n\n\`\`\`\n${'y'.repeat(300)}\n\`\`\``);
  await reader.getByRole('button', { name: 'Send' }).click();
  await reader.locator('.ardoise-comment').waitFor();
  const article = reader.url();
  await until('the comment', async () => {
    await reader.goto('about:blank');
    await reader.goto(`${article}#comments`, { waitUntil: 'networkidle' });
    return (await reader.locator('.ardoise-comment').count()) === 1;
  });
  assert.equal(await wide(), 320, 'long words and code scroll or break, and do not widen the page');
});
