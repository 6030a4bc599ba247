// Takes the screenshots of README and docs, of the example blog with a few comments.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { browser, clean, dev, page, root, until } from './harness.mjs';
import { fill, past, signIn } from './queue.mjs';

const ARTICLE = '/2024/crème-brûlée/';
const SAID = [
  [ARTICLE, 'Ines', 'I was there, and I can say that the tick is *louder* than you write. The dog woke up.'],
  [ARTICLE, 'Luc', 'You have to let the torch go blue first. Then:\n\n1. sugar to the edge\n2. circles, never lines\n3. stop one second before you want to', 0],
  [ARTICLE, 'A man in a wet jacket', 'For the record: the `Marguerite` won, by a **bowsprit**.'],
  ['/2025/à-la-carte/', 'Bea', 'Mine says “ask” since 2019.'],
  ['/2024/four-strokes-and-a-slash/', 'Ines', 'And who wipes them off?'],
];

const blog = await dev('--auto-approve');
const chromium = await browser();
const ids = [];
for (const [article, author, text, answers] of SAID) {
  const body = JSON.stringify({ article, author, text, reply_to: ids[answers] });
  const answer = await fetch(new URL('/comments', blog.url), { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  ids.push((await answer.json()).id);
}
const answer = blog.ardoise('reply', ids[0], 'He had been asleep since *lunch*. I call that service.').split(' ')[0];
await until('the answer', async () => (await (await fetch(new URL('/ardoise/recent.json', blog.url))).text()).includes(answer));
await until('the last comment', async () => (await (await fetch(new URL('/ardoise/counts.json', blog.url))).text()).includes('carte'));

const pictures = join(root, 'docs/pictures');
mkdirSync(pictures, { recursive: true });
const take = async (name, path, options, prepare = () => {}) => {
  const reader = await page(chromium, options);
  await reader.goto(new URL(encodeURI(path), blog.url).href, { waitUntil: 'networkidle' });
  await prepare(reader);
  await reader.screenshot({ path: join(pictures, `${name}.png`) });
};
const toComments = (reader) => reader.locator('#comments').evaluate((section) => window.scrollTo(0, section.offsetTop - 60));
const toList = (reader) => reader.evaluate(() => window.scrollTo(0, 1150));
const settled = async (reader) => {
  await toComments(reader);
  await reader.locator(`#comment-${answer}`).waitFor();
  await toComments(reader);
};
const desktop = { viewport: { width: 820, height: 1080 } };
await take('list', '/', { viewport: { width: 820, height: 760 } }, toList);
await take('list-dark', '/', { viewport: { width: 820, height: 760 }, colorScheme: 'dark' }, toList);
await take('article', ARTICLE, desktop, settled);
await take('article-dark', ARTICLE, { ...desktop, colorScheme: 'dark' }, settled);
await take('article-phone', ARTICLE, { viewport: { width: 360, height: 780 } }, async (reader) => {
  await settled(reader);
  await reader.locator(`#comment-${ids[1]} .ardoise-reply`).click();
  await reader.locator('#ardoise-author').fill('Zoé');
  await reader.getByLabel('Preview').check();
  await reader.locator('#ardoise-text').fill('And the *torch*?');
  await reader.locator('.ardoise-preview').waitFor();
  await reader.locator(`#comment-${ids[1]}`).evaluate((item) => window.scrollTo(0, item.getBoundingClientRect().top + scrollY + 150));
});

const held = await dev();
const [, asked] = await fill(held);
past(held);
const moderator = async (name, options, prepare = () => {}) => {
  const reader = await page(chromium, options);
  await signIn(reader, held);
  await prepare(reader);
  await reader.screenshot({ path: join(pictures, `${name}.png`) });
};
const wide = { viewport: { width: 1100, height: 860 } };
const phone = { viewport: { width: 360, height: 780 } };
const select = (reader) => reader.getByRole('checkbox').nth(1).check();
const one = (reader) => reader.goto(new URL(`moderation/comments/${asked}`, held.url).href);
await moderator('queue', wide, select);
await moderator('queue-dark', { ...wide, colorScheme: 'dark' }, select);
await moderator('queue-phone', phone);
await moderator('queue-phone-dark', { ...phone, colorScheme: 'dark' });
await moderator('queue-comment', { viewport: { width: 820, height: 1080 } }, one);
// Last, because it makes a decision.
await moderator('queue-undo', { viewport: { width: 360, height: 420 } }, (reader) => reader.locator('.do-approve').first().click());
await clean();
