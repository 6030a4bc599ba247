// User input in mails, because mail programs have no policy, and on the pages behind the links in mails.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { browser, clean, exampleBlog, folder, freePort, root, start, until } from './harness.mjs';
import { bare, chunks, clear, heap, provoke, strangers, trap } from './xss-observer.mjs';
import { payloads } from './xss-payloads.mjs';

/** Fewer than one mail quotes. */
const CHUNK = 18;
const { PYTHON, AIOSMTPD } = process.env;
const READER = 'ann@example.org';
// The one name in a subject. It comes from the owner's configuration.
const SITE = `"></title><img src=x onerror=pwned("site")>\r\nBcc: x@evil.example\r\n\r\n<script>pwned("site")</script> ${'é '.repeat(60)}`;
const SUBJECT = SITE.trim().replaceAll(/\s+/g, ' ');
const all = chunks(payloads, CHUNK);
const mails = folder();
/** Each payload is also the title of an article. */
const article = (number) => `/xss/m${number}/`;
const title = (text) => text.replaceAll(/[\s\0-\x1f\x7f-\x9f]+/g, ' ').trim() || 'Blank';
/** By chunk: the posted comments, `{ id, author, title }`, and the links that approve them. */
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

/** Posts a payload as text, as name and as site; what is refused in one of them is still sent in the others. */
async function attack(draft, text) {
  Object.assign(draft, { text, author: text, site: text });
  let answer = await tell(draft);
  if (answer.status === 422) {
    for (const { field } of (await answer.json()).errors) draft[field] = { text: 'Refused', author: 'Ann', site: '' }[field];
    answer = await tell(draft);
  }
  assert.equal(answer.status, 202);
  return (await answer.json()).id;
}

before(async () => {
  const page = (text) => JSON.stringify({ title: title(text), date: '2026-01-01' });
  blog = exampleBlog({ files: Object.fromEntries(payloads.map(({ number, text }) => [`content${article(number).slice(0, -1)}.md`, page(text)])) });
  blog.build();
  const port = await freePort();
  const env = { ...process.env, PYTHONPATH: AIOSMTPD, PYTHONDONTWRITEBYTECODE: '1' };
  await start(PYTHON, [join(root, 'crates/xtask/browser/smtp.py'), String(port), mails], { env }, (said) => said.includes('listening'));
  const mail = `[mail]\nserver = "localhost:${port}"\ntls = "none"\nfrom = "c@example.org"\ngather = 0\nreplies_every = 0\n`;
  await blog.open({ policy: null, site: `title = ${JSON.stringify(SITE)}\n`, settings: `[rules]\nrate = 0\n[[moderator]]\nname = "Ines"\nemail = "ines@example.org"\n${mail}` });
  chromium = await browser();
});
after(clean);

/** Mails concatenated in a page without a policy: each comment is in its place, nothing else is added, and nothing runs. */
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
      // All comments have the same structure, except for the line with the reason why a comment was held.
      const kinds = new Set(rows.filter((row) => row.startsWith('div')).map((row) => row.replace('p[style](),block', 'block')));
      assert.equal(kinds.size, 1, [...kinds].join('\n'));
      // Below them are the number of further pending comments and the link to the queue.
      const ours = (row) => /^(div|p)\[style\]/.test(row) || /^p\[\]\((a\[href\]\(\))?\)$/.test(row);
      assert.ok(rows.every(ours), rows.join('\n'));
    }
    clear(reader);
    for (const { authors } of found) for (const author of authors) named.add(author);
  }
}
/** The authors in the mails. */
const named = new Set();

const HEADERS = ['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to', 'x-auto-response-suppress'];
const LEAVE = ['list-unsubscribe', 'list-unsubscribe-post'];

/** No headers and parts but the expected ones, each once, and no user input in a header. */
function sealed(mails, subject, more = []) {
  assert.ok(mails.length > 0);
  for (const { headers, names, parts, defects, from, to } of mails) {
    assert.deepEqual([...names].sort(), [...HEADERS, ...more].sort());
    assert.match(headers.subject, subject);
    assert.ok(headers.subject.includes(SUBJECT), headers.subject);
    assert.deepEqual([headers.from, headers.to, from], ['c@example.org', to.join(), 'c@example.org']);
    assert.deepEqual(parts, ['multipart/alternative', 'text/plain', 'text/html']);
    assert.deepEqual(defects, []);
  }
}

/** Names and titles are within a line: white space in them becomes a single space. */
const folded = (text) => text.replaceAll(/[\s\0-\x1f\x7f-\x9f\ufffd]+/g, ' ').trim();

/** Every line is the template's or is marked as quoted, however a mail program breaks lines. */
function plainly(mails, labels, last) {
  const heads = new Set(posted.flat().flatMap(({ author, title }) => [`${author} on ${title}`, `Root on ${title}`]).map(folded));
  const seen = new Set();
  const kind = (line) => {
    if (heads.has(folded(line))) return 'HEAD';
    const [, label, url] = /^(?:([^:]+): )?(http\S+)$/.exec(line) ?? [];
    if (url && new URL(url).origin === blog.origin) return label ?? 'URL';
    return line;
  };
  for (const { plain } of mails) {
    const lines = plain.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/).filter((line) => line && !line.startsWith('> ') && !/^Held by: [\w ,.()[\]]+$/.test(line));
    const [end, ...comments] = lines.map(kind).join('\n').split(`\n${'-'.repeat(32)}\n`).reverse();
    for (const comment of comments) seen.add(comment);
    assert.equal(end, last);
  }
  assert.deepEqual([...seen], [labels.join('\n')]);
}

test('in the mails to moderators nothing runs, and nothing leaves its place', async () => {
  for (const [n, some] of all.entries()) {
    const top = async ({ number }) => {
      const answer = await tell({ article: article(number), author: 'Root', text: `What ${number} answers`, email: READER, notify: 'on' });
      assert.equal(answer.status, 202);
      return (await answer.json()).id;
    };
    const tops = await Promise.all(some.map(top));
    blog.approve(...tops);
    if (n === 0) {
      await until('the question whether the address is his', () => to(READER).length === 1);
      const [url] = /http\S+\/subscription\/\S+/.exec(to(READER)[0].plain);
      assert.equal((await fetch(url, { method: 'POST' })).status, 200);
    }
    posted[n] = await Promise.all(some.map(async ({ number, text }, which) => {
      const draft = { article: article(number), reply_to: tops[which] };
      const id = await attack(draft, text);
      return { id, author: draft.author.trim().normalize('NFC'), title: title(text) };
    }));
    const told = () => to('ines@example.org').map(({ plain }) => plain).join('\n');
    await until('all to be mailed', () => posted[n].every(({ id }) => told().includes(`/moderation/link/a.${id}`)));
    ways[n] = posted[n].map(({ id }) => new RegExp(`\\S+/moderation/link/a\\.${id}\\S+`).exec(told())[0]);
  }
  const waiting = to('ines@example.org');
  sealed(waiting, /^(A comment waits|\d+ comments wait) on /);
  plainly(waiting, ['HEAD', 'URL', 'Approve', 'Reject', 'Spam'], 'All that waits\nEach link shows the comment and asks once more. It is good for 7 days.');
  const reader = await trap(chromium, ['bare.example']);
  await read(reader, waiting);
  const names = new Set([...named].map(folded));
  const missing = posted.flat().filter(({ author }) => !names.has(folded(author)));
  assert.deepEqual(missing, [], 'each was named');
  // One complete mail, with its headers.
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
        const read = async () => new URLSearchParams({ read: /name="read" value="(\w+)"/.exec(await (await fetch(url)).text())[1] });
        const answer = await fetch(url, method === 'GET' ? {} : { method, body: await read() });
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
  sealed(answers(), /answer/i, LEAVE);
  plainly(answers(), ['HEAD', 'Read it in its place', 'No more of this thread'], 'No more mail, and forget my address');
  const reader = await trap(chromium, ['bare.example']);
  await read(reader, answers());
  const [question] = to(READER);
  sealed([question], /^Answers on /);
  for (const { html } of [question, answers().at(-1)]) {
    await bare(reader, html);
    await provoke(reader);
    clear(reader);
  }
  await reader.context().close();
});

test('nor on the pages of subscriptions, nor where a link is none of ours', async () => {
  const reader = await trap(chromium, ['bare.example']);
  const links = (mail) => mail.plain.match(/http\S+\/subscription\/\S+/g);
  const [[confirm], [leave], all] = [to(READER)[0], to(READER).at(-1), to(READER).at(-1)].map(links);
  const bodies = new Set();
  const open = async (url, method, body) => {
    const answer = await fetch(url, { method, body });
    bodies.add(await answer.text());
    return answer.status;
  };
  const form = (text) => new URLSearchParams({ read: text, csrf: text, text });
  for (const [url, method] of [[confirm, 'GET'], [leave, 'GET'], [leave, 'POST'], [leave, 'GET'], [all.at(-1), 'GET'], [all.at(-1), 'POST'], [all.at(-1), 'GET']]) {
    assert.equal(await open(url, method, method === 'POST' ? form(payloads[0].text) : undefined), 200, url);
  }
  const real = bodies.size;
  for (const some of chunks(payloads, 40)) {
    for (const place of ['subscription', 'moderation/link']) {
      const url = ({ text }) => `${blog.origin}/${place}/${encodeURIComponent(text)}`;
      const statuses = await Promise.all(some.flatMap((one) => [open(url(one), 'GET'), open(url(one), 'POST', form(one.text))]));
      assert.ok(statuses.every((status) => status >= 400 && status < 500), statuses.join());
    }
  }
  // The responses contain no user input, or there would be as many different ones.
  assert.ok(bodies.size - real <= 4, [...bodies].slice(real).join('\n\n'));
  for (const html of bodies) {
    await bare(reader, html);
    await provoke(reader);
    clear(reader);
  }
  await reader.context().close();
});
