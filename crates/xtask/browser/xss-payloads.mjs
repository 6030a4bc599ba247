// Attack payloads: one per line, one group per kind of attack. A payload is useful only if it runs in an unsanitised page; xss.test.mjs
// counts how many do.
//
// CANARY is a call that reports to the test, FOREIGN an address on another host. ⏎ is a line break, ⟦9⟧ the character U+0009.

import html from './xss-html.mjs';
import markdown from './xss-markdown.mjs';
import places from './xss-places.mjs';

const raw = { ...markdown, ...html, ...places };

const character = (text) => text.replaceAll('⏎', '\n').replaceAll(/⟦([\da-f]+)⟧/g, (_, code) => String.fromCodePoint(parseInt(code, 16)));
/** The number of a payload identifies it when it runs. */
const written = (text, number) =>
  character(text).replaceAll('CANARY', `pwned(${number})`).replaceAll('FOREIGN', `evil.example/${number}`).replaceAll('NUMBER', number);

const BASE64 = /(?<=base64,)[\w+/=]+/;
const encoded = (text, number) => text.replace(BASE64, (code) => btoa(atob(code).replaceAll('CANARY', `pwned(${number})`)));

/** All payloads, as `{ number, group, text }`. */
export const payloads = Object.entries(raw)
  .flatMap(([group, lines]) => lines.trim().split('\n').map((line) => ({ group, line })))
  .map(({ group, line }, number) => ({ number, group, text: encoded(written(line, number), number) }));
