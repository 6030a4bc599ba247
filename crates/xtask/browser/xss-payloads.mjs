// What an attacker would send. One payload a line, one group a kind of attack; none is worth anything unless it runs in a page that sanitises
// nothing, and xss.test.mjs counts how many do.
//
// CANARY is a call that tells the test, FOREIGN an address on a host that is not ours. ⏎ is a line break, ⟦9⟧ the character U+0009.

import html from './xss-html.mjs';
import markdown from './xss-markdown.mjs';
import places from './xss-places.mjs';

const raw = { ...markdown, ...html, ...places };

const character = (text) => text.replaceAll('⏎', '\n').replaceAll(/⟦([\da-f]+)⟧/g, (_, code) => String.fromCodePoint(parseInt(code, 16)));
/** The number of a payload is how it is known when it runs. */
const written = (text, number) =>
  character(text).replaceAll('CANARY', `pwned(${number})`).replaceAll('FOREIGN', `evil.example/${number}`).replaceAll('NUMBER', number);

const BASE64 = /(?<=base64,)[\w+/=]+/;
const encoded = (text, number) => text.replace(BASE64, (code) => btoa(atob(code).replaceAll('CANARY', `pwned(${number})`)));

/** `{ number, group, text }` of each. */
export const payloads = Object.entries(raw)
  .flatMap(([group, lines]) => lines.trim().split('\n').map((line) => ({ group, line })))
  .map(({ group, line }, number) => ({ number, group, text: encoded(written(line, number), number) }));
