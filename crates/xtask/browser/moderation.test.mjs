// The moderators' queue, used by touch, by keyboard, and without a script.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { browser, clean, dev, folder, freePort, page, root, start } from './harness.mjs';
import { violations } from './axe.mjs';
import { fill, link, past, published, signIn } from './queue.mjs';

let blog, chromium;
before(async () => {
  blog = await dev();
  chromium = await browser();
});
after(clean);

const queue = (query = '') => new URL(`moderation${query}`, blog.url).href;
const send = async (text, more = {}) => {
  const body = JSON.stringify({ article: '/2024/crème-brûlée/', author: 'Ada', text, ...more });
  const answer = await fetch(new URL('/comments', blog.url), { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return (await answer.json()).id;
};
const status = (id) => JSON.parse(blog.ardoise('show', id, '--json')).status;
const card = (reader, id) => reader.locator(`#c-${id}`);
const notice = (reader) => reader.getByRole('status');

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with a script' : 'without one';

  test(`signing in, deciding, undoing, ${how}`, async () => {
    const [one, two, three] = [await send('First *one*'), await send('Second'), await send('Third')];
    const reader = await page(chromium, { javaScriptEnabled });
    await reader.goto(queue());
    await reader.waitForURL(/\/moderation\/sign-in$/);
    assert.match(await reader.locator('main').innerText(), /ardoise moderator link/);
    await signIn(reader, blog);
    const [cookie] = await reader.context().cookies();
    assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, 'Strict', '/moderation']);
    assert.equal(await card(reader, one).locator('.text em').innerText(), 'one', 'as it will be published');

    await card(reader, one).getByRole('button', { name: 'Approve' }).click();
    assert.match(await notice(reader).innerText(), /1 comment approved\./);
    assert.equal(await card(reader, one).count(), 0);
    await published(blog, one);

    const bulk = reader.locator('.bulk');
    assert.equal(await bulk.isVisible(), false, 'nothing is selected');
    for (const id of [two, three]) await card(reader, id).getByRole('checkbox').check();
    await bulk.getByRole('button', { name: 'Reject' }).click();
    assert.match(await notice(reader).innerText(), /2 comments rejected\./);
    assert.deepEqual([status(two), status(three)], ['rejected', 'rejected']);
    await notice(reader).getByRole('button', { name: 'Undo' }).click();
    assert.match(await notice(reader).innerText(), /Undone: 2 comments/);
    assert.deepEqual([status(two), status(three)], ['pending', 'pending']);
    assert.deepEqual(reader.complaints, []);
    blog.ardoise('delete', two, three);
    await reader.context().close();
  });

  test(`editing, replying, searching, ${how}`, async () => {
    const id = await send('Helo there', { author: 'Bea' });
    const reader = await page(chromium, { javaScriptEnabled });
    await signIn(reader, blog);
    await reader.getByRole('searchbox').fill('HELO');
    await reader.getByRole('button', { name: 'Search' }).click();
    assert.equal(await reader.locator('article.comment').count(), 1);
    await card(reader, id).getByRole('link', { name: 'Edit, reply' }).click();
    await reader.getByLabel('Text', { exact: true }).fill('Hello *there*');
    await reader.getByRole('button', { name: 'Save' }).click();
    assert.match(await notice(reader).innerText(), /The text was changed/);
    assert.equal(await reader.locator('.text em').innerText(), 'there');
    await reader.locator('summary').click();
    assert.equal(await reader.locator('.history pre').innerText(), 'Helo there');
    await reader.getByLabel('Your answer').fill(`Welcome, ${how}`);
    await reader.getByRole('button', { name: 'Publish the answer' }).click();
    assert.match(await notice(reader).innerText(), /Your answer is published/);
    await published(blog, `Welcome, ${how}`);
    assert.equal(status(id), 'approved');
    await reader.getByRole('button', { name: 'Sign out' }).click();
    await reader.goto(queue());
    await reader.waitForURL(/\/moderation\/sign-in$/);
    assert.deepEqual(reader.complaints, []);
    await reader.context().close();
  });
}

test('a first try shows how to sign in', async () => {
  const [way] = /http:\S+\/moderation\/sign-in\/\S+/.exec(blog.said());
  const reader = await page(chromium);
  await reader.goto(way);
  await reader.getByRole('button', { name: 'Sign in as The author' }).click();
  await reader.waitForURL(/\/moderation$/);
  await reader.goto(way);
  assert.match(await reader.locator('main').innerText(), /used already/);
  await reader.context().close();
});

test('every key does what it says', async () => {
  const ids = [await send('Oldest'), await send('Middle'), await send('Newest')].reverse();
  const reader = await page(chromium);
  await signIn(reader, blog);
  const focused = () => reader.evaluate(() => document.activeElement.closest('article')?.id);
  const press = (keys) => reader.keyboard.press(keys);
  const done = async (keys, text) => {
    await Promise.all([reader.waitForURL(/done=/), press(keys)]);
    await reader.waitForLoadState();
    assert.match(await notice(reader).innerText(), text);
    await reader.goto(queue());
  };
  await press('j');
  assert.equal(await focused(), `c-${ids[0]}`);
  await press('j');
  await press('j');
  await press('j');
  assert.equal(await focused(), `c-${ids[2]}`, 'the last one stays');
  await press('k');
  assert.equal(await focused(), `c-${ids[1]}`);
  await press('x');
  assert.equal(await card(reader, ids[1]).getByRole('checkbox').isChecked(), true);
  await press('x');
  await press('?');
  assert.equal(await reader.getByRole('dialog').isVisible(), true);
  await press('a');
  assert.equal(reader.url(), queue(), 'behind the help nothing is decided');
  await press('Escape');
  await press('/');
  await reader.keyboard.type('radseau?');
  assert.equal(await reader.getByRole('searchbox').inputValue(), 'radseau?', 'who types decides nothing');
  await reader.goto(queue());
  for (const modified of ['Control+a', 'Alt+a', 'Meta+a']) await press(modified);
  assert.equal(status(ids[0]), 'pending');

  for (const [key, word] of [['a', 'approved'], ['r', 'rejected'], ['s', 'spam'], ['d', 'deleted']]) {
    await press('j');
    await Promise.all([reader.waitForURL(/done=/), press(key)]);
    await reader.waitForLoadState();
    assert.equal(status(ids[0]), word, 'the first one');
    await Promise.all([reader.waitForURL(/done=undone/), press('u')]);
    await reader.waitForLoadState();
    assert.equal(status(ids[0]), 'pending');
    await reader.goto(queue());
  }
  await press('j');
  await Promise.all([reader.waitForURL(new RegExp(`comments/${ids[0]}\\?list=pending`)), press('e')]);
  await press('e');
  assert.equal(await reader.evaluate(() => document.activeElement.id), 'edit-text');
  await reader.getByRole('heading').first().click();
  await done('s', /1 comment spam/);
  assert.deepEqual(reader.complaints, []);
  await reader.context().close();
});

const inSight = (locator) => locator.evaluate((element) => {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && top < innerHeight && bottom > 0;
});
const focused = (reader) => reader.evaluate(() => document.activeElement.closest('article')?.id);
const nowhere = (reader) => reader.locator('h1').evaluate(() => document.activeElement.blur());
/** Makes this many comments, the newest first, the only pending ones. */
const waiting = async (number) => {
  const old = JSON.parse(blog.ardoise('pending', '--json')).map(({ id }) => id);
  if (old.length > 0) blog.ardoise('delete', ...old);
  const ids = [];
  for (let n = 0; n < number; n += 1) ids.unshift(await send(`Number ${n} has something to say, and says it at some length.`));
  return ids;
};

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with a script' : 'without one';

  test(`a decision leaves its moderator on the next comment, ${how}`, async () => {
    const ids = await waiting(12);
    const reader = await page(chromium, { javaScriptEnabled, viewport: { width: 360, height: 640 } });
    await signIn(reader, blog);
    const next = async (id) => {
      assert.equal(new URL(reader.url()).hash, `#c-${id}`);
      assert.equal(await inSight(card(reader, id).getByText('Number')), true, 'the next comment is in sight');
      assert.equal(await inSight(notice(reader).getByRole('button', { name: 'Undo' })), true, 'so is the way back');
      assert.equal(await focused(reader), `c-${id}`, 'and a key, or Tab, begins there');
      const [bar, top] = await Promise.all([notice(reader).boundingBox(), card(reader, id).getByText('Number').boundingBox()]);
      assert.ok(top.y >= bar.y + bar.height, 'the notice covers nothing of it');
    };
    const decide = (name, id) => card(reader, id).getByRole('button', { name }).click();
    await decide('Approve', ids[8]);
    await next(ids[9]);
    await decide('Spam', ids[9]);
    await next(ids[10]);
    await notice(reader).getByRole('button', { name: 'Undo' }).click();
    assert.equal(new URL(reader.url()).hash, `#c-${ids[9]}`, 'back where it was');
    await decide('Reject', ids[11]);
    await next(ids[10]);
    // Decide on several at once; others stay selected.
    for (const n of [1, 3, 5]) await card(reader, ids[n]).getByRole('checkbox').check();
    await decide('Reject', ids[4]);
    await next(ids[5]);
    for (const n of [1, 3, 5]) assert.equal(await card(reader, ids[n]).getByRole('checkbox').isChecked(), true, 'the selection is not gone');
    await reader.locator('.bulk').getByRole('button', { name: 'Reject' }).click();
    await next(ids[6]);
    assert.deepEqual([1, 3, 5].map((n) => status(ids[n])), ['rejected', 'rejected', 'rejected']);
    // Also from the page of one comment, whatever list it was opened from.
    await reader.goto(queue('?list=all&q=Number'));
    await card(reader, ids[6]).getByRole('link', { name: 'Edit, reply' }).click();
    await reader.locator('.one').getByRole('button', { name: 'Reject' }).click();
    await next(ids[7]);
    assert.equal(new URL(reader.url()).searchParams.get('q'), 'Number');
    assert.deepEqual(reader.complaints, []);
    await reader.context().close();
  });
}

test('on the last page, the next comment is the one that moves up', async () => {
  const ids = await waiting(27);
  const reader = await page(chromium);
  await signIn(reader, blog);
  await card(reader, ids[24]).getByRole('button', { name: 'Reject' }).click();
  assert.equal(new URL(reader.url()).hash, `#c-${ids[25]}`);
  assert.equal(await focused(reader), `c-${ids[25]}`);
  await reader.context().close();
});

test('a key acts on what is visibly chosen, or on nothing', async () => {
  const ids = await waiting(6);
  const reader = await page(chromium);
  await signIn(reader, blog);
  const all = () => ids.map(status);
  const before = all();
  for (const key of ['a', 'r', 's', 'd', 'e', 'x']) {
    await nowhere(reader);
    await reader.keyboard.press(key);
    assert.equal(reader.url(), queue(), `${key} with nothing chosen`);
  }
  assert.equal(await reader.locator('.pick :checked').count(), 0);
  assert.deepEqual(all(), before);
  await reader.keyboard.press('?');
  await reader.getByRole('button', { name: 'Close' }).click();
  // Decides on the selected comments, wherever the focus is.
  for (const n of [1, 2, 4]) await card(reader, ids[n]).getByRole('checkbox').check();
  await card(reader, ids[0]).focus();
  await Promise.all([reader.waitForURL(/done=/), reader.keyboard.press('a')]);
  await reader.waitForLoadState();
  assert.match(await notice(reader).innerText(), /3 comments approved/);
  assert.deepEqual(all(), ['pending', 'approved', 'approved', 'pending', 'approved', 'pending']);
  // The next comment has the focus, so the next key applies to it.
  assert.equal(await focused(reader), `c-${ids[5]}`);
  await Promise.all([reader.waitForURL(/done=spam/), reader.keyboard.press('s')]);
  await reader.waitForLoadState();
  assert.deepEqual(all(), ['pending', 'approved', 'approved', 'pending', 'approved', 'spam']);
  assert.equal(await focused(reader), `c-${ids[3]}`, 'at the end, the one before');
  // A key that is held down decides once.
  await reader.keyboard.down('r');
  await reader.waitForURL(/done=rejected/);
  await reader.waitForLoadState();
  assert.equal(await focused(reader), `c-${ids[0]}`);
  await reader.keyboard.down('r');
  await reader.keyboard.up('r');
  assert.equal(status(ids[0]), 'pending', 'nobody has read it yet');
  await reader.context().close();
});

test('at 360 px every list is visible', async () => {
  const reader = await page(chromium, { viewport: { width: 360, height: 640 } });
  await signIn(reader, blog);
  for (const tab of await reader.locator('.tabs a').all()) {
    const { x, width } = await tab.boundingBox();
    assert.ok(x >= 0 && x + width <= 360, await tab.innerText());
  }
  await reader.context().close();
});

test('a cookie of another site goes nowhere, and a script of a comment does not run', async () => {
  await send('<script>document.title = "x"</script><img src=x onerror="document.title=\'x\'"> [x](javascript:alert(1))', { author: '<img src=x onerror="document.title=\'x\'">' });
  const reader = await page(chromium);
  await signIn(reader, blog);
  assert.match(await reader.title(), /^Pending/);
  assert.equal(await reader.locator('main img, main script, main a[href^="javascript"]').count(), 0);
  // localhost is a different site than 127.0.0.1.
  const elsewhere = blog.url.replace('127.0.0.1', 'localhost');
  await reader.route(`${elsewhere}evil`, (route) => route.fulfill({ contentType: 'text/html', body: `<form method="post" action="${queue('/decide')}"><button name="act" value="approve">x</button></form>` }));
  await reader.goto(`${elsewhere}evil`);
  await reader.getByRole('button').click();
  assert.match(await reader.getByRole('heading').innerText(), /not sent by a page of the queue/);
  await reader.context().close();
});

const guide = readFileSync(join(root, 'docs/moderation.md'), 'utf8');
const block = (name) => guide.split(`\`\`\`${name}\n`)[1]?.split('```')[0] ?? assert.fail(`docs/moderation.md has no block ${name}`);

/** `ardoise serve` and nginx with the configuration of the guide, with other ports and hosts. */
async function guided({ nginx, toml = '' }) {
  const [web, service, apart] = [await freePort(), await freePort(), await freePort()];
  const place = folder();
  const here = (text) => text.replaceAll(':8100', `:${service}`).replaceAll(':8101', `:${apart}`).replaceAll('https://blog.example.org', `http://127.0.0.1:${web}`);
  const [, own, rest] = /^(?:\[service\]\n([^]*))?([^]*)$/.exec(toml);
  writeFileSync(join(place, 'ardoise.toml'), here(`[site]\norigin = "https://blog.example.org"\n[service]\nlisten = "127.0.0.1:8100"\n${own ?? ''}${rest}`));
  mkdirSync(join(place, 'tmp'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${place}/tmp;`).join(' ');
  writeFileSync(join(place, 'nginx.conf'), here(`daemon off; master_process off; error_log ${place}/nginx.log; pid ${place}/nginx.pid; events {}
http { access_log off; ${temporary} server { listen 127.0.0.1:${web}; ${nginx} location = /up { return 204; } } }`));
  await start(process.env.ARDOISE, ['serve'], { cwd: place }, (said) => said.includes('taking comments in'));
  const up = () => fetch(`http://127.0.0.1:${web}/up`).then((answer) => answer.ok).catch(() => false);
  await start(process.env.NGINX, ['-p', place, '-c', join(place, 'nginx.conf')], {}, up);
  const ardoise = (...args) => execFileSync(process.env.ARDOISE, args, { cwd: place, encoding: 'utf8' }).trim();
  return { ardoise, service: `http://127.0.0.1:${service}`, web: `http://127.0.0.1:${web}`, apart: `http://127.0.0.1:${apart}` };
}

const GUIDED = {
  'passed on by nginx': [{ nginx: block('nginx title="queue"') }, ({ web }) => `${web}/moderation`],
  'behind a prefix': [{ nginx: block('nginx title="queue behind a prefix"'), toml: block('toml title="queue behind a prefix"') }, ({ web }) => `${web}/c/moderation`],
  'on an address of its own': [{ nginx: '', toml: block('toml title="queue apart"') }, ({ apart }) => `${apart}/moderation`],
};

for (const [name, [settings, address]] of Object.entries(GUIDED)) {
  test(`the queue ${name}, as the guide has it`, async () => {
    const site = await guided(settings);
    const body = JSON.stringify({ article: '/a/', author: 'Ada', text: 'Hello' });
    await fetch(`${site.service}/comments`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const reader = await page(chromium);
    const [signIn] = [site.ardoise('moderator', 'link')];
    assert.ok(signIn.startsWith(`${address(site)}/sign-in/`), signIn);
    await reader.goto(signIn);
    await reader.getByRole('button').click();
    await reader.waitForURL(address(site));
    await reader.getByRole('link', { name: 'Edit, reply' }).click();
    await reader.getByRole('link', { name: /Back/ }).click();
    await reader.getByRole('button', { name: 'Spam' }).first().click();
    await notice(reader).getByRole('button', { name: 'Undo' }).click();
    assert.match(await notice(reader).innerText(), /Undone: 1 comment/);
    await reader.getByRole('link', { name: 'Sessions' }).click();
    await reader.getByRole('button', { name: /End the session/ }).click();
    await reader.waitForURL(`${address(site)}/sign-in`);
    const there = await fetch(`${site.service}/moderation/sign-in`);
    assert.equal(there.status, name.includes('its own') ? 405 : 200);
    assert.deepEqual(reader.complaints, []);
  });
}

const PAGES = {
  'a link': async (reader) => reader.goto(link(blog)),
  'the way in': async (reader) => reader.goto(queue('/sign-in')),
  'a used link': async (reader) => reader.goto(queue('/sign-in/x')),
  'the list': async (reader) => signIn(reader, blog),
  'the list, with a selection': async (reader) => {
    await signIn(reader, blog);
    await reader.locator('.pick').first().click();
  },
  'the list, after an act': async (reader) => {
    await signIn(reader, blog);
    await reader.locator('.do-reject').first().click();
    await notice(reader).waitFor();
  },
  'all of them, on two pages': async (reader) => {
    await signIn(reader, blog);
    await reader.goto(queue('?list=all'));
  },
  'the list in French': async (reader) => {
    await signIn(reader, blog);
    await reader.goto(queue('?list=all'));
    assert.match(await reader.locator('main').innerText(), /Publier/);
    assert.equal(await reader.locator('html').getAttribute('lang'), 'fr');
  },
  'an empty list': async (reader) => {
    await signIn(reader, blog);
    await reader.goto(queue('?list=deleted&q=zzz'));
  },
  'one comment': async (reader, ids) => {
    await signIn(reader, blog);
    await reader.goto(queue(`/comments/${ids[1]}`));
    await reader.getByLabel('Text', { exact: true }).fill(' ');
    await reader.getByRole('button', { name: 'Save' }).click();
    await reader.getByRole('alert').waitFor();
  },
  'the sessions': async (reader) => {
    await signIn(reader, blog);
    await reader.goto(queue('/sessions'));
  },
  'the keys': async (reader) => {
    await signIn(reader, blog);
    await reader.keyboard.press('?');
  },
};

test('axe finds nothing, nothing is wider than the screen, and everything can be hit', async (t) => {
  const ids = await fill(blog);
  past(blog);
  await send(`${'x'.repeat(400)} https://example.org/${'y'.repeat(300)}\n\n    ${'code '.repeat(80)}`, { author: 'W'.repeat(60), site: `https://example.org/${'z'.repeat(200)}` });
  for (const [name, open] of Object.entries(PAGES)) {
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [320, 1280]) {
        await t.test(`${name}, ${colorScheme}, ${width} px wide`, async () => {
          const reader = await page(chromium, { viewport: { width, height: 800 }, colorScheme, locale: name.endsWith('French') ? 'fr-FR' : 'en-GB' });
          await open(reader, ids);
          assert.deepEqual(await violations(reader), []);
          const wide = await reader.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(wide <= width, `the page became ${wide} px wide`);
          const small = await reader.evaluate(() => [...document.querySelectorAll('button, .button, .tabs a, .pick, input[type=search], .me a')]
            .filter((target) => target.checkVisibility() && target.getBoundingClientRect().height < 44).map((target) => target.outerHTML));
          assert.deepEqual(small, []);
          assert.deepEqual(reader.complaints.filter((text) => !/40\d|410/.test(text)), []);
          await reader.context().close();
        });
      }
    }
  }
});
