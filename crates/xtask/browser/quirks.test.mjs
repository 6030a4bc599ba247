// The stylesheet beside the rules of themes: recreates each known conflict in a few lines, and checks the page.

import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { violations } from './axe.mjs';
import { Blog, browser, clean, page, root } from './harness.mjs';

const NAME = 'Extraordinarilylongnamewithoutanyspaceswhatsoever'.repeat(2).slice(0, 60);
const TEXT = `<p>A <em>word</em>, some <code>inline code</code> and a <a href="https://example.org/">link</a>.</p>
<ul><li>one</li><li>two</li></ul><ol><li>first</li></ol>
<pre><code>${'let x = 1; '.repeat(30)}
two</code></pre><blockquote><p>quoted</p></blockquote>`;
const RTL = '<p>קראתי את <code>README.md</code>, ואז Hugo עבד.</p>';
const one = (id, parent, author, html) => ({ id, parent, author, date: '2017-03-12T08:30:00Z', html });

let html, chromium;
before(async () => {
  const files = {
    'hugo.toml': 'baseURL = "https://blog.example.org/"\ntheme = ["ardoise"]\ndefaultContentLanguage = "de"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap"]\n[params.ardoise]\nreplies = true\n[[module.mounts]]\nsource = "published"\ntarget = "assets/ardoise"\n',
    'layouts/_default/single.html': '{{ partial "ardoise/comments.html" . }}',
    'layouts/_default/list.html': 'x',
    'content/a.md': '---\ntitle: A\n---\n',
    'published/a/index.json': JSON.stringify({
      version: 1,
      path: '/a/',
      count: 4,
      comments: [
        one('a000000000', null, { name: NAME, site: 'https://ada.example/', avatar: { path: 'M0 0h5', colour: '#7a7a7a' } }, TEXT),
        one('b000000000', 'a000000000', { name: 'Bea', site: null, owner: true }, '<p>An answer</p>'),
        one('c000000000', 'b000000000', { name: NAME, site: null }, '<p>Deeper</p>'),
        one('d000000000', null, { name: 'דנה', site: null }, RTL),
      ],
    }),
  };
  const blog = new Blog({ files });
  cpSync(join(root, 'hugo-partials'), join(blog.folder, 'themes/ardoise'), { recursive: true });
  blog.build();
  html = blog.read('public/a/index.html');
  chromium = await browser();
});
after(clean);

/** The page with a theme's rules before the stylesheet, and with the comments in place of `%` in `wrap`. */
async function look({ css = '', on = '', body = '', wrap = '%', width = 1280, colorScheme = 'light' }) {
  const reader = await page(chromium, { viewport: { width, height: 900 }, colorScheme });
  const ours = readFileSync(join(root, 'static/ardoise.css'), 'utf8');
  await reader.setContent(`<!doctype html><html lang="de"${on}><head><title>A</title><meta name="viewport" content="width=device-width"><style>body { margin: 16px; } ${css}</style><style>${ours}</style></head>
<body${body}><main><h1>A</h1>${wrap.replace('%', html)}</main></body></html>`);
  reader.style = (selector, name) => reader.locator(selector).first().evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), name);
  reader.box = (selector) => reader.locator(selector).first().evaluate((element) => element.getBoundingClientRect().toJSON());
  return reader;
}
const faint = async (reader) => (await violations(reader)).filter((one) => /^color-contrast/.test(one));

const DARK = [' data-theme="dark"', ' data-scheme="dark"', ' data-mode="dark"', ' data-color-scheme="dark"', ' data-bs-theme="dark"', ' theme="dark"', ' class="dark"', ' class="no-js dark-mode"', ' class="theme-dark"', ' class="colorscheme-dark"'];
for (const where of ['on', 'body']) {
  test(`a theme's own dark switch on its ${where === 'on' ? 'root' : 'body'}, where the page has no colour for text`, async () => {
    for (const attribute of DARK) {
      const css = 'html { background: #303030; } h1 { color: #fff; }';
      const reader = await look({ css, [where]: attribute });
      assert.deepEqual(await faint(reader), [], attribute);
      assert.equal(await reader.style('[data-ardoise="previewing"]', 'color-scheme'), 'dark', `${attribute}: the browser's own checkbox too`);
      await reader.context().close();
    }
  });
}

test('a switch to dark leaves a text that the theme colours as it is', async () => {
  for (const colour of ['rgb(169, 169, 179)', 'rgb(230, 226, 214)']) {
    const reader = await look({ css: `body { background: #222; color: ${colour}; }`, on: ' data-theme="dark"' });
    const painted = await reader.locator('.ardoise-text p').first().evaluate((element) => {
      const canvas = document.createElement('canvas').getContext('2d');
      canvas.fillStyle = getComputedStyle(element).color;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    });
    const wanted = colour.match(/\d+/g).map(Number);
    assert.ok(painted.every((part, n) => Math.abs(part - wanted[n]) < 3), `${painted} for ${wanted}`);
  }
});

test('a switch to light, against the system, takes the checkbox along', async () => {
  const reader = await look({ css: 'html { color-scheme: light dark; background: #fff; color: #222; }', on: ' data-theme="light"', colorScheme: 'dark' });
  assert.equal(await reader.style('[data-ardoise="previewing"]', 'color-scheme'), 'light');
  assert.deepEqual(await faint(reader), []);
});

for (const [text, ground] of [['#666', '#fff'], ['#a9a9b3', '#292a2d'], ['#555', '#f5f5f5'], ['#999', '#222']]) {
  test(`what is said quietly can be read, of ${text} on ${ground}`, async () => {
    const reader = await look({ css: `body { background: ${ground}; color: ${text}; } a { color: inherit; }` });
    assert.deepEqual(await faint(reader), []);
  });
}

const INSIDE = `
.content ol { list-style: decimal; padding-left: 40px; margin: 1em 0; }
.content ul { list-style: none; }
.content ol li { list-style: decimal; }
.content ol > li::before { content: "1."; }
.content code { display: block; background: #fee; padding: 20px; border: 1px solid; overflow: auto; white-space: pre; }
.nested a { overflow-wrap: break-word; white-space: nowrap; }
.post .content a { color: #0645ad; border-bottom: 1px solid; text-decoration: underline; }
a { flex: auto; }
`;
for (const width of [320, 360, 1280]) {
  test(`inside the element of the text, whose rules weigh more, ${width} px wide`, async () => {
    const reader = await look({ css: INSIDE, wrap: '<div class="post"><div class="content nested">%</div></div>', width });
    assert.ok((await reader.evaluate(() => document.documentElement.scrollWidth)) <= width, 'a long name breaks');
    for (const list of ['[data-ardoise="thread"]', '.ardoise-replies', '.ardoise-comment']) assert.equal(await reader.style(list, 'list-style-type'), 'none', list);
    assert.equal(await reader.locator('.ardoise-comment').first().evaluate((item) => getComputedStyle(item, '::before').content), 'none');
    assert.equal(await reader.style('.ardoise-thread', 'padding-left'), '0px');
    assert.deepEqual([await reader.style('.ardoise-text ul', 'list-style-type'), await reader.style('.ardoise-text ul li', 'list-style-type'), await reader.style('.ardoise-text ol li', 'list-style-type')], ['disc', 'disc', 'decimal']);
    assert.deepEqual([await reader.style('.ardoise-text p code', 'display'), await reader.style('.ardoise-text pre', 'display')], ['inline', 'block']);
    // A name without an address is not a link: it has the colour of the text and no underline from the theme.
    const name = '#comment-b000000000 .ardoise-author';
    assert.deepEqual([await reader.style(name, 'color'), await reader.style(name, 'text-decoration-line'), await reader.style(name, 'border-bottom-width')], [await reader.style('.ardoise', 'color'), 'none', '0px']);
    // Name, badge and date are on one line.
    const [author, badge] = [await reader.box(name), await reader.box('#comment-b000000000 .ardoise-badge')];
    assert.ok(badge.left - author.right < 20, `${badge.left - author.right} px between the name and its badge`);
    await reader.context().close();
  });
}

test('a reset of all bare elements leaves a heading, lists and code', async () => {
  const css = '*, ::before { margin: 0; padding: 0; border: 0 solid; box-sizing: border-box; } h1, h2 { font-size: inherit; font-weight: inherit; } ol, ul { list-style: none; } a { color: inherit; text-decoration: inherit; } code, pre { font-family: inherit; }';
  const reader = await look({ css });
  const size = async (selector) => parseFloat(await reader.style(selector, 'font-size'));
  assert.ok((await size('.ardoise-title')) > 1.2 * (await size('.ardoise-text p')), 'a heading');
  assert.ok((await reader.style('.ardoise-title', 'font-weight')) >= 600);
  for (const code of ['.ardoise-text p code', '.ardoise-text pre']) {
    assert.notEqual(await reader.style(code, 'background-color'), 'rgba(0, 0, 0, 0)', code);
    assert.match(await reader.style(code, 'font-family'), /mono/);
  }
  assert.equal(await reader.style('.ardoise-text pre code', 'background-color'), 'rgba(0, 0, 0, 0)', 'one ground, not two');
  assert.deepEqual(await faint(reader), []);
});

test('a checkbox that the theme removes is visible', async () => {
  for (const css of ['input { appearance: none; margin-bottom: 20px; }', 'input[type=checkbox] { opacity: 0; position: absolute; width: 0; height: 0; }', 'input { width: 100%; }']) {
    const reader = await look({ css });
    const box = '.ardoise-notify';
    assert.notEqual(await reader.style(box, 'appearance'), 'none', css);
    assert.deepEqual([await reader.style(box, 'opacity'), await reader.style(box, 'position')], ['1', 'static'], css);
    const { width, height } = await reader.box(box);
    assert.ok(width > 10 && width < 30 && height > 10, `${css}: ${width} × ${height}`);
  }
});

test('from right to left, on a page from left to right', async () => {
  const reader = await look({});
  // By the position of the words: in a right-to-left paragraph the first one is to the right of the code that follows it.
  const painted = (selector) => reader.locator(selector).first().evaluate((paragraph) => {
    const range = document.createRange();
    range.selectNodeContents(paragraph.firstChild);
    return [range.getBoundingClientRect().left, paragraph.querySelector('code').getBoundingClientRect().left, paragraph.getBoundingClientRect().right, range.getBoundingClientRect().right];
  });
  const [hebrew, code, edge, end] = await painted('#comment-d000000000 .ardoise-text p');
  assert.ok(hebrew > code, 'the sentence begins on the right');
  assert.ok(edge - end < 2, 'at the right edge');
  const [english, after] = await painted('#comment-a000000000 .ardoise-text p');
  assert.ok(english < after);
});

test('the fields stand level, with the box for answers and without', async () => {
  for (const width of [1280, 1000, 760]) {
    const reader = await look({ width });
    const tops = await reader.locator('.ardoise-field input:not([type=checkbox])').evaluateAll((fields) => fields.map((field) => field.getBoundingClientRect()).map(({ top, left }) => [Math.round(top), left]));
    const rows = new Set(tops.map(([top]) => top));
    // Fields in one row of the grid have the same height, and three fields make no more rows than the grid has.
    const columns = await reader.locator('.ardoise-form').evaluate((form) => getComputedStyle(form).gridTemplateColumns.split(' ').length);
    assert.equal(rows.size, Math.ceil(3 / columns), `${width} px: ${JSON.stringify(tops)}`);
    await reader.context().close();
  }
});
