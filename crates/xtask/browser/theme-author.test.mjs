// The work of a theme author: Hugo rebuilds saved files, `ardoise dev` accepts comments, and the page shows both. Tests `hugo server`, and
// `hugo --watch` with pages from `ardoise dev`, on the oldest supported Hugo and on a recent one.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Blog, browser, clean, freePort, page, start, until } from './harness.mjs';

const { ARDOISE } = process.env;
let chromium;
before(async () => {
  chromium = await browser();
});
after(clean);

const SINGLE = '<!doctype html><html lang="en"><head>{{ partial "ardoise/head.html" . }}</head><body><h1>{{ .Title }}</h1>{{ partial "ardoise/comments.html" . }}</body></html>';

/** A site as `ardoise init` leaves it, with some templates, not built yet. */
async function site(hugo) {
  const blog = new Blog({ hugo });
  const service = await freePort();
  blog.ardoise('init');
  assert.ok(blog.has('published'), 'Hugo mounts what is there when it starts');
  blog.write('ardoise.toml', blog.read('ardoise.toml').replace('127.0.0.1:8100', `127.0.0.1:${service}`));
  blog.write('hugo.toml', `
baseURL = "https://blog.example.org/"
theme = ["ardoise"]
disableKinds = ["taxonomy", "term", "RSS", "sitemap"]
[params.ardoise]
dev = "http://127.0.0.1:${service}"
[[module.mounts]]
source = "published"
target = "assets/ardoise"
[[module.mounts]]
source = "assets"
target = "assets"
`);
  blog.write('layouts/_default/single.html', SINGLE);
  blog.write('layouts/_default/list.html', '<!doctype html><html lang="en">{{ partial "ardoise/head.html" . }}</html>');
  blog.write('content/posts/a.md', '---\ntitle: A\n---\n');
  blog.write('content/posts/draft.md', '---\ntitle: D\ndraft: true\n---\n');
  blog.service = service;
  blog.dev = () => start(ARDOISE, ['dev', '.'], { cwd: blog.folder }, (said) => said.includes('The site is at'));
  return blog;
}

const text = (url) => fetch(url).then((answer) => (answer.ok ? answer.text() : ''), () => '');

/** Posts with the form at `url`, approves, and waits until Hugo has baked the comment into the page. */
async function comment(blog, url, words) {
  const reader = await page(chromium);
  // Hugo's own script would reload the page when files change, also during a test.
  await reader.route('**/livereload.js*', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
  await reader.goto(url);
  await reader.getByLabel('Name').fill('Ada');
  await reader.locator('#ardoise-text').fill(words);
  await reader.getByRole('button', { name: 'Send' }).click();
  await reader.getByText('Thank you.').filter({ visible: true }).waitFor();
  const waiting = blog.pending().find((one) => one.text === words);
  blog.approve(waiting.id);
  await until(`${words} to be baked into ${url}`, async () => (await text(url)).includes(`id="comment-${waiting.id}"`));
  // With live data too: the script finds the files where the page says.
  await reader.goto('about:blank');
  await reader.goto(`${url}#comment-${waiting.id}`, { waitUntil: 'networkidle' });
  assert.match(await reader.locator(`#comment-${waiting.id}`).innerText(), new RegExp(words));
  assert.deepEqual(reader.complaints.filter((said) => !said.includes('404')), []);
}

for (const [name, hugo, options] of [['the oldest', process.env.OLD_HUGO, ['--renderToDisk']], ["today's", process.env.HUGO, []]]) {
  test(`${name} Hugo's own server and \`ardoise dev\``, async () => {
    const blog = await site(hugo);
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    await start(hugo, ['server', '-D', '--port', String(port), ...options], { cwd: blog.folder }, async () => (await text(`${origin}/posts/a/`)).includes('</html>'));
    await blog.dev();
    await until('the article to be known', () => blog.catalogue().length > 0);
    await comment(blog, `${origin}/posts/a/`, 'From the theme author');
    blog.write('layouts/_default/single.html', SINGLE.replace('<h1>', '<h1>Edited: '));
    await until('the edited template', async () => (await text(`${origin}/posts/a/`)).includes('Edited: A'));
    assert.match(await text(`${origin}/posts/a/`), /From the theme author/);
    await comment(blog, `${origin}/posts/draft/`, 'Under a draft');
    // The output of this server is not a site for readers: its drafts are not articles.
    assert.match(blog.read('public/posts/draft/index.html'), /data-ardoise-draft/);
    assert.deepEqual(blog.catalogue().map(({ path }) => path), ['/posts/a/']);
    assert.throws(() => blog.ardoise('check'), ({ stdout }) => /WRONG +article page +posts\/a\/index\.html: its form sends to http:\/\/127.*build with plain `hugo`/.test(stdout));
  });

  test(`${name} Hugo watching, and the pages served by \`ardoise dev\``, async () => {
    const blog = await site(hugo);
    const origin = `http://127.0.0.1:${blog.service}`;
    await start(hugo, ['--watch', '--baseURL', `${origin}/`], { cwd: blog.folder }, () => blog.has('public/posts/a/index.html'));
    await blog.dev();
    await comment(blog, `${origin}/posts/a/`, 'Baked in the first time');
    blog.write('content/posts/a.md', '---\ntitle: Edited\n---\n');
    await until('the edited page', async () => (await text(`${origin}/posts/a/`)).includes('<h1>Edited</h1>'));
    await comment(blog, `${origin}/posts/a/`, 'And the second time');
    // The oldest Hugo does not render a page again after a change of a template, unless it serves the pages itself.
    if (hugo !== process.env.HUGO) return;
    blog.write('layouts/_default/single.html', SINGLE.replace('<h1>', '<h1>Template: '));
    await until('the edited template', async () => (await text(`${origin}/posts/a/`)).includes('Template: Edited'));
  });
}

test('a plain build says nothing of the place where the site is tried out', async () => {
  for (const hugo of [process.env.OLD_HUGO, process.env.HUGO]) {
    const blog = await site(hugo);
    blog.build('-D');
    const html = blog.read('public/posts/a/index.html') + blog.read('public/posts/draft/index.html');
    assert.match(html, /action="\/comments"[\s\S]*data-tree="\/ardoise\/"/);
    assert.doesNotMatch(html, /127\.0\.0\.1|localhost|data-ardoise-draft/);
  }
});
