// What strangers send, in mails: a mail program has no policy of ours. And the pages to which the links in mails lead.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { browser, clean, exampleBlog, folder, freePort, root, start, until } from './house.mjs';
import { bare, chunks, clear, heap, provoke, strangers, trap } from './xss-eyes.mjs';
import { payloads } from './xss-payloads.mjs';

/** Fewer than one mail quotes. */
const CHUNK = 18;
const { PYTHON, AIOSMTPD } = process.env;
const READER = 'ann@example.org';
const titles = payloads.filter(({ group }) => group === 'Out of where it stands').map(({ text }) => text);
const all = chunks(payloads, CHUNK);
const mails = folder();
const article = (n) => `/xss/m${n}/`;
/** By their chunk: what was posted, `{ id, author }`, and the ways to approve it. */
const posted = [];
const ways = [];
let blog, chromium;

const seen = new Map();
const arrived = () => {
  for (const name of readdirSync(mails)) if (name.endsWith('.json') && !seen.has(name)) seen.set(name, JSON.parse(readFileSync(join(mails, name), 'utf8')));
  return [...seen.values()];
};
const to = (address) => arrived().filter((mail) => mail.to.includes(address));
const tell = (body) => fetch(`${blog.origin}/comments`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** As text, as name and as site; what is refused as one of them still goes as the others. */
async function attack(draft, text) {
  Object.assign(draft, { text, author: text, site: text });
  let answer = await tell(draft);
  if (answer.status === 422) {
    for (const { field } of (await answer.json()).errors) draft[field] = { text: 'Refused', author: 'Ann', site: '' }[field];
    answer = await tell(draft);
  }
  assert.equal(answer.status, 202);
  return { id: (await answer.json()).id, author: draft.author.trim().normalize('NFC') };
}

before(async () => {
  const page = (title) => JSON.stringify({ title, date: '2026-01-01' });
  blog = exampleBlog({ files: Object.fromEntries(all.map((_, n) => [`content${article(n).slice(0, -1)}.md`, page(titles[n])])) });
  blog.build();
  const port = await freePort();
  const env = { ...process.env, PYTHONPATH: AIOSMTPD, PYTHONDONTWRITEBYTECODE: '1' };
  await start(PYTHON, [join(root, 'crates/xtask/browser/smtp.py'), String(port), mails], { env }, (said) => said.includes('listening'));
  const mail = `[mail]\nserver = "localhost:${port}"\ntls = "none"\nfrom = "c@example.org"\ngather = 0\nreplies_every = 0\n`;
  await blog.open({ policy: null, settings: `[rules]\nrate = 0\n[[moderator]]\nname = "Ines"\nemail = "ines@example.org"\n${mail}` });
  chromium = await browser();
});
after(clean);

/** Mails one behind the other, in a page without a policy: each comment in its place, nothing beside it, and nothing runs. */
async function read(reader, mails) {
  for (const some of chunks(mails, 60)) {
    const inner = some.map(({ html }) => /<body[^>]*>([^]*)<\/body>/.exec(html)[1]);
    await bare(reader, `<!doctype html><body>${inner.map((html) => `<section>${html}</section>`).join('')}`);
    await provoke(reader);
    assert.deepEqual(await strangers(reader, 'section > div > blockquote'), []);
    const found = await reader.evaluate(() => [...document.body.children].map((section) => {
      const copy = section.cloneNode(true);
      for (const quoted of copy.querySelectorAll('div > blockquote')) quoted.replaceChildren();
      const write = (element) => `${element.localName}[${[...element.attributes].map(({ name }) => name)}](${[...element.children].map(write)})`;
      const links = [...copy.querySelectorAll('a')].map(({ href }) => new URL(href).origin);
      return { name: section.localName, rows: [...copy.children].map(write), authors: [...copy.querySelectorAll('div > p:first-child > strong')].map(({ textContent }) => textContent), links };
    }));
    assert.equal(found.length, some.length);
    for (const { name, rows, links } of found) {
      assert.equal(name, 'section');
      assert.ok(links.every((origin) => origin === blog.origin), links.join());
      // Each comment is like any other, but for the line that names what held it.
      const kinds = new Set(rows.filter((row) => row.startsWith('div')).map((row) => row.replace('p[style](),block', 'block')));
      assert.equal(kinds.size, 1, [...kinds].join('\n'));
      assert.ok(rows.every((row) => /^(div|p)\[style\]/.test(row)), rows.join('\n'));
    }
    clear(reader);
    for (const { authors } of found) for (const author of authors) named.add(author);
  }
}
/** The authors that mails have named. */
const named = new Set();

/** No header but ours: nothing that was sent stands in one. */
function plainly(mails, subject) {
  const names = new Set(mails.map(({ headers }) => Object.keys(headers).sort().join()));
  assert.equal(names.size, 1, [...names].join('\n'));
  assert.doesNotMatch([...names][0], /bcc|\bcc\b|reply-to/);
  for (const { headers, to } of mails) {
    assert.match(headers.subject, subject);
    assert.equal(to.length, 1);
  }
}

test('in the mails to moderators nothing runs, and nothing leaves its place', async () => {
  for (const [n, some] of all.entries()) {
    const body = { article: article(n), author: 'Root', text: 'What is answered', email: READER, notify: 'on' };
    const top = (await (await tell(body)).json()).id;
    blog.approve(top);
    if (n === 0) {
      await until('the question whether the address is his', () => to(READER).length === 1);
      const [url] = /http\S+\/subscription\/\S+/.exec(to(READER)[0].plain);
      assert.equal((await fetch(url, { method: 'POST' })).status, 200);
    }
    posted[n] = await Promise.all(some.map(({ text }) => attack({ article: article(n), reply_to: top }, text)));
    const told = () => to('ines@example.org').map(({ plain }) => plain).join('\n');
    await until('all to be mailed', () => posted[n].every(({ id }) => told().includes(`/moderation/link/a.${id}`)));
    ways[n] = posted[n].map(({ id }) => new RegExp(`\\S+/moderation/link/a\\.${id}\\S+`).exec(told())[0]);
  }
  const waiting = to('ines@example.org');
  plainly(waiting, /^\d+ comments? waits? on |^A comment waits on /);
  const reader = await trap(chromium, ['bare.example']);
  await read(reader, waiting);
  const missing = posted.flat().filter(({ author }) => !named.has(author.replaceAll('\0', '\ufffd')) && !/[\r\n]/.test(author));
  assert.deepEqual(missing, [], 'each was named');
  // One of them as it comes, head and all.
  await bare(reader, waiting.at(-1).html);
  await provoke(reader);
  clear(reader);
  await reader.context().close();
});

test('nor on the pages behind their links, before and after the act', async () => {
  const reader = await trap(chromium, ['bare.example']);
  for (const method of ['GET', 'POST']) {
    for (const [n, some] of ways.entries()) {
      const pages = await Promise.all(some.map(async (url) => {
        const answer = await fetch(url, { method });
        assert.equal(answer.status, 200);
        assert.match(answer.headers.get('content-security-policy'), /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/);
        return answer.text();
      }));
      await heap(reader, pages);
      await provoke(reader);
      assert.deepEqual(await strangers(reader, 'main > blockquote'), []);
      const shapes = await reader.evaluate(() => [...document.body.children].map((main) => {
        main.querySelector(':scope > blockquote').replaceChildren();
        const rows = [...main.children].filter((row) => !row.matches('p:has(> small)'));
        return `${main.localName} ${rows.map((row) => `${row.localName} ${[...row.attributes].map(({ name }) => name)} ${[...row.children].map(({ localName }) => localName)}`).join('\n')}`;
      }));
      assert.equal(shapes.length, pages.length);
      assert.equal(new Set(shapes).size, 1, [...new Set(shapes)].join('\n\n'));
      clear(reader);
      // One mail quotes no more than these.
      if (method === 'POST') await until('the reader to be told', () => posted[n].every(({ id }) => to(READER).some(({ plain }) => plain.includes(`#comment-${id}`))));
    }
  }
  await reader.context().close();
});

test('nor in the mails to a reader whom they answer', async () => {
  const answers = () => to(READER).slice(1);
  plainly(answers(), /answer/i);
  const reader = await trap(chromium, ['bare.example']);
  await read(reader, answers());
  await reader.context().close();
});
