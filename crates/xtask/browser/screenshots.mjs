// Takes the README's pictures again, of the example blog with a few comments in it.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { browser, clean, dev, page, root, until } from './house.mjs';

const ARTICLE = '/2024/crème-brûlée/';
const SAID = [
  [ARTICLE, 'Ines', 'I was there, and I can say that the tick is *louder* than you write. The dog woke up.'],
  [ARTICLE, 'Luc', 'You have to let the torch go blue first. Then:\n\n1. sugar to the edge\n2. circles, never lines\n3. stop one second before you want to', 0],
  [ARTICLE, 'A man in a wet jacket', 'For the record: the `Marguerite` won, by a **bowsprit**.'],
  ['/2025/à-la-carte/', 'Bea', 'Mine says “ask” since 2019.'],
];

const blog = await dev('--auto-approve');
const chromium = await browser();
const ids = [];
for (const [article, author, text, answers] of SAID) {
  const body = JSON.stringify({ article, author, text, reply_to: ids[answers] });
  const answer = await fetch(new URL('/comments', blog.url), { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  ids.push((await answer.json()).id);
}
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
const desktop = { viewport: { width: 820, height: 760 } };
await take('list', '/', desktop, (reader) => reader.evaluate(() => window.scrollTo(0, 1150)));
await take('article', ARTICLE, { viewport: { width: 820, height: 1080 } }, toComments);
await take('article-dark', ARTICLE, { viewport: { width: 820, height: 1080 }, colorScheme: 'dark' }, toComments);
await take('article-phone', ARTICLE, { viewport: { width: 360, height: 780 } }, toComments);
await clean();
