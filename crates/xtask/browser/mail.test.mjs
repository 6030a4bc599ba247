// Outgoing messages: mail to moderators and readers through a real mail server, webhooks, and the links in the mails.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { violations } from './axe.mjs';
import { browser, clean, exampleBlog, folder, freePort, page, root, start, until } from './harness.mjs';

const { PYTHON, AIOSMTPD } = process.env;
const PATH = '/2024/crème-brûlée/';
const mails = folder();
const tls = folder();
let blog, chromium, port, server;

/** A mail server that requires STARTTLS and authentication. */
const startMail = () => {
  const args = [join(root, 'crates/xtask/browser/smtp.py'), port, mails, join(tls, 'cert.pem'), join(tls, 'key.pem'), 'us', 'hunter2'];
  const env = { ...process.env, PYTHONPATH: AIOSMTPD, PYTHONDONTWRITEBYTECODE: '1' };
  return start(PYTHON, args.map(String), { env }, (said) => said.includes('listening'));
};

const arrived = () => {
  const files = readdirSync(mails).filter((name) => name.endsWith('.json'));
  return files.map((name) => JSON.parse(readFileSync(join(mails, name), 'utf8'))).sort((a, b) => (a.headers.date < b.headers.date ? -1 : 1));
};
const to = (address) => arrived().filter((mail) => mail.to.includes(address));
const link = (mail, label) => new RegExp(`${label}: (\\S+)`).exec(mail.plain)[1];

/** The output of `check`, whatever it reports about other parts: the webhook is retried later. */
const check = () => {
  try {
    return blog.ardoise('check');
  } catch (error) {
    return error.stdout;
  }
};

/** The requests to a webhook, of which the first fails. */
const told = [];
let hook;
const startHook = async () => {
  const listener = createServer((request, response) => {
    // `ardoise check` tests the connection and sends nothing.
    if (request.method === 'OPTIONS') return response.writeHead(405).end();
    let body = '';
    request.on('data', (some) => (body += some));
    request.on('end', () => {
      told.push({ headers: request.headers, body });
      response.writeHead(told.length === 1 ? 500 : 204).end();
    });
  });
  await new Promise((done) => listener.listen(0, '127.0.0.1', done));
  return listener;
};

before(async () => {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-addext', 'basicConstraints=critical,CA:FALSE'];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', join(tls, 'key.pem'), '-out', join(tls, 'cert.pem')];
  execFileSync('openssl', [...made, ...subject], { stdio: 'pipe' });
  process.env.SSL_CERT_FILE = join(tls, 'cert.pem');
  port = await freePort();
  hook = await startHook();
  blog = exampleBlog();
  blog.build();
  await blog.open({
    settings: `[[moderator]]
name = "Ines"
email = "ines@example.org"
[mail]
server = "localhost:${port}"
tls = "starttls"
user = "us"
password = "hunter2"
from = "Comments <c@example.org>"
gather = 1
replies_every = 1
[[webhook]]
name = "mine"
url = "http://127.0.0.1:${hook.address().port}/"
secret = "word"
events = ["pending", "approved"]
`,
  });
  chromium = await browser();
});
after(async () => {
  hook?.close();
  await clean();
});

test('with the mail server down comments are accepted, and all mails arrive afterwards, once', async () => {
  const first = await blog.post(PATH, 'Ada', 'While *nobody* listens');
  await until('a first attempt', () => blog.service.said().includes('mail is delayed'));
  // A kill before the row is updated would leave the message to its lease of five minutes.
  await until('the webhook to have failed', () => /not accepted, trying again later/.test(blog.service.said()));
  await blog.service.stop('SIGKILL');
  blog.service = await blog.startService();
  const second = await blog.post(PATH, 'Bea', 'Neither now');
  assert.match(check(), /WRONG +mail +localhost[^]*messages +\d+ wait/);
  server = await startMail();
  blog.ardoise('approve', await blog.post(PATH, 'Cy', 'Decided before it is mailed'));
  await until('both comments', () => [first, second].every((id) => to('ines@example.org').some((mail) => mail.plain.includes(id))));
  const links = to('ines@example.org').flatMap((mail) => mail.plain.match(/moderation\/link\/a\.\w+/g));
  assert.equal(new Set(links).size, links.length, 'none twice');
  const [mail] = to('ines@example.org');
  assert.deepEqual([mail.encrypted, mail.user], [true, 'us']);
  assert.match(mail.html, /While <em>nobody<\/em> listens/);
  assert.doesNotMatch(mail.html, /<(img|script|link|iframe)|url\(/);
  assert.match(check(), /ok +mail +localhost:\d+ takes mail/);
  assert.doesNotMatch(blog.service.said(), /hunter2/);
});

test('several comments are one mail, whose links act after a confirmation', async () => {
  const before = to('ines@example.org').length;
  const ids = [];
  for (let n = 0; n < 10; n += 1) ids.push(await blog.post(PATH, 'Di', `Number ${n}`));
  await until('the digest', () => to('ines@example.org').some((mail) => mail.plain.includes(ids[9])));
  assert.equal(to('ines@example.org').length, before + 1);
  const digest = to('ines@example.org').find((mail) => mail.plain.includes(ids[9]));
  assert.match(digest.headers.subject, /^10 comments wait on /);
  const url = new RegExp(`Approve: (\\S+a\\.${ids[3]}\\S+)`).exec(digest.plain)[1];
  const reader = await page(chromium);
  await reader.goto(url);
  assert.match(await reader.locator('main').innerText(), /Di on[\s\S]*Number 3/);
  const status = (id) => blog.json('show', id, '--json').status;
  assert.equal(status(ids[3]), 'pending', 'looking changes nothing');
  await reader.getByRole('button', { name: 'Approve' }).click();
  await reader.getByText('The comment is approved now.').waitFor();
  assert.equal(status(ids[3]), 'approved');
  assert.deepEqual(blog.json('show', ids[3], '--json').decisions.map((past) => past.by), ['Ines (mail)']);
  assert.deepEqual(reader.complaints.filter((text) => !text.includes('favicon')), []);
  for (const bad of [url.slice(0, -1), url.replace(ids[3], ids[4]), url.replace('/a.', '/s.')]) {
    for (const method of ['GET', 'POST']) assert.equal((await fetch(bad, { method })).status, 404, `${method} ${bad}`);
  }
  assert.deepEqual([status(ids[3]), status(ids[4])], ['approved', 'pending']);
});

test('a link does not approve what its author has changed since it was read', async () => {
  const json = (method, path, body) => fetch(`${blog.origin}${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const { id, edit_token: token } = await (await json('POST', '/comments', { article: PATH, author: 'Lu', text: 'A lovely recipe' })).json();
  await until('the mail', () => to('ines@example.org').some((mail) => mail.plain.includes(id)));
  const { plain } = to('ines@example.org').find((mail) => mail.plain.includes(id));
  const reader = await page(chromium);
  await reader.goto(new RegExp(`Approve: (\\S+a\\.${id}\\S+)`).exec(plain)[1]);
  assert.match(await reader.locator('main').innerText(), /A lovely recipe/);
  assert.equal((await json('PATCH', `/comments/${id}`, { edit_token: token, text: 'Buy pills' })).status, 200);
  const approve = reader.getByRole('button', { name: 'Approve' });
  await approve.click();
  await reader.getByText('Nothing was decided').waitFor();
  assert.match(await reader.locator('main').innerText(), /Buy pills/);
  assert.equal(blog.json('show', id, '--json').status, 'pending');
  await approve.click();
  await reader.getByText('The comment is approved now.').waitFor();
  await reader.context().close();
});

test('without the version that was read, a link publishes nothing', async () => {
  const id = await blog.post(PATH, 'Mo', 'Read me first');
  await until('the mail', () => to('ines@example.org').some((mail) => mail.plain.includes(id)));
  const { plain } = to('ines@example.org').find((mail) => mail.plain.includes(id));
  const url = new RegExp(`Approve: (\\S+a\\.${id}\\S+)`).exec(plain)[1];
  for (const body of [undefined, new URLSearchParams(), new URLSearchParams({ read: '' }), new URLSearchParams({ read: '0'.repeat(32) })]) {
    const answer = await fetch(url, { method: 'POST', body });
    assert.equal(answer.status, 409);
    assert.match(await answer.text(), /Nothing was decided[^]*Read me first[^]*<button>Approve/);
    assert.equal(blog.json('show', id, '--json').status, 'pending');
  }
});

test('a link is used up by the decision, whoever takes it', async () => {
  const ids = [await blog.post(PATH, 'Nia', 'A first one'), await blog.post(PATH, 'Nia', 'A second one')];
  await until('the mail', () => ids.every((id) => to('ines@example.org').some((mail) => mail.plain.includes(id))));
  const url = (act, id) => to('ines@example.org').map((mail) => new RegExp(`\\S+/${act}\\.${id}\\S+`).exec(mail.plain)?.[0]).find(Boolean);
  const status = (id) => blog.json('show', id, '--json').status;
  const read = async (address) => /name="read" value="(\w+)"/.exec(await (await fetch(address)).text())?.[1];
  const press = async (address, version) => {
    const answer = await fetch(address, { method: 'POST', body: new URLSearchParams({ read: version }) });
    return { status: answer.status, text: await answer.text() };
  };
  const version = await read(url('a', ids[0]));
  const done = await press(url('a', ids[0]), version);
  assert.deepEqual([done.status, status(ids[0])], [200, 'approved']);
  // The text and the effects of a used link.
  const used = async (id, words, now) => {
    for (const act of ['a', 'r', 's']) {
      for (const answer of [await press(url(act, id), version), await fetch(url(act, id)).then(async (page) => ({ status: page.status, text: await page.text() }))]) {
        assert.equal(answer.status, 410);
        assert.match(answer.text, words);
        assert.doesNotMatch(answer.text, /first one|second one|<button/, 'an address that others read shows nothing');
      }
    }
    assert.equal(status(id), now);
  };
  await used(ids[0], /was approved on [-\d]+ by Ines/, 'approved');
  blog.ardoise('spam', ids[0]);
  await used(ids[0], /was marked as spam on [-\d]+ by the command line/, 'spam');
  // Not even if the comment is pending again: that is a later decision.
  const reader = await page(chromium, { viewport: { width: 360, height: 700 } });
  await reader.goto(blog.ardoise('moderator', 'link').trim());
  await reader.getByRole('button').click();
  await reader.locator(`#c-${ids[1]}`).getByRole('button', { name: 'Reject' }).click();
  await used(ids[1], /was rejected on/, 'rejected');
  await reader.getByRole('button', { name: 'Undo' }).click();
  await reader.getByText('Undone').waitFor();
  await used(ids[1], /was put back into the queue on/, 'pending');
  // The service logs every decision, whatever its source.
  const logged = (id, before, status, by) => blog.service.said().includes(`id=${id} before=${before} status=${status} by=${by}`);
  assert.ok(logged(ids[0], 'pending', 'approved', 'Ines (mail)'), blog.service.said());
  assert.ok(logged(ids[1], 'pending', 'rejected', 'Ines (web)') && logged(ids[1], 'rejected', 'pending', 'Ines (web)'), blog.service.said());

  for (const colorScheme of ['dark', 'light']) {
    await reader.emulateMedia({ colorScheme });
    await reader.goto(url('a', ids[1]));
    assert.deepEqual(await violations(reader), []);
  }
  assert.match(await reader.locator('header').innerText(), /\S/);
  const ways = reader.getByRole('navigation').getByRole('link');
  assert.deepEqual(await ways.allInnerTexts(), ['To the article', 'The comment in the queue', 'To the queue']);
  for (const way of await ways.all()) assert.ok((await way.boundingBox()).height >= 44);
  const [article, there, queue] = await Promise.all((await ways.all()).map((way) => way.evaluate((link) => link.href)));
  assert.equal(decodeURI(new URL(article).pathname), PATH);
  assert.deepEqual([new URL(there).pathname, new URL(queue).pathname], [`/moderation/comments/${ids[1]}`, '/moderation']);
  await reader.context().close();
});

test('a moderator requests a sign-in link and gets it by mail', async () => {
  const queue = new URL('/moderation', blog.origin).href;
  const ways = () => to('ines@example.org').filter((mail) => mail.headers.subject.startsWith('Your way in'));
  const reader = await page(chromium);
  const ask = async (name) => {
    await reader.goto(queue);
    await reader.waitForURL(/\/sign-in$/);
    await reader.getByLabel('Your name as a moderator').fill(name);
    await reader.getByRole('button', { name: 'Mail me a link' }).click();
    return reader.getByRole('status').innerText();
  };
  await reader.goto(queue);
  assert.deepEqual(await violations(reader), []);
  assert.ok((await reader.getByLabel('Your name as a moderator').boundingBox()).height >= 44);
  const said = await ask('Nobody');
  assert.match(said, /a link is on its way/);
  assert.equal(await ask('Ines'), said, 'nobody learns who is a moderator');
  await until('the mail', () => ways().length === 1);
  await ask('Ines');
  await reader.goto(link(ways()[0], 'Sign in'));
  await reader.getByRole('button', { name: 'Sign in as Ines' }).click();
  await reader.waitForURL(queue);
  assert.match(await reader.locator('body').innerText(), /Ines/);
  assert.deepEqual(reader.complaints.filter((text) => !text.includes('favicon')), []);
  // Mails requested in the meantime would have been sent before this one.
  const id = await blog.post(PATH, 'Dan', 'After it');
  await until('a later mail', () => to('ines@example.org').some((mail) => mail.plain.includes(id)));
  assert.equal(ways().length, 1, 'who plays with the form fills no mailbox');
  await reader.context().close();
});

test('a webhook request is signed, and retried after a failure', async () => {
  const id = await blog.post(PATH, 'Eve', 'For the webhook');
  await until('the webhook to hear of it', () => told.some(({ body }) => body.includes(id)));
  const [failed] = told;
  const again = () => told.slice(1).some(({ headers }) => headers['ardoise-delivery'] === failed.headers['ardoise-delivery']);
  await until('the first one, which failed, to come again under the same name', again);
  for (const { headers, body } of told) {
    const sum = createHmac('sha256', 'word').update(`${headers['ardoise-timestamp']}.${body}`).digest('hex');
    assert.equal(headers['ardoise-signature'], `sha256=${sum}`);
    assert.doesNotMatch(body, /@example\.org/);
  }
});

test('a reader confirms, is notified of replies, and unsubscribes', async () => {
  const ask = (author, email, more) => blog.post(PATH, author, `I am ${author}`, { email, notify: true, ...more });
  const own = await ask('Flo', 'flo@example.org');
  const robot = await ask('Robot', 'robot@example.org');
  blog.ardoise('spam', robot);
  assert.equal(to('flo@example.org').length, 0, 'nobody is mailed before a moderator has looked');
  blog.approve(own);
  await until('the question', () => to('flo@example.org').length === 1);
  const [question] = to('flo@example.org');
  assert.doesNotMatch(question.plain + question.html, /I am Flo/);
  const confirm = link(question, 'Tell me of answers');
  const reader = await page(chromium);
  await reader.goto(confirm);
  blog.approve(await blog.post(PATH, 'Gus', 'Too early', { reply_to: own }));
  await reader.getByRole('button', { name: 'Yes, tell me' }).click();
  await reader.getByText('You will be told').waitFor();

  const answer = await blog.post(PATH, 'Hal', 'An *answer*', { reply_to: own });
  const deeper = await blog.post(PATH, 'Ida', 'Below it', { reply_to: answer });
  blog.approve(answer, deeper);
  await until('both answers', () => to('flo@example.org').some((mail) => mail.plain.includes(deeper)));
  const answers = to('flo@example.org').slice(1);
  assert.equal(answers.length, 1, 'in one mail');
  assert.match(answers[0].html, /An <em>answer<\/em>/);
  assert.doesNotMatch(answers[0].plain, /Too early/);
  assert.equal(answers[0].headers['list-unsubscribe-post'], 'List-Unsubscribe=One-Click');

  const leave = /<(.*)>/.exec(answers[0].headers['list-unsubscribe'])[1];
  assert.match(await (await fetch(leave)).text(), /No more mail/);
  const another = await blog.post(PATH, 'Jo', 'Still told', { reply_to: own });
  blog.approve(another);
  await until('one more', () => to('flo@example.org').some((mail) => mail.plain.includes(another)));
  const left = await fetch(leave, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
  assert.equal(left.status, 200);
  const late = await ask('Kim', 'kim@example.org', { reply_to: own });
  blog.approve(late);
  await until('a mail that comes after it would have', () => to('kim@example.org').length === 1);
  assert.equal(to('flo@example.org').length, 3);
  assert.equal(to('robot@example.org').length, 0);
});

test('an address that does not exist gets one mail, and is forgotten', async () => {
  writeFileSync(join(mails, 'refuse'), 'nobody@example.org');
  const own = await blog.post(PATH, 'Nobody', 'Not my address', { email: 'nobody@example.org', notify: 'on' });
  blog.approve(own);
  const asked = () => readFileSync(join(mails, 'asked'), 'utf8').split('\n').filter((address) => address === 'nobody@example.org').length;
  await until('the refusal', () => existsSync(join(mails, 'asked')) && asked() === 1);
  await until('the address to be forgotten', () => blog.service.said().includes('forgotten=true'));
  assert.doesNotMatch(blog.service.said(), /nobody@example\.org/);
});
