// docs/deploy.md: its configurations and commands run as printed there, except for ports, folders and hosts.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { browser, clean, copyTree, exampleBlog, folder, freePort, page, root, start, until } from './harness.mjs';

const { ARDOISE, HUGO, CADDY, RSYNC, PATH } = process.env;
const ARTICLE = '/2025/à-la-carte/';
const QUIET = '/2024/four-strokes-and-a-slash/';

/** The fenced blocks that have a title. */
const blocks = new Map();
for (const [, language, title, text] of readFileSync(join(root, 'docs/deploy.md'), 'utf8').matchAll(/^```(\w+) title="(.+)"\n([^]*?)^```$/gm)) {
  assert.ok(!blocks.has(`${language} ${title}`), `two blocks are ${language} ${title}`);
  blocks.set(`${language} ${title}`, text);
}
const used = new Set();
const block = (name) => {
  used.add(name);
  return blocks.get(name) ?? assert.fail(`docs/deploy.md has no block ${name}`);
};

const swap = (text, from, to) => {
  const swapped = text.replace(from, () => to);
  assert.notEqual(swapped, text, `${from} is not in:\n${text}`);
  return swapped;
};
/** The block of a configuration that begins with this text, up to its closing brace. */
const part = (text, beginning) => {
  const from = text.indexOf(beginning);
  assert.ok(from >= 0, `${beginning} is not in:\n${text}`);
  let depth = 0;
  for (let to = from; to < text.length; to += 1) {
    if (text[to] === '{') depth += 1;
    if (text[to] === '}' && (depth -= 1) === 0) return text.slice(from, to + 1);
  }
  return assert.fail(`${beginning} has no end`);
};
const within = (text, more) => swap(text, /\}$/, `${more}}`);
const policy = (name) => block(`text ${name}`).trim();

/** The policy that both web servers send with the pages. */
const [, POLICY] = /Content-Security-Policy "(.*?)"/.exec(block('nginx one host'));

/** The tests of variants and the command of each web server. */
const nginx = {
  name: 'nginx',
  encodings: { gzip: 'gz' },
  json: 'application/json; charset=utf-8',
  config(variant) {
    const one = block('nginx one host');
    const [tree, service] = [part(one, 'location /ardoise/'), part(one, 'location ~')];
    if (variant === 'behind a prefix') {
      const prefix = block('nginx behind a prefix');
      const limits = (location) => location.split('\n').map((line) => line.trim()).slice(2);
      assert.deepEqual(limits(prefix.trim()), limits(service), 'the same limits');
      return swap(one, service, prefix);
    }
    if (variant !== 'other hosts') return one;
    const server = (host, location) => `server {\n    listen 80;\n    server_name ${host};\n    ${location}\n}\n`;
    const blog = swap(swap(swap(one, tree, ''), service, ''), POLICY, policy('policy, other hosts'));
    return blog + server('cdn.example.org', within(tree, block('nginx tree on another host'))) + server('comments.example.org', service);
  },
  listen: (text, port) => text.replace(/listen 80;\s+server_name (\S+);/g, (_, host) => `listen 127.0.0.1:${port(host)};`),
  start(site, text) {
    site.blog.write('nginx.conf', `
      daemon off;
      # A single process, so that none is left behind when it is stopped.
      master_process off;
      error_log nginx.log;
      pid nginx.pid;
      events {}
      http {
        types { text/html html; text/css css; text/xml xml; application/javascript js; image/svg+xml svg; }
        access_log off;
        client_body_temp_path tmp1; proxy_temp_path tmp2; fastcgi_temp_path tmp3; uwsgi_temp_path tmp4; scgi_temp_path tmp5;
        ${text}
      }`);
    // nginx itself reads this variable as sockets to take over.
    const { NGINX: program, ...rest } = process.env;
    return start(program, ['-p', site.folder, '-c', 'nginx.conf', '-e', 'nginx.log'], { cwd: site.folder, env: rest }, site.up);
  },
};
const caddy = {
  name: 'Caddy',
  encodings: { br: 'br', gzip: 'gz' },
  json: 'application/json',
  config(variant) {
    const one = block('caddy one host');
    if (variant === 'behind a prefix') return swap(one, 'handle @service', 'handle_path /api/*');
    if (variant !== 'other hosts') return one;
    const [tree, service] = [part(one, 'handle_path'), part(one, 'handle @service')];
    const blog = swap(swap(swap(one, tree, ''), service, ''), POLICY, policy('policy, other hosts'));
    const also = `cdn.example.org {\n${within(tree, block('caddy tree on another host'))}\n}\n`;
    return `${blog}${also}comments.example.org {\n@service path /comments /comments/* /preview\n${service}\n}\n`;
  },
  listen: (text, port) => text.replace(/^(\w+\.example\.org) \{$/gm, (_, host) => `http://127.0.0.1:${port(host)} {`),
  start(site, text) {
    site.blog.write('Caddyfile', `{\n\tadmin off\n\tdefault_bind 127.0.0.1\n}\n${text}`);
    const env = { ...process.env, HOME: site.folder, XDG_CONFIG_HOME: site.folder, XDG_DATA_HOME: site.folder };
    return start(CADDY, ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'], { cwd: site.folder, env }, site.up);
  },
};

/** Programs that the page's commands call. `ssh` stays on this machine, and so does rsync, which calls it. */
function programs() {
  const bin = folder();
  const script = (name, text) => writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  symlinkSync(ARDOISE, join(bin, 'ardoise'));
  symlinkSync(HUGO, join(bin, 'hugo'));
  script('ssh', 'while [ "${1#-}" != "$1" ]; do shift 2; done; shift; exec sh -c "$*"');
  script('sqlite3', `exec python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute(sys.argv[2])' "$@"`);
  const rsync = RSYNC ?? PATH.split(delimiter).map((place) => join(place, 'rsync')).find(isProgram);
  if (rsync) symlinkSync(rsync, join(bin, 'rsync'));
  return { env: { ...process.env, PATH: bin + delimiter + PATH }, rsync };
}
const isProgram = (file) => {
  try {
    return Boolean(execFileSync(file, ['--version']));
  } catch {
    return false;
  }
};
const { env, rsync } = programs();

/** The page's text with this machine's paths. `far` is the folder of the host `web` that stands for /srv/blog. */
class Site {
  constructor(settings = [], parameters = []) {
    this.blog = exampleBlog();
    this.folder = this.blog.folder;
    this.far = this.folder;
    this.ports = {};
    this.settings = settings;
    this.parameters = parameters;
    for (const place of ['state', 'backups']) mkdirSync(join(this.folder, place));
  }

  here(text) {
    const hosts = text.replace(/https:\/\/(\w+\.example\.org)/g, (_, host) => `http://127.0.0.1:${this.ports[host]}`);
    const files = hosts.replaceAll('/var/lib/ardoise', join(this.folder, 'state')).replaceAll('/var/backups', join(this.folder, 'backups'));
    const moved = files.replaceAll('/srv/blog', this.far).replaceAll('127.0.0.1:8100', `127.0.0.1:${this.ports.service}`);
    assert.doesNotMatch(moved, /example\.org|\/srv\/blog|\/var\/(lib\/ardoise|backups)/);
    return moved;
  }

  async prepare() {
    for (const host of ['blog.example.org', 'cdn.example.org', 'comments.example.org', 'service']) this.ports[host] = await freePort();
    const [blog, cdn, comments] = ['blog', 'cdn', 'comments'].map((host) => `http://127.0.0.1:${this.ports[`${host}.example.org`]}`);
    Object.assign(this, { origin: blog, cdn, comments });
    this.blog.origin = `http://127.0.0.1:${this.ports.service}`;
    const settings = ['ardoise.toml', ...this.settings].map((name) => block(`toml ${name}`)).join('\n');
    this.blog.write('ardoise.toml', `${this.here(settings)}\n[service]\nlisten = "${this.here('127.0.0.1:8100')}"\n`);
    this.blog.write('hugo.toml', this.blog.read('hugo.toml') + this.here(this.parameters.map((name) => block(`toml ${name}`)).join('')));
    this.blog.build();
    return this;
  }

  /** Runs the service as the systemd unit starts it. */
  async serve(more = {}) {
    const [, ...args] = unit('ExecStart').split(' ');
    this.service = await start(ARDOISE, args, { cwd: this.folder, env: { ...env, ...more } }, (said) => said.includes('taking comments in'));
    return this;
  }

  async open(web, variant) {
    await this.prepare();
    this.up = () => fetch(this.origin).then((answer) => answer.ok).catch(() => false);
    const text = web.listen(web.config(variant), (host) => this.ports[host]);
    await Promise.all([this.serve(), web.start(this, this.here(text))]);
    return this;
  }

  run(command) {
    return execFileSync('sh', ['-c', `set -e\n${command}`], { cwd: this.folder, env, encoding: 'utf8' });
  }
}
const unit = (key) => new RegExp(`^${key}=(.*)$`, 'm').exec(block('ini ardoise.service'))[1];

/** The raw response, neither decompressed nor redirected. */
const get = (url, { method = 'GET', headers = {}, body } = {}) =>
  new Promise((done, failed) => {
    const asked = request(new URL(url), { method, headers, agent: false }, (answer) => {
      const parts = [];
      answer.on('data', (data) => parts.push(data));
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, raw: answer.rawHeaders, bytes: Buffer.concat(parts) }));
    });
    asked.on('error', failed);
    asked.end(body);
  });
const json = (body) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const form = (body) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(body).toString(),
});
const comment = (text = 'Hello') => ({ article: encodeURI(ARTICLE), author: 'Ada', text });

let chromium;
/** The responses of each web server, on one host. */
const sites = new Map();
before(async () => {
  chromium = await browser();
  for (const web of [nginx, caddy]) {
    const site = await new Site().open(web, 'one host');
    await site.blog.comment(ARTICLE, 'Bea', 'The first *word*');
    sites.set(web, site);
  }
});
after(clean);

for (const web of [nginx, caddy]) {
  const article = `${ARTICLE}index.json`;
  const one = () => sites.get(web);
  const tree = (file) => `${one().origin}/ardoise${encodeURI(file)}`;

  test(`${web.name}: pages come with the policy, and are asked for again`, async () => {
    for (const place of ['/', encodeURI(ARTICLE), '/ardoise.js']) {
      const { status, headers } = await get(one().origin + place);
      if (place.endsWith('/')) assert.equal(headers['content-type'], 'text/html; charset=utf-8');
      assert.deepEqual([status, headers['content-security-policy'], headers['cache-control']], [200, POLICY, 'no-cache'], place);
      assert.equal((await get(one().origin + place, { headers: { 'if-none-match': headers.etag } })).status, 304, place);
    }
  });

  test(`${web.name}: a published file is served as stored, and an unchanged one costs no body`, async () => {
    const etags = new Set();
    for (const [encoding, ending] of [...Object.entries(web.encodings), ['identity']]) {
      const accept = { 'accept-encoding': encoding };
      const { status, headers, bytes } = await get(tree(article), { headers: accept });
      assert.equal(status, 200);
      assert.equal(headers['content-type'], web.json);
      assert.deepEqual([headers['cache-control'], headers['x-content-type-options']], ['no-cache', 'nosniff']);
      assert.equal(headers['content-encoding'], ending && encoding);
      if (ending) assert.match(headers.vary, /accept-encoding/i);
      const file = join(one().folder, 'published', article + (ending ? `.${ending}` : ''));
      assert.ok(bytes.equals(readFileSync(file)), file);
      const again = await get(tree(article), { headers: { ...accept, 'if-none-match': headers.etag } });
      assert.deepEqual([again.status, again.bytes.length, again.headers['cache-control']], [304, 0, 'no-cache'], encoding);
      etags.add(headers.etag);
    }
    assert.equal(etags.size, Object.keys(web.encodings).length + 1, 'each form has an ETag of its own');
  });

  test(`${web.name}: the next request sees a change`, async () => {
    const accept = { 'accept-encoding': Object.keys(web.encodings)[0] };
    const { headers } = await get(tree(article), { headers: accept });
    await one().blog.comment(ARTICLE, 'Cy', 'The second');
    const { status, bytes } = await get(tree(article), { headers: { ...accept, 'if-none-match': headers.etag } });
    assert.equal(status, 200);
    assert.ok(bytes.equals(readFileSync(join(one().folder, 'published', `${article}.${Object.values(web.encodings)[0]}`))));
  });

  test(`${web.name}: feeds have their media type`, async () => {
    const types = { '/feed.xml': 'application/atom+xml', [`${ARTICLE}feed.xml`]: 'application/atom+xml', '/feed.json': 'application/feed+json' };
    for (const [file, type] of Object.entries(types)) {
      for (const encoding of ['identity', ...Object.keys(web.encodings)]) {
        const { status, headers } = await get(tree(file), { headers: { 'accept-encoding': encoding } });
        const said = [status, headers['content-type'].split(';')[0], headers['cache-control']];
        assert.deepEqual(said, [200, type, 'no-cache'], `${file} ${encoding}`);
        assert.equal(headers['content-encoding'], encoding === 'identity' ? undefined : encoding);
      }
    }
  });

  test(`${web.name}: an article without comments is no error`, async () => {
    assert.equal((await get(tree(`${QUIET}index.json`))).status, 404);
    if (web === nginx) assert.equal(one().blog.read('nginx.log'), '');
  });

  test(`${web.name}: no cache keeps an error or a redirect`, async () => {
    for (const [place, wanted] of [
      [`/ardoise${encodeURI(QUIET)}index.json`, 404],
      ['/ardoise/nowhere/index.json', 404],
      ['/nowhere/', 404],
      ['/nowhere.html', 404],
      [encodeURI(ARTICLE).replace(/\/$/, ''), web === nginx ? 301 : 308],
    ]) {
      const { status, headers } = await get(one().origin + place);
      assert.deepEqual([status, headers['cache-control']], [wanted, 'no-cache'], place);
    }
    assert.equal((await get(`${one().origin}/nowhere/`)).headers['content-security-policy'], POLICY, 'an error page is a page');
  });

  test(`${web.name}: the generator's own files are not served`, async () => {
    const { blog } = one();
    const names = ['.ardoise', '.ardoise-being-written', `${ARTICLE.slice(1)}.ardoise-being-written`];
    for (const name of names) {
      if (!blog.has(`published/${name}`)) blog.write(`published/${name}`, 'x');
      assert.equal((await get(tree(`/${name}`))).status, 404, name);
    }
    assert.equal((await get(tree('/counts.json'))).status, 200);
  });

  test(`${web.name}: a theme's own fonts, pictures and inline scripts get through the policy, and nothing from elsewhere does`, async () => {
    const { blog, origin } = one();
    const refused = async (more) => {
      blog.write('public/theme/index.html', `<!doctype html><html lang="en"><meta charset="utf-8"><title>T</title>
<style>@font-face { font-family: own; src: url(/own.woff2); } @font-face { font-family: data; src: url(data:font/woff2;base64,d09GMgABAAAAAA); } body { font-family: own, data; }</style>
<script>document.documentElement.dataset.theme = 'dark';</script>
<body style="margin: 1em" onload="document.title = 'ran'"><p>Text</p><img alt="" src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7">${more}</body></html>`);
      const reader = await page(chromium);
      await reader.addInitScript(() => {
        window.refused = [];
        document.addEventListener('securitypolicyviolation', ({ blockedURI }) => window.refused.push(blockedURI));
      });
      await reader.goto(`${origin}/theme/`, { waitUntil: 'networkidle' });
      assert.equal(await reader.evaluate(() => document.documentElement.dataset.theme), 'dark');
      assert.equal(await reader.title(), 'ran');
      return reader.evaluate(() => window.refused);
    };
    assert.deepEqual(await refused(''), []);
    assert.deepEqual(await refused('<script src="http://elsewhere.invalid/x.js"></script>'), ['http://elsewhere.invalid/x.js']);
  });

  test(`${web.name}: the strict policy is enough for Ardoise`, async () => {
    const site = await new Site().open({ ...web, config: (variant) => swap(web.config(variant), POLICY, policy('policy, strict')) }, 'one host');
    const id = await site.blog.comment(ARTICLE, 'Bea', 'Under the *strict* one');
    const reader = await page(chromium);
    await reader.goto(site.origin + encodeURI(ARTICLE));
    await reader.locator('#comments').scrollIntoViewIfNeeded();
    await reader.locator(`#comment-${id} em`).waitFor();
    await reader.getByLabel('Name').fill('Cy');
    await reader.getByLabel('Comment', { exact: false }).last().fill('So is writing');
    await reader.getByRole('button', { name: 'Send' }).click();
    await until('the comment to be taken in', () => site.blog.pending().some((waiting) => waiting.text === 'So is writing'));
    assert.deepEqual(reader.complaints, []);
  });

  test(`${web.name}: submissions are passed on`, async () => {
    const { origin, blog } = one();
    assert.equal((await get(`${origin}/comments`, json(comment()))).status, 202);
    const sent = await get(`${origin}/comments`, form(comment('A form')));
    assert.deepEqual([sent.status, sent.headers.location], [303, `${origin}${encodeURI(ARTICLE)}#ardoise-thanks`]);
    const stacosys = await get(`${origin}/newcomment`, form({ url: encodeURI(ARTICLE), author: 'Di', message: 'From Stacosys' }));
    assert.equal(stacosys.status, 303);
    assert.deepEqual(blog.pending().slice(-3).map((waiting) => waiting.text), ['Hello', 'A form', 'From Stacosys']);
    const preview = await get(`${origin}/preview`, json({ text: 'So *be* it' }));
    assert.deepEqual([preview.status, JSON.parse(preview.bytes).html], [200, '<p>So <em>be</em> it</p>\n']);
    for (const place of ['/comments', '/comments/0000000000', '/preview', '/newcomment']) assert.equal((await get(origin + place)).status, 405, place);
  });

  test(`${web.name}: a form that is refused comes back with one policy, its own`, async () => {
    const { status, raw } = await get(`${one().origin}/comments`, form({ ...comment(), author: '' }));
    assert.equal(status, 422);
    const policies = raw.filter((_, index) => raw[index - 1]?.toLowerCase() === 'content-security-policy');
    assert.equal(policies.length, 1);
    assert.match(policies[0], /style-src 'sha256-/);
  });

  test(`${web.name}: the longest comment is accepted, and a larger body is refused`, async () => {
    const { origin } = one();
    const longest = form({ ...comment('\u{1f980}'.repeat(10_000)) });
    assert.ok(longest.body.length > 120_000);
    assert.equal((await get(`${origin}/comments`, longest)).status, 303);
    const { status, headers } = await get(`${origin}/comments`, json(comment('x'.repeat(140_000))));
    assert.equal(status, 413);
    // nginx would read the whole body before it passes the request to the service.
    assert.equal(headers['content-type'] === 'application/problem+json', web === caddy);
    assert.equal((await get(`${origin}/comments`, json(comment('After')))).status, 202);
  });

  test(`${web.name}: each line of the page's last list shows what it says`, () => {
    for (const line of block('sh check').trim().split('\n')) {
      const [command, shown] = line.split(/\s+# /);
      const said = one().run(one().here(command));
      for (const word of shown.split(', ')) assert.ok(said.toLowerCase().includes(word.toLowerCase()), `${command}\n${said}\n lacks ${word}`);
    }
  });

  test(`${web.name}: reading works without the service`, async () => {
    await one().service.stop();
    assert.equal((await get(tree(article))).status, 200);
    assert.equal((await get(one().origin + encodeURI(ARTICLE))).status, 200);
    assert.equal((await get(`${one().origin}/comments`, json(comment()))).status, 502);
    await one().serve();
    assert.equal((await get(`${one().origin}/comments`, json(comment()))).status, 202, 'and writing too, once it is back');
  });

  test(`${web.name}: the service behind a prefix`, async () => {
    const impatient = { ...web, config: (variant) => swap(web.config(variant), ' 35s', ' 1s') };
    const site = await new Site([], ['hugo.toml, behind a prefix']).open(impatient, 'behind a prefix');
    const [, action] = / action="([^"]+)"/.exec(site.blog.read(`public${ARTICLE}index.html`));
    assert.equal(action, '/api/comments');
    const sent = await get(site.origin + action, form(comment()));
    assert.deepEqual([sent.status, sent.headers.location], [303, `${site.origin}${encodeURI(ARTICLE)}#ardoise-thanks`]);
    assert.equal((await get(`${site.origin}/api/preview`, json({ text: 'Yes' }))).status, 200);
    assert.equal((await get(`${site.origin}/api/comments`, json(comment('x'.repeat(140_000))))).status, 413);
    assert.equal((await get(`${site.origin}/comments`)).status, 404, 'the site may have this');
    await site.service.stop();
    const silent = createServer().listen(site.ports.service, '127.0.0.1');
    assert.equal((await get(`${site.origin}/api/comments`, json(comment()))).status, 504, 'a service that hangs is not waited for');
    silent.close();
  });

  test(`${web.name}: tree and service on other hosts, in a browser that enforces the policy`, async () => {
    const site = await new Site(['ardoise.toml, other hosts'], ['hugo.toml, other hosts']).open(web, 'other hosts');
    const id = await site.blog.comment(ARTICLE, 'Bea', 'From *afar*');
    const address = site.origin + encodeURI(ARTICLE);
    const reader = await page(chromium);
    const asked = [];
    reader.on('request', (one) => asked.push(`${one.method()} ${one.url()}`));
    await reader.goto(address);
    await reader.locator('#comments').scrollIntoViewIfNeeded();
    await reader.locator(`#comment-${id} em`).waitFor();
    assert.ok(asked.includes(`GET ${site.cdn}/ardoise${encodeURI(article)}`), asked.join('\n'));
    await reader.getByLabel('Name').fill('Cy');
    await reader.getByLabel('Comment', { exact: false }).last().fill('To afar');
    await reader.getByRole('button', { name: 'Send' }).click();
    await until('the comment to be taken in', () => site.blog.pending().some((waiting) => waiting.text === 'To afar'));
    // Listing pending comments blocks this process, so it does not handle requests meanwhile.
    await until('the request to be seen', () => asked.includes(`POST ${site.comments}/comments`));
    assert.deepEqual(reader.complaints, []);
    await reader.goto(site.origin);
    const count = reader.locator(`[data-ardoise-count="${encodeURI(ARTICLE)}"]`);
    await until('the count', async () => (await count.textContent()) === '1 comment');

    const plain = await page(chromium, { javaScriptEnabled: false });
    await plain.goto(address);
    await plain.getByLabel('Name').fill('Di');
    await plain.getByLabel('Comment', { exact: false }).last().fill('No script');
    await plain.getByRole('button', { name: 'Send' }).click();
    await plain.waitForURL(`${address}#ardoise-thanks`);

    const { headers } = await get(`${site.origin}/`);
    assert.equal(headers['content-security-policy'], site.here(policy('policy, other hosts')));
    const missing = await get(`${site.cdn}/ardoise${QUIET}index.json`);
    assert.deepEqual([missing.status, missing.headers['access-control-allow-origin']], [404, '*'], 'scripts may know that there is none');
    const let_in = async (origin) => {
      const answer = await get(`${site.comments}/comments`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
      return answer.headers['access-control-allow-origin'];
    };
    assert.deepEqual([await let_in(site.origin), await let_in('https://other.example')], [site.origin, undefined]);
    assert.match(site.blog.read('published/feed.xml'), new RegExp(`href="${site.cdn}/ardoise/feed.xml"`));
  });
}

test('the nginx lines of the README prevent caching of errors too', async () => {
  const [, lines] = /^```nginx\n([^]*?)^```$/m.exec(readFileSync(join(root, 'README.md'), 'utf8'));
  const config = () => `server {\n    listen 80;\n    server_name blog.example.org;\n    types { text/html html; application/json json; }\n${lines}\n}`;
  const site = await new Site().open({ ...nginx, config }, 'README');
  await site.blog.comment(ARTICLE, 'Bea', 'As the README has it');
  for (const [file, wanted] of [[`${ARTICLE}index.json`, 200], [`${QUIET}index.json`, 404], ['/.ardoise', 404]]) {
    const { status, headers } = await get(`${site.origin}/ardoise${encodeURI(file)}`);
    assert.equal(status, wanted, file);
    if (file !== '/.ardoise') assert.equal(headers['cache-control'], 'no-cache', file);
  }
});

test('systemd is notified when the service accepts comments', async () => {
  const site = sites.get(nginx);
  await site.service.stop();
  assert.deepEqual([unit('Type'), site.here(unit('WorkingDirectory'))], ['notify', site.folder]);
  const socket = join(site.folder, 'notify');
  const listen = 'import socket, sys; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1]); print("bound", flush=True); '
    + 'print(s.recv(99).decode(), flush=True); s.recv(99)';
  const systemd = await start('python3', ['-c', listen, socket], {}, (said) => said.includes('bound'));
  await site.serve({ NOTIFY_SOCKET: socket });
  await until('word of readiness', () => systemd.said().includes('READY=1'));
});

test('both ways to copy the database are complete while the service runs', async () => {
  const site = sites.get(nginx);
  const said = site.run(`${site.here(block('sh backup'))}\nls -l backups`);
  const copies = [...said.matchAll(/^(\S+) .* (\S+\.db)$/gm)];
  assert.deepEqual(copies.map(([, rights]) => rights.slice(0, 10)), ['-rw-------', '-rw-------'], said);
  const [pending, settings] = [site.blog.pending(), site.blog.read('ardoise.toml')];
  assert.ok(pending.length > 2);
  for (const [, , copy] of copies) {
    site.blog.write('copy.toml', swap(settings, 'state/ardoise.db', `backups/${copy}`));
    assert.deepEqual(site.blog.json('pending', '--json', '--config', 'copy.toml'), pending, copy);
  }
});

/** The commands of the page that can run here. Skips those that need rsync where it is missing. */
const runnable = (t, names) => {
  if (!rsync) t.diagnostic('there is no rsync here: what the page does by rsync was not tried');
  return names.filter((name) => rsync || !block(name).includes('rsync '));
};

test('on_change builds the site and copies it to another machine', async (t) => {
  const copied = async (name) => {
    const site = new Site([name.replace('toml ', '')]);
    const far = folder();
    site.far = far;
    for (const [file, text] of [['published/gone/index.json', '{}'], ['public/gone.html', 'old'], ['else/kept', 'kept']]) {
      mkdirSync(dirname(join(far, file)), { recursive: true });
      writeFileSync(join(far, file), text);
    }
    await site.prepare();
    await site.serve();
    const read = (file) => {
      try {
        return readFileSync(join(far, file), 'utf8');
      } catch {
        return '';
      }
    };
    const id = await site.blog.comment(ARTICLE, 'Bea', 'Bring me over');
    await until(`${name} to bake the comment`, () => read(`public${ARTICLE}index.html`).includes('Bring me over'));
    for (const file of ['', '.gz', '.br'].map((ending) => `published${ARTICLE}index.json${ending}`)) {
      await until(`${name} to bring ${file}`, () => read(file) === site.blog.read(file));
    }
    await until(`${name} to remove what is gone`, () => !read('published/gone/index.json') && !read('public/gone.html'));
    assert.deepEqual([read('else/kept'), read('published/.ardoise')], ['kept', '']);
    site.blog.ardoise('delete', id);
    await until(`${name} to take it away`, () => !read(`published${ARTICLE}index.json`));
    await until(`${name} to build without it`, () => !read(`public${ARTICLE}index.html`).includes('Bring me over'));
    await site.service.stop();
    assert.doesNotMatch(site.service.said(), /ERROR|WARN/);
  };
  await Promise.all(runnable(t, ['toml ardoise.toml, rsync', 'toml ardoise.toml, tar']).map(copied));
});

test('the settings for a bucket are read', () => {
  const { blog } = sites.get(nginx);
  blog.write('bucket.toml', blog.read('ardoise.toml') + block('toml ardoise.toml, bucket'));
  // The unit's program may not be installed here; then the check reports it.
  const { stdout } = spawnSync(ARDOISE, ['check', '--config', 'bucket.toml'], { cwd: blog.folder, encoding: 'utf8' });
  assert.match(stdout, /^ok +settings/m);
  assert.match(stdout, /^(ok +on_change +rclone|WRONG +on_change +no program "rclone")/m);
});

test('a build elsewhere fetches the tree first', async (t) => {
  const served = sites.get(nginx);
  for (const name of runnable(t, ['sh built in CI', 'sh fetched by tar', 'sh counts alone'])) {
    const elsewhere = new Site();
    elsewhere.ports = served.ports;
    elsewhere.far = folder();
    copyTree(join(served.folder, 'published'), join(elsewhere.far, 'published'));
    elsewhere.run(elsewhere.here(block(name)));
    const whole = name === 'sh built in CI';
    if (!whole) elsewhere.blog.build();
    const built = (file) => readFileSync(join(whole ? elsewhere.far : elsewhere.folder, 'public', file), 'utf8');
    assert.match(built('index.html'), /data-ardoise-count="\/2025\/%C3%A0-la-carte\/">2 comments</, name);
    assert.equal(built(`${ARTICLE}index.html`).includes('The first <em>word</em>'), name !== 'sh counts alone', name);
    assert.ok(!elsewhere.blog.has('published/.ardoise'), name);
  }
});

test('every block of the page with a title was used', () => {
  assert.deepEqual([...blocks.keys()].filter((name) => !used.has(name)), []);
});
