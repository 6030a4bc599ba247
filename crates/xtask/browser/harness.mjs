// The test harness: a blog built by Hugo and served by nginx, with `ardoise serve` beside it, read in Chromium.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const { ARDOISE, HUGO, NGINX, CHROMIUM, TOOLS } = process.env;
const { chromium } = createRequire(join(TOOLS, 'node_modules/'))('playwright-core');

export const root = resolve(import.meta.dirname, '../../..');
/** The policy under which the pages must work, from docs/architecture.md. */
export const STRICT =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'";

/** Cleanup steps, run in reverse order at the end of a test file. */
const undo = [];
export const clean = async () => {
  for (const step of undo.reverse()) await step();
  undo.length = 0;
};

export function folder() {
  const made = mkdtempSync(join(tmpdir(), 'ardoise-'));
  undo.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Copies a published tree while it may be written. Temporary files can disappear before they are copied. */
export const copyTree = (from, to) => cpSync(from, to, { recursive: true, filter: (name) => !basename(name).startsWith('.ardoise-') });

export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Waits until a condition holds. Fails with its description after a timeout. */
export async function until(what, condition) {
  const end = Date.now() + 30_000;
  for (;;) {
    if (await condition()) return;
    if (Date.now() > end) throw new Error(`waited for ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}

const stopped = (child) => child.exitCode !== null || child.signalCode !== null;

/** Starts a program that runs until it is stopped. */
export function start(program, args, options, ready) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const stop = async (signal = 'SIGTERM') => {
    if (!stopped(child)) child.kill(signal);
    await until(`${program} to end`, () => stopped(child));
  };
  undo.push(() => stop('SIGKILL'));
  const listening = until(`${program} to be ready`, async () => {
    if (stopped(child)) throw new Error(`${program} ended:\n${said}`);
    return ready(said);
  });
  return listening.then(() => ({ stop, said: () => said }));
}

/** A Hugo site in a folder of its own. `files` are written over a copy of `from`. */
export class Blog {
  constructor({ from, files = {}, hugo = HUGO, built = 'public' }) {
    this.folder = folder();
    this.hugo = hugo;
    if (from) cpSync(from, this.folder, { recursive: true });
    rmSync(join(this.folder, built), { recursive: true, force: true });
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name, text) {
    mkdirSync(join(this.folder, name, '..'), { recursive: true });
    writeFileSync(join(this.folder, name), text);
  }

  read(name) {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  has(name) {
    return existsSync(join(this.folder, name));
  }

  /** Treats Hugo's warnings as errors. */
  build(...args) {
    const built = spawnSync(this.hugo, ['--panicOnWarning', ...args], { cwd: this.folder, encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`hugo failed:\n${built.stdout}${built.stderr}`);
  }

  ardoise(...args) {
    return execFileSync(ARDOISE, args, { cwd: this.folder, encoding: 'utf8', stdio: 'pipe' });
  }

  json(...args) {
    return JSON.parse(this.ardoise(...args));
  }

  /** The output of `ardoise check`, whether or not it finds errors. */
  checked() {
    return spawnSync(ARDOISE, ['check'], { cwd: this.folder, encoding: 'utf8' }).stdout;
  }

  /** The paths of the catalogue. This also works before the first start. */
  catalogue() {
    this.ardoise('migrate');
    return this.json('catalogue', '--json');
  }

  pending() {
    return this.json('pending', '--json');
  }

  approve(...ids) {
    this.ardoise('approve', ...ids);
  }

  /** `ardoise serve` behind nginx, which serves pages and published files and proxies the two paths of the service. */
  async open({ policy = STRICT, site = '', settings = '' } = {}) {
    const [web, service] = [await freePort(), await freePort()];
    this.origin = `http://127.0.0.1:${web}`;
    // All readers of a test have the same address.
    const rules = /^rate = /m.test(settings) ? settings : `[rules]\nrate = 0\n${settings.replace('[rules]\n', '')}`;
    this.write('ardoise.toml', `[site]\norigin = "${this.origin}"\nbuilt = "public"\n${site}[service]\nlisten = "127.0.0.1:${service}"\n${rules}`);
    this.write('nginx.conf', nginxConf(this.folder, web, service, policy));
    this.startService = () => start(ARDOISE, ['serve'], { cwd: this.folder }, (said) => said.includes('taking comments in'));
    this.service = await this.startService();
    const up = () => fetch(this.origin).then((answer) => answer.ok).catch(() => false);
    this.web = await start(NGINX, ['-p', this.folder, '-c', join(this.folder, 'nginx.conf')], {}, up);
    return this;
  }

  async post(article, author, text, more = {}) {
    const body = JSON.stringify({ article, author, text, ...more });
    const answer = await fetch(`${this.origin}/comments`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (answer.status !== 202) throw new Error(`${answer.status} ${await answer.text()}`);
    return (await answer.json()).id;
  }

  /** Posts a comment, approves it, and waits until it is in all files. The counts of all articles are written last, and may take longer. */
  async comment(article, author, text, more) {
    const id = await this.post(article, author, text, more);
    this.approve(id);
    await until(`${id} to be published`, () => this.has('published/recent.json') && this.read('published/recent.json').includes(id));
    const revision = (name) => JSON.parse(this.read(`published/${name}.json`)).revision;
    await until('the counts to follow', () => revision('counts') === revision('latest'));
    return id;
  }
}

/** `ardoise dev` in a folder of its own. */
export async function dev(...args) {
  const place = folder();
  const running = await start(ARDOISE, ['dev', '--port', '0', ...args], { cwd: place }, (said) => said.includes('The site is at'));
  const url = /The site is at (\S+)/.exec(running.said())[1];
  const ardoise = (...more) => execFileSync(ARDOISE, [...more, '--config', 'ardoise-dev/ardoise.toml'], { cwd: place, encoding: 'utf8' });
  return { ...running, url, place, ardoise };
}

const nginxConf = (folder, web, service, policy) => `
daemon off;
# A single process, so that none is left behind when it is stopped.
master_process off;
error_log ${folder}/nginx.log;
pid ${folder}/nginx.pid;
events {}
http {
  types { text/html html; text/css css; application/javascript js; application/json json; image/svg+xml svg; }
  charset utf-8;
  charset_types text/html text/css application/javascript;
  access_log ${folder}/access.log;
  client_body_temp_path ${folder}/tmp1; proxy_temp_path ${folder}/tmp2; fastcgi_temp_path ${folder}/tmp3;
  uwsgi_temp_path ${folder}/tmp4; scgi_temp_path ${folder}/tmp5;
  server {
    listen 127.0.0.1:${web};
    root ${folder}/public;
    ${policy ? `add_header Content-Security-Policy "${policy}";` : ''}
    location /ardoise/ {
      alias ${folder}/published/;
      gzip_static on;
      add_header Cache-Control no-cache;
    }
    location ~ ^/(moderation|subscription)(/|$) {
      # These pages have their own policy; a header here prevents the site's policy from being added.
      add_header Vary Accept-Language;
      proxy_pass http://127.0.0.1:${service};
    }
    location ~ ^/(comments|preview|newcomment)(/|$) {
      proxy_pass http://127.0.0.1:${service};
    }
  }
}
`;

/** The number of attempts to start Chromium, which sometimes crashes while it starts on a busy machine. */
const LAUNCHES = 3;

/** Chromium without background requests. */
export async function browser() {
  const args = ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
  if (process.getuid() === 0) args.push('--no-sandbox');
  for (let attempt = 1; ; attempt += 1) {
    try {
      const launched = await chromium.launch({ executablePath: CHROMIUM, args });
      undo.push(() => launched.close());
      return launched;
    } catch (error) {
      if (attempt === LAUNCHES) throw error;
      console.error(`Chromium did not start, attempt ${attempt}: ${error.message.split('\n')[0]}`);
    }
  }
}

/** A page that records its requests and its console errors. */
export async function page(launched, options = {}) {
  const context = await launched.newContext({ locale: 'en-GB', ...options });
  const opened = await context.newPage();
  opened.requests = [];
  opened.complaints = [];
  opened.on('request', (request) => opened.requests.push(new URL(request.url()).pathname));
  opened.on('console', (message) => ['error', 'warning'].includes(message.type()) && opened.complaints.push(message.text()));
  opened.on('pageerror', (error) => opened.complaints.push(String(error)));
  if (options.javaScriptEnabled !== false) settles(opened);
  return opened;
}

/**
 * Makes `networkidle` also wait until the page itself is idle and sends no more requests: on a busy machine the network is idle for half a
 * second before the page's scripts have run.
 */
function settles(opened) {
  const open = new Set();
  opened.on('request', (request) => open.add(request));
  for (const end of ['requestfinished', 'requestfailed']) opened.on(end, (request) => open.delete(request));
  const settle = async () => {
    for (let quiet = 0, rounds = 0; quiet < 2 && rounds < 40; rounds++) {
      const asked = opened.requests.length;
      await opened.evaluate(() => new Promise((done) => requestIdleCallback(done, { timeout: 2000 })));
      await new Promise((done) => setTimeout(done, 50));
      quiet = opened.requests.length === asked && open.size === 0 ? quiet + 1 : 0;
    }
  };
  for (const way of ['goto', 'reload', 'waitForLoadState']) {
    const plain = opened[way].bind(opened);
    opened[way] = async (...given) => {
      const answer = await plain(...given);
      // A page that navigates meanwhile is ignored.
      if (given.some((one) => one === 'networkidle' || one?.waitUntil === 'networkidle')) await settle().catch(() => {});
      return answer;
    };
  }
}

/** The example blog as a site of its own, with the module where `ardoise init` puts it. */
export function exampleBlog(options = {}) {
  const blog = new Blog({ from: join(root, 'examples/blog'), ...options });
  blog.write('ardoise.toml', '');
  rmSync(join(blog.folder, 'ardoise.toml'));
  blog.ardoise('init');
  const settings = blog.read('hugo.toml').replace('theme = ["hugo-partials"]', 'theme = ["ardoise"]').replace(/themesDir = .*\n/, '');
  blog.write('hugo.toml', settings.replace(/\[\[module.mounts\]\]\n *source = "\.\.\/\.\.\/static"\n *target = "static"\n/, ''));
  return blog;
}
