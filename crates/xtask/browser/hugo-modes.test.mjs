// Effects of a site's configuration on the Hugo module: base path, time zone, output formats. Runs on the oldest supported Hugo and on a
// recent one.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { Blog, clean, root } from './harness.mjs';

after(clean);

const PAGE = '<html>{{ partial "ardoise/head.html" . }}{{ partial "ardoise/comments.html" . }}</html>';
const LIST = '<html>{{ partial "ardoise/head.html" . }}{{ range site.RegularPages }}{{ partial "ardoise/count.html" . }}{{ end }}{{ partial "ardoise/recent.html" . }}{{ partial "ardoise/most.html" . }}</html>';
const ORIGIN = 'https://blog.example.org';

const comment = (date) => ({ id: '0000000000', parent: null, author: { name: 'Zoé', site: null }, date, html: '<p>Numéro 0</p>\n' });

/** A site with the articles of `content` and one comment at `/blog/posts/a/`. */
function site(hugo, { base = `${ORIGIN}/blog/`, settings = '', content = { 'posts/a.md': '' }, date = '2017-03-12T23:30:00Z', layouts = {}, kinds = '"taxonomy", "term", "RSS", "sitemap"' } = {}) {
  const blog = new Blog({ hugo });
  cpSync(join(root, 'hugo-partials'), join(blog.folder, 'themes/ardoise'), { recursive: true });
  blog.write('hugo.toml', `
baseURL = "${base}"
theme = ["ardoise"]
disableKinds = [${kinds}]
${settings}
[[module.mounts]]
source = "published"
target = "assets/ardoise"
[[module.mounts]]
source = "assets"
target = "assets"
`);
  blog.write('ardoise.toml', `[site]\norigin = "${ORIGIN}"\nbuilt = "public"\npath = "${new URL(base).pathname}"\n[publish]\nurl = "${new URL(base).pathname}ardoise/"\n`);
  blog.write('layouts/_default/single.html', PAGE);
  blog.write('layouts/_default/list.html', LIST);
  for (const [name, text] of Object.entries(layouts)) blog.write(`layouts/_default/${name}`, text);
  for (const [name, front] of Object.entries(content)) blog.write(`content/${name}`, `---\ntitle: ${JSON.stringify(name)}\n${front}---\n`);
  const path = `${new URL(base).pathname}posts/a/`;
  const one = comment(date);
  blog.write(`published${path}index.json`, JSON.stringify({ version: 1, path, count: 1, comments: [one] }));
  blog.write(`published${path}feed.xml`, '<feed/>');
  blog.write('published/recent.json', JSON.stringify({ version: 1, comments: [{ ...one, path, title: 'A' }] }));
  blog.write('published/.ardoise', '');
  blog.write('published/counts.json', JSON.stringify({ version: 1, revision: 7, epoch: 'abc234de', counts: { [path]: 1 } }));
  blog.build();
  return blog;
}

/** The attributes that the module writes, with addresses resolved as a browser does. */
const attributes = (html, address) => {
  const resolved = ['href', 'src', 'action'];
  return [...html.matchAll(/ (data-[\w-]+|href|src|action|value)="([^"]*)"/g)].map(([, name, value]) => `${name}=${resolved.includes(name) ? new URL(value, address).href : value}`);
};

for (const [name, hugo] of [['the oldest', process.env.OLD_HUGO], ["today's", process.env.HUGO]]) {
  test(`${name} Hugo: canonifyURLs changes no address, below a path or not`, () => {
    for (const base of [`${ORIGIN}/blog/`, `${ORIGIN}/`, `${ORIGIN}/a/b/`]) {
      const of = (settings) => {
        const blog = site(hugo, { base, settings });
        return ['index.html', 'posts/a/index.html'].map((page) => attributes(blog.read(`public/${page}`), base + page));
      };
      const plain = of('');
      const path = new URL(base).pathname;
      for (const wanted of [`data-tree=${path}ardoise/`, `data-ardoise-article=${path}posts/a/`, `value=${path}posts/a/`, `action=${ORIGIN}/comments`]) assert.ok(plain[1].includes(wanted), wanted);
      for (const wanted of [`data-ardoise-count=${path}posts/a/`, `href=${base}posts/a/#comments`, `href=${base}posts/a/#comment-0000000000`]) assert.ok(plain[0].includes(wanted), wanted);
      assert.deepEqual(of('canonifyURLs = true'), plain);
      // With a base path, Hugo's own links are correct only if both settings are present.
      if (path === '/') assert.deepEqual(of('relativeURLs = true'), plain);
      for (const service of ['/api', 'https://comments.example.org/', `${path}api/`]) {
        const settings = `[params.ardoise]\nservice = "${service}"\ntree = "${path}t/"\n`;
        assert.deepEqual(of(`canonifyURLs = true\n${settings}`), of(settings), service);
      }
    }
  });

  test(`${name} Hugo: days are those of the site's zone, and the script is told which`, () => {
    for (const [settings, zone, day] of [
      ['', 'UTC', 'March 12, 2017'],
      ['timeZone = "Europe/Paris"', 'Europe/Paris', 'March 13, 2017'],
      ['timeZone = "America/New_York"', 'America/New_York', 'March 12, 2017'],
    ]) {
      const blog = site(hugo, { settings });
      const [home, page] = [blog.read('public/index.html'), blog.read('public/posts/a/index.html')];
      assert.match(home, new RegExp(`<script[^>]* data-zone="${zone}"`));
      assert.match(home, /<script[^>]* data-revision="7" [^>]*data-epoch="abc234de"/);
      const days = [home, page].map((html) => [...html.matchAll(/datetime="2017-03-12T23:30:00Z">([^<]*)</g)].map(([, text]) => text));
      assert.deepEqual(days, [[day], [day]], zone);
    }
  });

  test(`${name} Hugo: the form closes so many days after the date that the rules count from`, () => {
    const content = { 'posts/a.md': 'date: 2017-03-12\npublishDate: 2018-04-01\n', 'posts/b.md': 'date: 2017-03-12\n', 'posts/c.md': 'publishDate: 2018-04-01\n', 'posts/d.md': '' };
    const blog = site(hugo, { content, settings: '[params.ardoise]\nclose_after = 30\n' });
    const said = Object.fromEntries(['a', 'b', 'c', 'd'].map((page) => {
      const html = blog.read(`public/posts/${page}/index.html`);
      return [page, ['date', 'closes'].map((name) => new RegExp(`data-ardoise-${name}="(.{10})`).exec(html)?.[1])];
    }));
    assert.deepEqual(said, { a: ['2018-04-01', '2018-05-01'], b: ['2017-03-12', '2017-04-11'], c: ['2018-04-01', '2018-05-01'], d: [undefined, undefined] });
  });

  test(`${name} Hugo: other output formats of a page are no articles of their own`, () => {
    const settings = `
[outputs]
page = ["html", "amp", "print", "plain"]
[outputFormats.print]
path = "_print"
baseName = "index"
mediaType = "text/html"
isHTML = true
permalinkable = false
[outputFormats.plain]
baseName = "index.plain"
mediaType = "text/html"
isHTML = true
`;
    const layouts = { 'single.amp.html': PAGE, 'single.print.html': PAGE, 'single.plain.html': PAGE };
    const blog = site(hugo, { settings, layouts });
    assert.deepEqual(blog.catalogue().map(({ path, page }) => [path, page]), [['/blog/posts/a/', 'posts/a/index.html']]);
    assert.match(blog.checked(), /ok {5}built site +1 articles[^]*ok {5}article page +posts\/a\/index\.html has the script, words and addresses/);
    for (const page of ['amp/posts/a/index.html', '_print/posts/a/index.html', 'posts/a/index.plain.html']) {
      const html = blog.read(`public/${page}`);
      assert.match(html, /Numéro 0/, `${page}: what was said is there`);
      assert.doesNotMatch(html, /<form|reply_to|data-ardoise-article/, page);
    }
    assert.match(blog.read('public/posts/a/index.html'), /<form/);
  });

  test(`${name} Hugo: a # in the name of a page is part of its path`, () => {
    const content = { 'posts/a.md': '', 'posts/c#_x.md': '', 'posts/c#_y.md': '' };
    const blog = site(hugo, { base: `${ORIGIN}/`, content });
    assert.deepEqual(blog.catalogue().map(({ path }) => path), ['/posts/a/', '/posts/c#_x/', '/posts/c#_y/']);
    assert.match(blog.checked(), /ok {5}built site +3 articles/);
    assert.match(blog.read('public/index.html'), /href="\/posts\/c%23_x\/#comments" data-ardoise-count="\/posts\/c%23_x\/"/);
  });

  test(`${name} Hugo: a theme that asks for comments everywhere gets them on pages with a text`, () => {
    const content = { 'posts/a.md': 'tags: [x]\n', 'posts/_index.md': '', 'guide/_index.md': 'comments: false\n', 'b.md': 'comments: closed\n' };
    const layouts = { 'list.html': PAGE, 'baseof.html': '{{ block "main" . }}{{ end }}' };
    const paths = (files) => site(hugo, { base: `${ORIGIN}/`, content: { ...content, ...files }, layouts, kinds: '"RSS", "sitemap"' }).catalogue().map(({ path }) => path);
    assert.deepEqual(paths({}), ['/b/', '/posts/', '/posts/a/']);
    assert.deepEqual(paths({ '_index.md': 'comments: true\n', 'tags/_index.md': 'comments: true\n' }), ['/', '/b/', '/posts/', '/posts/a/', '/tags/']);
  });

  test(`${name} Hugo: the catalogue says dates and languages`, () => {
    const settings = 'defaultContentLanguage = "fr"\n[params.ardoise]\nclose_after = 30\n[languages.fr]\nweight = 1\n[languages.pt-br]\nweight = 2\n';
    const blog = site(hugo, { base: `${ORIGIN}/`, content: { 'posts/a.md': 'date: 2018-04-01\n', 'posts/b.pt-br.md': '' }, settings });
    const rows = blog.catalogue().map(({ path, date, closes, language }) => [path, date, closes, language]);
    assert.deepEqual(rows, [['/posts/a/', '2018-04-01T00:00:00Z', '2018-05-01T00:00:00Z', 'fr'], ['/pt-br/posts/b/', null, null, 'pt-br']]);
  });

  test(`${name} Hugo: languages with a host each have a tree each`, () => {
    const language = (key, weight) => `[languages.${key}]\nweight = ${weight}\nbaseURL = "https://${key}.example.org/"\n[languages.${key}.params.ardoise]\nfiles = "tree-${key}"\ntree = "https://${key}.example.org/ardoise/"\n`;
    const mounts = ['en', 'fr'].map((key) => `[[module.mounts]]\nsource = "${key}"\ntarget = "assets/tree-${key}"\n`).join('');
    const blog = site(hugo, { base: `${ORIGIN}/`, settings: `defaultContentLanguage = "en"\n${language('en', 1)}${language('fr', 2)}${mounts}`, content: { 'posts/a.md': '', 'posts/a.fr.md': '' } });
    for (const [key, text] of [['en', 'Number 0'], ['fr', 'Numéro 0']]) {
      blog.write(`${key}/counts.json`, JSON.stringify({ version: 1, revision: 1, counts: { '/posts/a/': 1 } }));
      blog.write(`${key}/posts/a/index.json`, JSON.stringify({ version: 1, path: '/posts/a/', count: 1, comments: [{ ...comment('2017-03-12T08:30:00Z'), html: `<p>${text}</p>` }] }));
    }
    blog.build();
    for (const [key, text, count] of [['en', 'Number 0', '1 comment'], ['fr', 'Numéro 0', '1\u00a0commentaire']]) {
      assert.match(blog.read(`public/${key}/posts/a/index.html`), new RegExp(text));
      assert.match(blog.read(`public/${key}/index.html`), new RegExp(`data-tree="https://${key}.example.org/ardoise/"[\\s\\S]*data-ardoise-count="/posts/a/">${count}</a>`));
    }
  });
}
