// Observation for the tests of attacks: a browser that records everything that runs or is fetched, and the properties of a safe page.

import assert from 'node:assert/strict';
import { until } from './harness.mjs';

/** The elements of a comment's text and their attributes, as in crates/model/src/markdown/sanitise.rs. */
const ALLOWED = { p: [], br: [], em: [], strong: [], del: [], code: [], pre: ['tabindex'], blockquote: [], ul: [], ol: ['start'], li: [], a: ['href', 'rel'] };

/**
 * A page that lists in `ran` the payloads that ran, by number, and in `fetched` the requests to other hosts. It has no policy but the
 * site's.
 */
export async function trap(launched, ours, options = {}) {
  const context = await launched.newContext({ locale: 'en-GB', ...options });
  const ran = new Set();
  const fetched = new Set();
  const complaints = [];
  await context.exposeBinding('pwned', (_, number) => void ran.add(number));
  await context.route((url) => url.protocol.startsWith('http') && !ours.includes(url.host), (route) => route.abort('aborted'));
  context.on('request', (request) => {
    const { protocol, host, pathname } = new URL(request.url());
    if (protocol.startsWith('http') && !ours.includes(host)) fetched.add(`${host}${pathname}`);
  });
  const page = await context.newPage();
  page.on('dialog', (dialog) => {
    ran.add(dialog.message());
    return dialog.dismiss();
  });
  page.on('popup', (popup) => {
    fetched.add(`a window of ${popup.url()}`);
    return popup.close();
  });
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  return Object.assign(page, { ran, fetched, complaints });
}

/** HTML as a page without any policy, as feeds and mails are read. */
export async function bare(page, html) {
  await page.route('http://bare.example/', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
  await page.goto('http://bare.example/', { waitUntil: 'load' });
  await page.unroute('http://bare.example/');
}

/**
 * Does to every element what a reader might do: follows links that are not plain, and dispatches events. Then runs a script of its own:
 * everything scheduled earlier has run by then.
 */
export async function provoke(page) {
  await page.evaluate(async () => {
    const all = (root) => [...root.querySelectorAll('*')].flatMap((element) => [element, ...(element.shadowRoot ? all(element.shadowRoot) : [])]);
    const frames = [document];
    for (const frame of document.querySelectorAll('iframe')) if (frame.contentDocument) frames.push(frame.contentDocument);
    const plain = /^(https?|mailto):/;
    for (const inside of frames) {
      inside.addEventListener('submit', (event) => !/^javascript:/i.test(event.submitter?.formAction || event.target.action) && event.preventDefault(), true);
      for (const element of all(inside)) {
        for (const { name } of [...element.attributes]) if (name.startsWith('on')) element.dispatchEvent(new Event(name.slice(2)));
        const address = element.href?.baseVal ?? element.getAttribute('href');
        const follow = address !== null && address !== undefined && !plain.test(element.href?.baseVal ? address : element.href);
        const press = element.matches('[formaction], [popovertarget], [commandfor], form[action^="javascript" i] *');
        if (!follow && !press) continue;
        element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, view: inside.defaultView }));
        // One address at a time: a second navigation would replace the first.
        await new Promise((done) => setTimeout(done));
      }
    }
  });
  page.ran.delete('ours');
  await page.evaluate(() => {
    const last = document.body.appendChild(document.createElement('img'));
    last.setAttribute('onerror', 'pwned("ours"); this.remove()');
    last.src = 'data:,';
  });
  await until('the canary of our own', () => page.ran.has('ours'));
  page.ran.delete('ours');
}

/** Everything in these places that is not a comment's published text; empty if all is well. */
export const strangers = (page, selector) =>
  page.evaluate(([selector, allowed]) => {
    const found = [];
    for (const place of document.querySelectorAll(selector)) {
      for (const element of place.querySelectorAll('*')) {
        const names = allowed[element.localName];
        const known = names && element.namespaceURI === 'http://www.w3.org/1999/xhtml' && [...element.attributes].every(({ name }) => names.includes(name));
        const leads = !element.hasAttribute('href') || (/^(https?|mailto):/i.test(element.getAttribute('href')) && /^(https?|mailto):$/.test(element.protocol));
        if (!known || !leads) found.push(element.outerHTML);
      }
    }
    return found;
  }, [selector, ALLOWED]);

/**
 * The elements and the names of their attributes, without those selected. Two documents with an equal `shape` have no element more or
 * less.
 */
export const shape = (page, root, without) =>
  page.evaluate(([root, without]) => {
    const copy = document.querySelector(root).cloneNode(true);
    for (const element of copy.querySelectorAll(without)) element.remove();
    const write = (element) => `${element.localName}[${[...element.attributes].map(({ name }) => name).sort()}](${[...element.children].map(write)})`;
    return write(copy);
  }, [root, without]);

/** The comments of the page in their order: id, visible author, and the shape of everything but user input. */
export const comments = (page) =>
  page.evaluate(() => {
    const write = (element) => `${element.localName}[${[...element.attributes].map(({ name }) => name).sort()}](${[...element.children].map(write)})`;
    return [...document.querySelectorAll('.ardoise-thread .ardoise-comment')].map((item) => {
      const author = item.querySelector('.ardoise-author');
      const { textContent: name, href: site } = author;
      const copy = item.cloneNode(true);
      copy.querySelector('.ardoise-author').removeAttribute('href');
      copy.querySelector('.ardoise-text').replaceChildren();
      copy.querySelector('.ardoise-replies').replaceChildren();
      return { id: item.id.replace('comment-', ''), name, site, shape: write(copy) };
    });
  });

/** Nothing ran, nothing was fetched, and nothing was logged. */
export const clear = (page) => {
  assert.deepEqual([...page.ran], [], 'ran');
  assert.deepEqual([...page.fetched], [], 'was fetched');
  assert.deepEqual(page.complaints.filter((text) => !text.includes('404')), []);
};

/** The text as it is stored: with normalised line ends. */
export const kept = (text) => text.replaceAll(/\r\n?/g, '\n');
export const chunks = (list, size) => Array.from({ length: Math.ceil(list.length / size) }, (_, n) => list.slice(n * size, (n + 1) * size));

/** Several pages concatenated in a page without a policy. */
export const heap = (page, pages) => bare(page, `<!doctype html><body>${pages.map((html) => /<main[^]*<\/main>/.exec(html)[0]).join('')}`);
