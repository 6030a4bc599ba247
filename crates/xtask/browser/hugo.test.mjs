// The Hugo module on the oldest supported Hugo and on a recent one.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Blog, clean } from './harness.mjs';

after(clean);

const HUGO_TOML = (base, more = '', language = 'fr') => `
baseURL = "${base}"
title = "Essai"
defaultContentLanguage = "${language}"
theme = ["ardoise"]
disableKinds = ["taxonomy", "term", "RSS", "sitemap"]
${more}
[[module.mounts]]
source = "published"
target = "assets/ardoise"
[[module.mounts]]
source = "assets"
target = "assets"
`;

const single = '<html lang="fr"><head>{{ partial "ardoise/head.html" . }}</head><h1>{{ .Title }}</h1>{{ partial "ardoise/comments.html" . }}</html>';
const list = '<html lang="fr">{{ range site.RegularPages }}<p>{{ partial "ardoise/count.html" . }}</p>{{ end }}</html>';
const article = (url, front = '') => `---\ntitle: "Titre \\"x\\" <b> & ${url}"\nurl: "${url}"\n${front}---\n`;

const entry = (id, text, more = {}) => ({
  id,
  parent: null,
  author: { name: 'Zoé <i>', site: null },
  date: '2017-03-12T08:30:00Z',
  html: `<p>${text}</p>\n`,
  ...more,
});

/** A site in French with articles at `paths` and this many comments at each. */
function site(hugo, base, counts, { settings, language, front = {} } = {}) {
  const blog = new Blog({ hugo });
  blog.ardoise('init');
  blog.write('hugo.toml', HUGO_TOML(base, settings, language));
  // The name of the setting in the older Hugo.
  blog.write('config.toml', HUGO_TOML(base, settings, language));
  blog.write('layouts/_default/single.html', single);
  blog.write('layouts/_default/list.html', list);
  const prefix = new URL(base).pathname.replace(/\/$/, '');
  const published = {};
  Object.entries(counts).forEach(([url, count], n) => {
    blog.write(`content/posts/${n}.md`, article(url, front[url]));
    const path = prefix + decodeURI(url);
    if (count) published[path] = count;
    const comments = Array.from({ length: count }, (_, i) => entry(`000000000${i}`, `Numéro ${i}`, i === 2 ? { parent: '0000000000' } : {}));
    const file = path.endsWith('.html') ? path.replace(/html$/, 'json') : `${path}index.json`;
    if (count) blog.write(`published${file}`, JSON.stringify({ version: 1, path, count, comments }));
  });
  blog.write('published/counts.json', JSON.stringify({ version: 1, revision: 1234567, counts: published }));
  blog.build();
  return blog;
}

for (const [name, hugo] of [['the oldest', process.env.OLD_HUGO], ["today's", process.env.HUGO]]) {
  test(`${name} Hugo bakes counts and comments, whatever the path`, () => {
    const blog = site(hugo, 'https://blog.example.org/', { '/2017/été/': 3, '/Un espace/': 1, '/ubuntu-9.10/': 2, '/vide/': 0, '/c++/': 1 });
    const home = blog.read('public/index.html');
    const label = (path) => new RegExp(`data-ardoise-count="${path.replaceAll('+', '\\+')}">([^<]*)</a>`).exec(home)?.[1];
    assert.equal(label('/2017/%C3%A9t%C3%A9/'), '3\u00a0commentaires');
    assert.equal(label('/Un%20espace/'), '1\u00a0commentaire');
    assert.equal(label('/ubuntu-9.10/'), '2\u00a0commentaires');
    assert.equal(label('/vide/'), '');
    const page = blog.read('public/2017/été/index.html');
    assert.match(page, /data-ardoise-article="\/2017\/%C3%A9t%C3%A9\/" data-ardoise-title="Titre &#34;x&#34; &lt;b&gt; &amp;/);
    assert.match(page, />3\u00a0commentaires<\/h2>/);
    assert.match(page, /id="comment-0000000000"[\s\S]*Zoé &lt;i&gt;[\s\S]*12 mars 2017[\s\S]*<p>Numéro 0<\/p>[\s\S]*id="comment-0000000002"[\s\S]*id="comment-0000000001"/);
    assert.match(blog.read('public/vide/index.html'), />Commentaires<\/h2>/);
    assert.match(page, /data-tree="\/ardoise\/" data-revision="1234567" data-lang="fr" data-forms="1\u00a0commentaire\|2\u00a0commentaires\|/);
    assert.doesNotMatch(page, /<style|<script>|style=| on[a-z]+=/, 'no inline script or style');
    const catalogue = blog.catalogue();
    assert.deepEqual(catalogue.map((row) => row.path), ['/2017/été/', '/Un espace/', '/c++/', '/ubuntu-9.10/', '/vide/']);
    assert.equal(catalogue[0].title, 'Titre "x" <b> & /2017/été/');
    assert.equal(catalogue[0].approved, 0, 'the catalogue knows nothing of files');
  });

  test(`${name} Hugo: a page opts out, another is closed`, () => {
    const front = { '/a/': 'comments: false\n', '/b/': 'comments: closed\n' };
    const blog = site(hugo, 'https://blog.example.org/', { '/a/': 2, '/b/': 2, '/c/': 0 }, { front });
    assert.doesNotMatch(blog.read('public/a/index.html'), /data-ardoise-article|<form/);
    assert.doesNotMatch(blog.read('public/index.html'), /data-ardoise-count="\/a\/"/);
    assert.match(blog.read('public/b/index.html'), /data-ardoise-closed[\s\S]*Numéro 1[\s\S]*Les commentaires sont fermés/);
    assert.doesNotMatch(blog.read('public/b/index.html'), /<form/);
    const catalogue = blog.catalogue();
    assert.deepEqual(catalogue.map((row) => [row.path, row.open]), [['/b/', false], ['/c/', true]]);
  });

  test(`${name} Hugo: ugly URLs, a site below a path, other addresses`, () => {
    const settings = 'uglyURLs = true\n[params.ardoise]\ntree = "https://cdn.example/t"\nservice = "https://comments.example/x"\n';
    const blog = site(hugo, 'https://u.example/blog/', { '/a.html': 2 }, { settings });
    const page = blog.read('public/a.html');
    assert.match(page, /data-ardoise-article="\/blog\/a.html"[\s\S]*Numéro 1/);
    assert.match(page, /data-tree="https:\/\/cdn.example\/t\/"/);
    assert.match(page, /action="https:\/\/comments.example\/x\/comments"/);
    assert.match(page, /src="\/blog\/ardoise.js"/);
    assert.match(blog.read('public/index.html'), /2\u00a0commentaires/);
    const plain = site(hugo, 'https://u.example/blog/', { '/a/': 1 });
    assert.match(plain.read('public/a/index.html'), /data-tree="\/blog\/ardoise\/"[\s\S]*Numéro 0/);
  });

  test(`${name} Hugo closes articles by their age, and says when`, () => {
    const front = { '/old/': 'date: 2017-03-12\n', '/young/': 'date: 2026-11-01T10:00:00+01:00\n', '/undated/': '' };
    const settings = '[params.ardoise]\nclose_after = 36500\n';
    const blog = site(hugo, 'https://blog.example.org/', { '/old/': 1, '/young/': 0, '/undated/': 0 }, { settings, front });
    assert.match(blog.read('public/young/index.html'), /data-ardoise-closes="2126-10-08T09:00:00Z"[\s\S]*<form/);
    assert.doesNotMatch(blog.read('public/young/index.html'), /data-ardoise-closed/);
    assert.doesNotMatch(blog.read('public/undated/index.html'), /data-ardoise-(clos|date)/);
    for (const file of ['hugo.toml', 'config.toml']) blog.write(file, blog.read(file).replace('36500', '90'));
    blog.build();
    const old = blog.read('public/old/index.html');
    assert.match(old, /data-ardoise-closed data-ardoise-closes="2017-06-10T00:00:00Z"[\s\S]*<p class="ardoise-closed" data-ardoise="closed">Les commentaires sont fermés/);
    assert.doesNotMatch(old, /<form|name="reply_to"/);
    assert.deepEqual(blog.catalogue().map((row) => [row.path, row.open]), [['/old/', false], ['/undated/', true], ['/young/', true]]);
  });

  test(`${name} Hugo says how old an article is`, () => {
    const front = { '/a/': 'date: 2017-03-12T10:00:00+01:00\n', '/b/': 'date: 2017-03-12\npublishDate: 2018-04-01\n', '/c/': '' };
    const blog = site(hugo, 'https://blog.example.org/', { '/a/': 1, '/b/': 0, '/c/': 0 }, { front });
    const dates = ['a', 'b', 'c'].map((page) => /<section[^>]* data-ardoise-date="([^"]*)"/.exec(blog.read(`public/${page}/index.html`))?.[1]);
    assert.deepEqual(dates, ['2017-03-12T09:00:00Z', '2018-04-01T00:00:00Z', undefined]);
  });

  test(`${name} Hugo has the newest comments and the most commented articles for a sidebar`, () => {
    const blog = site(hugo, 'https://blog.example.org/blog/', { '/a/': 2, '/100%25/': 5, '/c/': 0 });
    const recent = { version: 1, comments: [{ ...entry('0000000000', 'x'), path: '/blog/100%/', title: '' }, { ...entry('0000000001', 'y'), path: '/blog/a/', title: 'À <b>' }] };
    blog.write('published/recent.json', JSON.stringify(recent));
    blog.write('layouts/_default/list.html', '<html lang="fr">{{ partial "ardoise/head.html" site }}{{ partial "ardoise/recent.html" . }}{{ partial "ardoise/most.html" . }}</html>');
    blog.build();
    const home = blog.read('public/index.html');
    const newest = home.slice(home.indexOf('data-ardoise="list"'), home.indexOf('<template'));
    assert.deepEqual([...newest.matchAll(/<a data-ardoise="link" href="([^"]*)">([^<]*)<\/a>/g)].map(([, href, text]) => [href, text]), [
      ['/blog/100%25/#comment-0000000000', '/blog/100%/'],
      ['/blog/a/#comment-0000000001', 'À &lt;b&gt;'],
    ]);
    assert.match(newest, /Zoé &lt;i&gt;[\s\S]*12 mars 2017/);
    const most = home.slice(home.indexOf('ardoise-most'));
    assert.deepEqual([...most.matchAll(/<li><a href="([^"]*)">/g)].map(([, href]) => href), ['/blog/100%25/', '/blog/a/']);
    assert.match(most, /5\u00a0commentaires[\s\S]*2\u00a0commentaires/);
  });

  test(`${name} Hugo says which language has no words`, () => {
    const build = () => site(hugo, 'https://blog.example.org/', { '/a/': 0 }, { language: 'eo' });
    assert.throws(build, /no words for the language "eo"; add i18n\/eo.toml/);
  });
}
