// Fills a moderation queue, and signs a moderator in.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { until } from './harness.mjs';

const ARTICLE = '/2024/crème-brûlée/';
const TALLY = '/2024/four-strokes-and-a-slash/';
const SAID = [
  [ARTICLE, 'Ines', 'I was there, and I can say that the tick is *louder* than you write. The dog woke up.', { site: 'ines.example' }],
  [ARTICLE, 'Luc', 'You have to let the torch go blue first. Then:\n\n1. sugar to the edge\n2. circles, never lines\n3. stop one second before you want to', { answers: 0 }],
  [TALLY, 'Best Prices', 'Great post!!! Cheap torches and sugar here: https://torches-for-less.example/crème?utm_source=comment&utm_campaign=a-rather-long-address', { subject: 'x', site: 'https://torches-for-less.example/' }],
  [TALLY, 'A man in a wet jacket', 'For the record: the `Marguerite` won, by a **bowsprit**.\n\n> five, and then a line through them\n\nThat is how my father did it, too.'],
  [ARTICLE, 'Zoé', 'And the oven? Mine only knows on and off.', { answers: 1 }],
];

/** Does the proof of work of a reader's browser. */
const worked = ({ challenge, bits }, article, text) => {
  for (let nonce = 0; ; nonce += 1) {
    const hash = createHash('sha256').update(`${challenge}\n${article}\n${text}\n${nonce}`).digest();
    if (hash.readUInt32BE() >>> (32 - bits) === 0) return `${challenge}.${nonce}`;
  }
};

export async function fill(blog) {
  const ids = [];
  // Close each connection: the work blocks this process, and the service closes connections that are idle for five seconds.
  const connection = 'close';
  const tree = () => fetch(new URL('/ardoise/challenge.json', blog.url), { headers: { connection } });
  await until('a challenge', async () => (await tree()).ok);
  const challenge = await (await tree()).json();
  for (const [article, author, text, { answers, ...more } = {}] of SAID) {
    const body = JSON.stringify({ article, author, text, reply_to: ids[answers], proof: worked(challenge, article, text), elapsed: 60, ...more });
    const answer = await fetch(new URL('/comments', blog.url), { method: 'POST', headers: { 'content-type': 'application/json', connection }, body });
    ids.push((await answer.json()).id);
  }
  blog.ardoise('approve', ids[0]);
  return ids;
}

/** A month of comments on a small blog. */
export function past(blog) {
  const script = `
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], timeout=10)
article, = db.execute("SELECT id FROM articles LIMIT 1").fetchone()
day, now = 86400000, int(time.time() * 1000)
for ago in range(1, 30):
    for status, number in (("approved", ago * 7 % 5), ("spam", ago * ago % 4 + (9 if ago == 6 else 0)), ("rejected", ago % 9 == 0)):
        for n in range(number):
            id = "%s%02d%02d00000" % (status[0].replace("a", "a"), ago, n)
            db.execute("INSERT INTO comments (id, article_id, status, author, text, edit_token_hash, created_at) VALUES (?, ?, ?, 'Ada', 'Yes.', '', ?)", (id, article, status, now - ago * day))
for n, (id,) in enumerate(db.execute("SELECT id FROM comments WHERE status = 'pending' ORDER BY created_at DESC").fetchall()):
    db.execute("UPDATE comments SET created_at = created_at - ? WHERE id = ?", (n * 47 * 60000 + 4 * 60000, id))
db.commit()`;
  execFileSync('python3', ['-c', script, join(blog.place, 'ardoise-dev/ardoise.db')]);
}

export const link = (blog) => {
  const path = new URL(blog.ardoise('moderator', 'link').trim()).pathname;
  return new URL(path, blog.url).href;
};

/** Signs a page in with a new link. */
export async function signIn(reader, blog) {
  await reader.goto(link(blog));
  await reader.getByRole('button').click();
  await reader.waitForURL(/\/moderation$/);
}

/** Waits until the published files contain a text. */
export const published = (blog, text) =>
  until(`${text} to be published`, async () => (await (await fetch(new URL('/ardoise/recent.json', blog.url))).text()).includes(text));
