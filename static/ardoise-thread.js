let day;
const part = (place, name) => place.querySelector(`[data-ardoise="${name}"]`);
const blank = (place) => part(place, 'template').content.firstElementChild;
const encode = (path) => path.split('/').map(encodeURIComponent).join('/');

const kept = (key) => {
  try {
    return JSON.parse(localStorage[`ardoise:${key}`]);
  } catch {}
};
const keep = (key, value) => {
  try {
    if (value) localStorage[`ardoise:${key}`] = JSON.stringify(value);
    else delete localStorage[`ardoise:${key}`];
  } catch {}
};

const file = (path, page) => {
  const name = path.endsWith('.html') ? path : path.replace(/\/?$/, '/index');
  return encode(page > 1 ? `${name}.${page}.json` : `${name.replace(/\.html$/, '')}.json`).slice(1);
};

const fill = (item, { author, date }) => {
  part(item, 'author').textContent = author.name;
  part(item, 'date').dateTime = date;
  part(item, 'date').textContent = day.format(new Date(date));
};

const render = (template, comment) => {
  const item = template.cloneNode(true);
  const { author } = comment;
  fill(item, comment);
  item.id = `comment-${comment.id}`;
  if (author.site) part(item, 'author').href = author.site;
  part(item, 'permalink')?.setAttribute('href', `#${item.id}`);
  part(item, 'text').innerHTML = comment.html;
  const show = (name, shown) => part(item, name)?.toggleAttribute('hidden', !shown);
  show('owner', author.owner);
  show('waiting', comment.waiting);
  const avatar = part(item, 'avatar');
  if (author.avatar) {
    avatar?.firstElementChild.setAttribute('d', author.avatar.path);
    avatar?.firstElementChild.setAttribute('stroke', author.avatar.colour);
  } else avatar?.remove();
  const reply = part(item, 'reply');
  if (comment.waiting) reply?.parentElement.remove();
  else if (reply) reply.value = comment.id;
  return item;
};

const thread = async (section, { identity, load, show, counts }) => {
  const path = identity(section.dataset.ardoiseArticle);
  const top = part(section, 'thread');
  const more = part(section, 'more');
  const template = blank(section);
  const shown = new Map();
  let page = 1;
  let pages = 1;
  let loading;

  const add = (comments, place) => {
    let first;
    for (const comment of comments) {
      const old = shown.get(comment.id);
      if (old && (comment.waiting || !old.waiting)) continue;
      old?.remove();
      const item = render(template, comment);
      item.waiting = comment.waiting;
      shown.set(comment.id, item);
      const parent = shown.get(comment.parent);
      ((parent && part(parent, 'replies')) || place).append(item);
      first ||= item;
    }
    return first;
  };

  const further = (last) => (loading ||= (async () => {
    const files = await Promise.all(Array.from({ length: last - page }, (_, n) => load(file(path, page + n + 1))));
    loading = null;
    if (files.includes(null)) return null;
    page = last;
    more.hidden = page >= pages;
    return add(files.flatMap((data) => data.comments), top);
  })());

  const find = async () => {
    const { hash } = location;
    const there = () => document.getElementById(hash.slice(1));
    if (!hash.startsWith('#comment-')) return;
    if (!there()) await further(pages);
    if (there()) location.replace(hash);
  };

  const own = () => {
    const waiting = (kept(`own:${path}`) || []).filter(({ id, date }) => !document.getElementById(`comment-${id}`) && Date.now() - Date.parse(date) < 6e8);
    keep(`own:${path}`, waiting.length && waiting);
    add(waiting, part(section, 'own'));
  };

  const without = async () => (top.firstElementChild && (await counts())(path) === 0 ? { count: 0, comments: [] } : null);

  const refresh = async () => {
    const article = (await load(file(path, 1))) || (await without());
    if (article && !section.querySelector('[data-ardoise="reply"]:checked')) {
      ({ pages = 1 } = article);
      const fresh = document.createDocumentFragment();
      add(article.comments, fresh);
      top.replaceChildren(fresh);
      part(section, 'rest')?.remove();
      more.hidden = pages < 2;
      const title = part(section, 'count');
      if (title) show(title, article.count);
    }
    if (pages < 9 && kept(`own:${path}`)) await further(pages);
    own();
  };

  more.addEventListener('click', async () => {
    const first = await further(page + 1);
    if (first) part(first, 'permalink')?.focus();
  });
  const closes = Date.parse(section.dataset.ardoiseCloses);
  if (closes <= Date.now()) {
    section.dataset.ardoiseClosed = '';
    part(section, 'closed')?.removeAttribute('hidden');
    part(section, 'form')?.remove();
  } else if (part(section, 'form')) {
    write(section, path, (comment) => {
      keep(`own:${path}`, [...(kept(`own:${path}`) || []), comment]);
      add([comment], part(section, 'own'));
    });
  }
  await refresh();
  await find();
  addEventListener('hashchange', find);
};

const write = (section, path, sent) => {
  const form = part(section, 'form');
  const fields = form.elements;
  const said = part(section, 'said');
  const say = (text) => {
    said.textContent = text;
  };
  const post = async (name, body) => {
    const answer = await fetch(form.action.replace(/comments$/, name), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(35000),
    });
    return [answer.status, (await answer.json()) || {}];
  };

  const names = { author: 'author', email: 'email', site: 'site', text: path };
  for (const name in names) if (fields[name]) fields[name].value ||= kept(names[name]) || '';
  form.addEventListener('input', ({ target }) => {
    target.removeAttribute('aria-invalid');
    keep(names[target.name], target.value);
  });

  const home = document.createComment('');
  form.before(home);
  const answering = () => section.querySelector('[data-ardoise="reply"]:checked');
  const move = (reply) => (reply ? part(reply.closest('[id^="comment-"]'), 'replies') : home).before(form);
  if (answering()) move(answering());
  section.addEventListener('change', ({ target }) => {
    if (target.dataset.ardoise !== 'reply') return;
    const { checked } = target;
    while (answering()) answering().checked = false;
    target.checked = checked;
    move(answering());
    (checked ? fields.text : target).focus();
  });

  const previewing = part(form, 'previewing');
  const preview = part(form, 'preview');
  const look = async () => {
    const text = previewing?.checked && fields.text.value.trim();
    if (preview) preview.hidden = true;
    if (!text) return;
    const [status, { html }] = await post('preview', { text }).catch(() => [0, {}]);
    if (status === 200 && fields.text.value.trim() === text) {
      preview.innerHTML = html;
      preview.hidden = false;
    }
  };
  let pause;
  fields.text.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(look, 300);
  });
  previewing?.addEventListener('change', look);
  previewing?.parentElement.removeAttribute('hidden');

  const words = said.dataset;
  const refusal = ({ field, rule, detail }) => {
    const label = form.querySelector(`label[for="${fields[field]?.id}"]`);
    if (label) fields[field].setAttribute('aria-invalid', true);
    return (label ? label.firstChild.textContent.trim() + words.colon : '') + (words[rule] || detail);
  };

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const send = part(form, 'send');
    const draft = Object.fromEntries(new FormData(form));
    const { value } = fields.text;
    send.disabled = true;
    say(words.sending);
    const [status, answer] = await post('comments', draft).catch(() => [0, {}]);
    send.disabled = false;
    if (status === 202) {
      const waiting = answer.status === 'pending';
      if (fields.text.value === value) {
        fields.text.value = '';
        keep(path);
      }
      look();
      while (answering()) answering().checked = false;
      move();
      say(waiting ? words.thanks : '');
      sent({ ...answer, waiting, parent: draft.reply_to || null, author: { name: draft.author }, date: new Date().toISOString() });
    } else if (answer.errors) {
      say([words.refused, ...answer.errors.map(refusal)].join('\n'));
      form.querySelector('[aria-invalid]')?.focus();
    } else {
      say(status ? words.busy : words.down);
    }
  });
};

const recent = async (place, { load }) => {
  const data = await load('recent.json');
  if (!data) return;
  part(place, 'list').replaceChildren(...data.comments.slice(0, place.dataset.ardoiseRecent).map((comment) => {
    const item = blank(place).cloneNode(true);
    fill(item, comment);
    part(item, 'link').textContent = comment.title || comment.path;
    part(item, 'link').href = `${encode(comment.path)}#comment-${comment.id}`;
    return item;
  }));
};

export default (place, house) => {
  day ||= new Intl.DateTimeFormat(house.script.lang, { dateStyle: 'long', timeZone: 'UTC' });
  return (place.dataset.ardoiseArticle ? thread : recent)(place, house);
};
