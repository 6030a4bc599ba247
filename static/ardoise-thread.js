// Comments, form, newest comments: no words and no markup but the page's.
let day;
const part = (place, name) => place.querySelector(`[data-ardoise="${name}"]`);
const clone = (place) => part(place, 'template').content.firstElementChild.cloneNode(true);
const encode = (path) => path.split('/').map(encodeURIComponent).join('/');

const kept = (key) => {
  try {
    return JSON.parse(localStorage[`ardoise:${key}`]);
  } catch {
    return null;
  }
};
const keep = (key, value) => {
  try {
    if (value) localStorage[`ardoise:${key}`] = JSON.stringify(value);
    else delete localStorage[`ardoise:${key}`];
  } catch {}
};

const file = (path, page) => {
  const html = path.endsWith('.html');
  const stem = html ? path.slice(0, page > 1 ? undefined : -5) : path.replace(/\/?$/, '/index');
  return encode(`${stem}${page > 1 ? `.${page}` : ''}.json`).slice(1);
};

const fill = (item, { author, date }) => {
  part(item, 'author').textContent = author.name;
  part(item, 'date').dateTime = date;
  part(item, 'date').textContent = day.format(new Date(date));
};

const render = (section, comment) => {
  const item = clone(section);
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
  if (author.avatar && avatar) {
    avatar.firstElementChild.setAttribute('d', author.avatar.path);
    avatar.firstElementChild.setAttribute('stroke', author.avatar.colour);
  } else {
    avatar?.remove();
  }
  const reply = part(item, 'reply');
  if (comment.waiting) reply?.parentElement.remove();
  else if (reply) reply.value = comment.id;
  return item;
};

const thread = async (section, { identity, load, show, counts }) => {
  const path = identity(section.dataset.ardoiseArticle);
  const top = part(section, 'thread');
  const more = part(section, 'more');
  const shown = new Map();
  let pages, page;

  const add = (comments, place) => {
    const before = shown.size;
    for (const comment of comments) {
      if (shown.has(comment.id)) continue;
      const item = render(section, comment);
      shown.set(comment.id, item);
      const parent = shown.get(comment.parent);
      ((parent && part(parent, 'replies')) || place).append(item);
    }
    return [...shown.values()][before];
  };

  const own = () => {
    const waiting = (kept(`own:${path}`) || []).filter((comment) => !shown.has(comment.id) && Date.now() - Date.parse(comment.date) < 2.6e9);
    keep(`own:${path}`, waiting.length && waiting);
    add(waiting, part(section, 'own'));
  };

  const further = async () => {
    const data = await load(file(path, page + 1));
    if (!data) return null;
    page += 1;
    more.hidden = page >= pages;
    return add(data.comments, top);
  };

  const find = async () => {
    const id = location.hash.slice(1);
    if (!id.startsWith('comment-')) return;
    while (!document.getElementById(id) && page < pages && (await further()));
    if (document.getElementById(id)) location.replace(`#${id}`);
  };

  const without = async () => (top.firstElementChild && (await counts())(path) === 0 ? { count: 0, comments: [] } : null);

  const refresh = async () => {
    const article = (await load(file(path, 1))) || (await without());
    if (article) {
      ({ pages = 1 } = article);
      page = 1;
      const fresh = document.createDocumentFragment();
      add(article.comments, fresh);
      top.replaceChildren(fresh);
      part(section, 'rest')?.remove();
      more.hidden = pages < 2;
      const title = part(section, 'count');
      if (title) show(title, article.count);
    }
    own();
  };

  more.addEventListener('click', async () => part((await further()) || section, 'permalink')?.focus());
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
    said.hidden = !text;
  };
  const post = async (name, body) => {
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(35000) };
    const answer = await fetch(form.action.replace(/comments$/, name), request);
    return [answer.status, await answer.json()];
  };

  const reader = ['author', 'email', 'site'].filter((name) => fields[name]);
  for (const name of reader) fields[name].value ||= kept('reader')?.[name] || '';
  fields.text.value ||= kept(`draft:${path}`) || '';
  form.addEventListener('input', ({ target }) => {
    target.removeAttribute('aria-invalid');
    keep(`draft:${path}`, fields.text.value);
    keep('reader', Object.fromEntries(reader.map((name) => [name, fields[name].value])));
  });

  const home = document.createComment('');
  form.before(home);
  const answering = () => section.querySelector('[data-ardoise="reply"]:checked');
  const move = (reply) => (reply ? part(reply.closest('[id^="comment-"]'), 'replies') : home).before(form);
  section.addEventListener('change', ({ target }) => {
    if (target.dataset.ardoise !== 'reply') return;
    const { checked } = target;
    for (let other; (other = answering()); ) other.checked = false;
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

  const refuse = (errors) => {
    const words = said.dataset;
    const lines = errors.map(({ field, rule, detail }) => {
      const control = fields[field];
      if (!control?.labels?.length || field === 'reply_to') return words[rule] || detail;
      control.setAttribute('aria-invalid', true);
      return control.labels[0].firstChild.textContent.trim() + words.colon + (words[rule] || detail);
    });
    say([words.refused, ...lines].join('\n'));
    form.querySelector('[aria-invalid]')?.focus();
  };

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = part(form, 'send');
    const draft = Object.fromEntries(new FormData(form));
    button.disabled = true;
    say(said.dataset.sending);
    const [status, answer] = await post('comments', draft).catch(() => [0, {}]);
    button.disabled = false;
    if (status === 202) {
      const waiting = answer.status === 'pending';
      fields.text.value = '';
      keep(`draft:${path}`);
      look();
      const reply = answering();
      if (reply) reply.checked = false;
      move();
      say(waiting ? said.dataset.thanks : '');
      sent({ ...answer, waiting, parent: draft.reply_to || null, author: { name: draft.author }, date: new Date().toISOString() });
    } else if (answer.errors) {
      refuse(answer.errors);
    } else {
      say(said.dataset[status ? 'busy' : 'down']);
    }
  });
};

const recent = async (place, { load }) => {
  const data = await load('recent.json');
  if (!data) return;
  const items = data.comments.slice(0, place.dataset.ardoiseRecent).map((comment) => {
    const item = clone(place);
    fill(item, comment);
    part(item, 'link').textContent = comment.title || comment.path;
    part(item, 'link').href = `${encode(comment.path)}#comment-${comment.id}`;
    return item;
  });
  part(place, 'list').replaceChildren(...items);
};

export default (place, house) => {
  day ||= new Intl.DateTimeFormat(house.script.lang, { dateStyle: 'long', timeZone: 'UTC' });
  return (place.dataset.ardoiseArticle ? thread : recent)(place, house);
};
