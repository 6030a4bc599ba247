// Checks the feeds with independent validators.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Blog, clean, exampleBlog } from './harness.mjs';

const { RUBY, TOOLS } = process.env;
const validate = createRequire(join(TOOLS, 'node_modules/'))('jsonfeed-validator');
const PATH = '/2024/crème-brûlée/';
/** Returns the title of each entry. Fails with what is missing or wrong. */
const READ = 'feed = RSS::Parser.parse($stdin.read, true); puts feed.class, feed.title.content, feed.updated.content.utc.iso8601, feed.entries.map { |e| e.title.content }';
const NASTY = 'A <b> & "c" ]]> &amp; \u{1f600}';
let blog;

const atom = (text) => spawnSync(RUBY, ['-r', 'rss/atom', '-e', READ], { input: text, encoding: 'utf8' });

before(async () => {
  blog = exampleBlog();
  blog.build();
  await blog.open();
  const first = await blog.comment(PATH, NASTY, `${NASTY}\n\n    <code> & more\n\nhttps://example.org/?a=1&b=2`, { site: 'https://ada.example/?a=1&b=2' });
  await blog.comment(PATH, 'Bea', 'An answer', { reply_to: first });
  await blog.comment('/2025/à-la-carte/', 'Cy', 'Elsewhere');
});
after(clean);

test('Atom feeds of the site and of an article are valid', () => {
  const [site, article] = ['feed.xml', `${PATH.slice(1)}feed.xml`].map((file) => atom(blog.read(`published/${file}`)));
  for (const read of [site, article]) assert.equal(read.status, 0, read.stderr);
  const [kind, title, updated, ...entries] = site.stdout.trim().split('\n');
  assert.deepEqual([kind, title], ['RSS::Atom::Feed', blog.origin.replace('http://', '')]);
  assert.match(updated, /^\d{4}-\d\d-\d\dT[\d:]+Z$/);
  assert.deepEqual(entries, ['Cy · À la carte, for one day only', 'Bea · Crème brûlée at closing time', `${NASTY} · Crème brûlée at closing time`]);
  assert.deepEqual(article.stdout.trim().split('\n').slice(3), ['Bea', NASTY]);
  const damaged = atom(blog.read('published/feed.xml').replace(/<updated>.*?<\/updated>/, ''));
  assert.match(damaged.stderr, /updated/, 'the validator misses what is missing');
});

test('a site without comments has an empty feed, which is valid too', () => {
  const empty = new Blog({ files: { 'ardoise.toml': '[site]\norigin = "https://blog.example.org"\ntitle = "Nothing yet"\n' } });
  empty.ardoise('migrate');
  empty.ardoise('generate');
  const read = atom(empty.read('published/feed.xml'));
  assert.equal(read.status, 0, read.stderr);
  assert.equal(read.stdout.split('\n')[1], 'Nothing yet');
});

test('the JSON Feed is valid', () => {
  const feed = JSON.parse(blog.read('published/feed.json'));
  assert.equal(feed.version, 'https://jsonfeed.org/version/1.1');
  // The validator knows JSON Feed 1, which has one author where 1.1 has a list.
  const items = feed.items.map(({ authors, ...item }) => {
    assert.deepEqual(authors, [item.author]);
    return item;
  });
  assert.deepEqual(validate({ ...feed, items, version: 'https://jsonfeed.org/version/1' }), []);
  assert.equal(feed.items.length, 3);
  assert.ok(feed.items[0].url.startsWith(`${blog.origin}/2025/%C3%A0-la-carte/#comment-`));
  assert.notDeepEqual(validate({ ...feed, items: [{}] }), [], 'the validator misses what is missing');
});

test('a page names its feed once there is one', async () => {
  const page = `public${PATH}index.html`;
  assert.doesNotMatch(blog.read(page), /feed\.xml/);
  blog.build();
  const link = `/ardoise${encodeURI(PATH)}feed.xml`;
  const found = [...blog.read(page).matchAll(/href="([^"]*feed\.xml)"/g)].map(([, href]) => href.replaceAll(/%[\da-f]{2}/gi, (code) => code.toUpperCase()));
  assert.deepEqual(found, [link, link], 'in the head and below the comments');
  const answer = await fetch(blog.origin + link);
  assert.equal(answer.status, 200);
});
