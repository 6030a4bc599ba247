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
  else reply?.setAttribute('value', comment.id);
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
  let write;
  const form = part(section, 'form');
  const home = document.createComment('');
  const answering = () => section.querySelector('[data-ardoise="reply"]:checked');
  const move = (to = answering()) => (to ? part(to.closest('[id^="comment-"]'), 'replies') : home).before(form);
  const alone = (box) => {
    const before = answering();
    while (answering()) answering().checked = false;
    if (box) box.checked = true;
    keep(`reply:${path}`, box?.value);
    move();
    return before;
  };

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

  const mine = () => kept(`own:${path}`) || [];
  const put = (id, comment) => {
    const old = shown.get(id);
    keep(`own:${path}`, [...mine().filter((one) => one.id !== id), ...(comment ? [comment] : [])]);
    old?.replaceWith(...part(old, 'replies').children);
    shown.delete(id);
    if (comment) add([comment], part(section, 'own'));
    return comment;
  };
  const fresh = ({ date, edit_seconds: seconds }) => Date.now() < Date.parse(date) + seconds * 1e3;
  const own = () => {
    const there = ({ id }) => document.getElementById(`comment-${id}`);
    const left = mine().filter((one) => fresh(one) || (!there(one) && Date.now() - Date.parse(one.date) < 6e8));
    keep(`own:${path}`, left.length && left);
    add(left.filter((one) => !there(one)), part(section, 'own'));
    if (left.some(fresh)) write?.();
  };

  const without = async () => (top.firstElementChild && (await counts())(path) === 0 ? { count: 0, comments: [] } : null);

  const refresh = async () => {
    const article = (await load(file(path, 1))) || (await without());
    if (article && !answering()) {
      ({ pages = 1 } = article);
      const comments = document.createDocumentFragment();
      add(article.comments, comments);
      top.replaceChildren(comments);
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
    form?.remove();
  } else if (form) {
    const fields = form.elements;
    const names = { author: 'author', email: 'email', site: 'site', text: path };
    for (const name in names) if (fields[name]) fields[name].value ||= kept(names[name]) || '';
    let started;
    write = () => (started ||= import('./ardoise-form.js').then((script) => script.default({ section, form, path, names, load, part, kept, keep, mine, fresh, put, alone, move })));
    part(form, 'previewing')?.parentElement.removeAttribute('hidden');
    form.addEventListener('focusin', write);
    form.addEventListener('input', write);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      write().then((submit) => submit(), () => form.submit());
    });
    form.before(home);
    if (answering()) move();
    section.addEventListener('change', ({ target }) => {
      if (target.dataset.ardoise !== 'reply') return;
      const { checked } = target;
      alone(checked && target);
      (checked ? fields.text : target).focus();
    });
  }
  await refresh();
  const answered = write && !answering() && !form.contains(document.activeElement) && form.elements.text.value && section.querySelector(`[data-ardoise="reply"][value="${kept(`reply:${path}`)}"]`);
  if (answered) alone(answered);
  await find();
  addEventListener('hashchange', find);
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
