// Ardoise without Hugo: the site consists of the files in docs/other-generators.md and the posts.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Blog, browser, clean, page, root, until } from './harness.mjs';

const PAGE = readFileSync(join(root, 'docs/other-generators.md'), 'utf8');
/** The info string of a block ends with the name of its file. */
const FILES = Object.fromEntries([...PAGE.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)].map(([, name, text]) => [name, text]));
const BY_HAND = 'public/2024/six-chalks/index.html';
const named = (byHand) => Object.fromEntries(Object.entries(FILES).filter(([name]) => name.startsWith('public/') === byHand));

let chromium;
before(async () => (chromium = await browser()));
after(clean);

const open = async (blog, path, options) => {
  const reader = await page(chromium, options);
  // Until then the form may be submitted without the script.
  await reader.goto(blog.origin + path, { waitUntil: options?.javaScriptEnabled === false ? 'load' : 'networkidle' });
  return reader;
};
const PLAIN = { javaScriptEnabled: false };
const shown = (reader, id) => reader.locator(`#comment-${id}`);
const fill = async (reader, name, text) => {
  await reader.getByLabel('Name').fill(name);
  await reader.getByLabel('Comment').fill(text);
  await reader.getByRole('button', { name: 'Send' }).click();
};
const newest = (blog) => blog.pending().at(-1);
const approve = async (blog, id) => {
  blog.approve(id);
  await until(`${id} to be published`, () => blog.has('published/recent.json') && blog.read('published/recent.json').includes(id));
  const revision = (name) => JSON.parse(blog.read(`published/${name}.json`)).revision;
  await until('the counts to follow', () => blog.has('published/counts.json') && revision('counts') === revision('latest'));
};
/** The browser logs an error for a missing file, and an article without comments has none. */
const complaints = (reader) => reader.complaints.filter((text) => !/404/.test(text));

/** A reader with the script, one without, and a reply. Returns the first comment and its reply. */
async function story(blog, path) {
  const encoded = encodeURI(path);
  const reader = await open(blog, encoded);
  assert.equal(await reader.getByRole('heading', { level: 2 }).textContent(), 'Comments');
  await fill(reader, 'Ada', 'With *script*');
  const own = reader.locator('[data-ardoise="own"] > *');
  await own.waitFor();
  assert.match(await own.innerText(), /Ada[\s\S]*waiting for approval[\s\S]*With script/);
  assert.match(await reader.locator('.ardoise-said').innerText(), /^Thank you\./);
  assert.deepEqual([reader.url(), newest(blog).article], [blog.origin + encoded, path]);
  const first = newest(blog).id;
  await approve(blog, first);

  await reader.reload();
  await shown(reader, first).waitFor();
  assert.equal(await reader.getByRole('heading', { level: 2 }).textContent(), '1 comment');
  assert.match(await shown(reader, first).innerText(), /Ada[\s\S]*With script/);
  assert.doesNotMatch(await shown(reader, first).innerText(), /waiting for approval/);
  await shown(reader, first).getByRole('checkbox', { name: 'Reply', exact: true }).check({ force: true });
  assert.equal(await shown(reader, first).locator('form').count(), 1, 'the form came');
  await fill(reader, 'Bea', 'An answer');
  await shown(reader, first).getByText('An answer').waitFor();
  assert.equal(await shown(reader, first).locator('form').count(), 0, 'and went back');
  const answer = newest(blog);
  assert.deepEqual([answer.parent, answer.text], [first, 'An answer']);
  await approve(blog, answer.id);

  const plain = await open(blog, encoded, PLAIN);
  await fill(plain, 'Cy', 'Without');
  await plain.waitForURL(/#ardoise-thanks$/);
  assert.ok(await plain.getByText('Thank you.').isVisible());
  assert.deepEqual([newest(blog).author, newest(blog).article], ['Cy', path]);
  await approve(blog, newest(blog).id);

  await reader.reload();
  await reader.getByText('Without').waitFor();
  assert.equal(await shown(reader, first).locator(`#comment-${answer.id}`).count(), 1, 'an answer stands under what it answers');
  assert.equal(await reader.getByRole('heading', { level: 2 }).textContent(), '3 comments');
  const list = await open(blog, '/');
  await until('the count', async () => (await list.locator(`[data-ardoise-count="${path}"]`).textContent()) === '3 comments');
  assert.deepEqual([complaints(reader), complaints(list), complaints(plain)], [[], [], []], 'also under a strict policy');
}

const catalogue = (blog) => blog.catalogue().map(({ path, title, open }) => [path, title, open]);

test('a hand-written page accepts comments and shows them', async () => {
  const blog = new Blog({ files: named(true) });
  cpSync(join(root, 'static'), join(blog.folder, 'public'), { recursive: true });
  await blog.open();
  assert.deepEqual(catalogue(blog), [['/2024/six-chalks/', 'Six chalks and a wet cloth', true]]);
  await story(blog, '/2024/six-chalks/');
});

test('Eleventy bakes comments and counts, as the script shows them', async () => {
  const path = '/posts/crème-brûlée/';
  const post = (title) => `---\ntitle: ${title}\n---\nAll on *slate*.\n`;
  // As documented.
  const [form] = /<p class="ardoise-thanks".*<\/form>/s.exec(FILES[BY_HAND]);
  const blog = new Blog({
    files: {
      ...named(false),
      '_includes/form.njk': form.replace('value="/2024/six-chalks/"', 'value="{{ page.url }}"'),
      'posts/crème-brûlée.md': post("'Crème \"brûlée\" & <b>'"),
      'posts/a-la-carte.md': post('À la carte'),
    },
  });
  cpSync(join(root, 'static'), blog.folder, { recursive: true });
  const command = join(process.env.TOOLS, 'node_modules/@11ty/eleventy/cmd.cjs');
  blog.build = () => execFileSync(process.execPath, [command, '--output=public', '--quiet'], { cwd: blog.folder, stdio: 'pipe' });
  blog.build();
  await blog.open();
  assert.deepEqual(catalogue(blog), [['/posts/a-la-carte/', 'À la carte', true], [path, 'Crème "brûlée" & <b>', true]]);
  await story(blog, path);

  assert.doesNotMatch(blog.read(`public${path}index.html`), /comment-[0-9a-z]{10}|data-revision/, 'nothing published yet, at that build');
  blog.build();
  const list = await open(blog, '/', PLAIN);
  assert.equal(await list.locator(`[data-ardoise-count="${path}"]`).textContent(), '3 comments');
  assert.equal(await list.locator('[data-ardoise-count="/posts/a-la-carte/"]').textContent(), '');
  const look = async (options) => {
    const reader = await open(blog, encodeURI(path), options);
    return reader.locator('#comments').evaluate((section) => {
      // Sorts attributes, and makes empty and absent ones equal.
      const tidy = ({ localName, attributes, childNodes }) => [
        localName,
        // A fragment alone and the page's address with the fragment are the same target.
        [...attributes].filter(({ name, value }) => value || name === 'hidden').map(({ name, value }) => `${name}=${name === 'href' ? value.replace(location.href.split('#')[0], '') : value}`).sort(),
        [...childNodes].map((node) => (node.nodeType === 1 ? tidy(node) : node.data.replace(/\s+/g, ' '))).filter((text) => text !== ' '),
      ];
      return ['count', 'thread'].map((name) => tidy(section.querySelector(`[data-ardoise="${name}"]`)));
    });
  };
  const baked = await look(PLAIN);
  assert.match(JSON.stringify(baked), /3 comments.*Ada.*With .*An answer.*Without/);
  assert.deepEqual(baked, await look({}));
  const { revision } = JSON.parse(blog.read('published/counts.json'));
  for (const name of ['index.html', `${path.slice(1)}index.html`]) assert.ok(blog.read(`public/${name}`).includes(`data-revision="${revision}"`), name);
});

test('the table has all parts that the script looks for', () => {
  const script = ['thread', 'pages', 'form', 'own'].map((name) => readFileSync(join(root, `static/ardoise-${name}.js`), 'utf8')).join('');
  // Elements that the script creates may be absent from the page.
  const made = new Set([...script.matchAll(/dataset\.ardoise = '(\w+)'/g)].map(([, name]) => name));
  const parts = new Set([...script.matchAll(/\b(?:part|show)\((?:\w+, )?'(\w+)'/g)].map(([, name]) => name).filter((name) => !made.has(name)));
  assert.ok(parts.size > 15, [...parts].join());
  const rows = [...PAGE.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].map(([, cell]) => cell).join();
  for (const part of parts) assert.ok(rows.includes(`\`${part}\``), `docs/other-generators.md has no row for ${part}`);
  for (const [, name] of rows.matchAll(/`(\w+)`/g)) assert.ok(script.includes(`'${name}'`), `the script has no part ${name}`);
  const [box] = /viewBox="[^"]*"/.exec(readFileSync(join(root, 'hugo-partials/layouts/partials/ardoise/comment.html'), 'utf8'));
  assert.ok(PAGE.includes(box), 'the field on which avatars are drawn');
});
