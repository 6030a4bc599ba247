// The moderators' pages, read with a moderator's cookie and shown without a policy.

import assert from 'node:assert/strict';
import { chunks, clear, heap, kept, provoke, strangers } from './xss-observer.mjs';

/** The lists, page by page, and a search. */
export async function list(reader, get, published, words) {
  const pages = [];
  do pages.push(await get(`?list=approved&page=${pages.length + 1}`));
  while (pages.at(-1).includes('rel="next"'));
  pages.push(await get(`?list=approved&q=${encodeURIComponent(words)}`));
  await heap(reader, pages);
  assert.equal(await reader.locator('[type=search]').last().inputValue(), words);
  const posted = new Map(published.map((one) => [one.id, one]));
  const cards = await reader.evaluate(() => [...document.querySelectorAll('article.comment')].map((card) => {
    const copy = card.cloneNode(true);
    copy.querySelector('.text').replaceChildren();
    copy.querySelector('.site')?.remove();
    return { id: card.id.slice(2), author: card.querySelector('.author').textContent, site: card.querySelector('.site a')?.href, label: card.ariaLabel, shape: copy.outerHTML.replaceAll(/="[^"]*"|>[^<]*/g, '>') };
  }));
  for (const { id, author, site, label } of cards) {
    assert.equal(author, posted.get(id).draft.author.trim().normalize('NFC'));
    assert.ok(label.includes(author));
    assert.ok(site === undefined || /^https?:\/\//.test(site), site);
  }
  assert.equal(new Set(cards.map(({ id }) => id)).size, published.length);
  assert.equal(new Set(cards.map(({ shape }) => shape)).size, 1, 'one is like the other');
  assert.equal(await reader.evaluate(() => document.body.children.length), pages.length);
  assert.deepEqual(await strangers(reader, '.text'), []);
  await provoke(reader);
  clear(reader);
}

/** The page of each comment, with the text from before its author's edit. */
export async function details(reader, get, published, origin) {
  const shapes = new Set();
  for (const some of chunks(published, 40)) {
    const change = ({ id, token, draft }) => fetch(`${origin}/comments/${id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ edit_token: token, text: `${kept(draft.text)} .` }),
    });
    for (const answer of await Promise.all(some.map(change))) assert.equal(answer.status, 200);
    const pages = await Promise.all(some.map(({ id }) => get(`/comments/${id}`)));
    await heap(reader, pages);
    const found = await reader.evaluate((pages) => pages.map((html) => {
      const page = new DOMParser().parseFromString(html, 'text/html');
      const { title } = page;
      const [heading, text, former] = ['h1', '#edit-text', '.history pre'].map((name) => page.querySelector(name)).map((element) => element.value ?? element.textContent);
      for (const element of page.querySelectorAll('.text > *, .site')) element.remove();
      const shape = [...page.querySelectorAll('*')].map((element) => `${element.localName} ${[...element.attributes].map(({ name }) => name)}`).join('\n');
      return { title, heading, text, former, shape };
    }), pages);
    found.forEach(({ title, heading, text, former, shape }, n) => {
      const { draft } = published.find(({ id }) => id === some[n].id);
      shapes.add(shape);
      const author = draft.author.trim().normalize('NFC');
      assert.ok(heading.includes(author));
      // Browsers normalise white space in a title.
      assert.ok(title.replaceAll(/\s+/g, ' ').includes(author.replaceAll(/\s+/g, ' ')), title);
      assert.equal(text, `${kept(draft.text)} .`);
      assert.equal(former, kept(draft.text));
    });
    assert.equal(await reader.evaluate(() => document.body.children.length), pages.length);
    assert.deepEqual(await strangers(reader, '.text'), []);
    await provoke(reader);
    clear(reader);
  }
  assert.equal(shapes.size, 1, [...shapes].join('\n\n'));
}
