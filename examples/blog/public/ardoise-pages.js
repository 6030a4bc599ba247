// See docs/architecture.md
const REACH = 9;

export default ({ section, form, top, list, more, at, shown, byId, alone, add, begin, page }) => {
  let loading;
  const further = (wanted) => (loading ||= (async () => {
    const first = await page(1);
    if (first) begin(first);
    const last = Math.min(wanted, at.pages);
    const files = await Promise.all(Array.from({ length: Math.max(0, last - at.page) }, (_, n) => page(at.page + n + 1)));
    for (let n = Math.min(at.page, at.pages), met; n && !met; n--) {
      files.unshift(n > 1 ? await page(n) : first);
      met = files[0] && files[0].comments.some(({ id }) => shown.has(id));
    }
    loading = null;
    if (files.includes(false)) return null;
    at.page = last;
    more.hidden = last >= at.pages;
    return add(files.flatMap((data) => data.comments), top);
  })());

  const searches = Object.create(null);
  const untried = (tried) => Array.from({ length: at.pages }, (_, n) => n + 1).filter((n) => n > at.page && !tried.has(n));
  const reach = async (id) => {
    const { tried, seen } = (searches[id] ||= { tried: new Set(), seen: new Set() });
    const first = (tried.size || !at.page) && (await page(1));
    if (first) {
      if (!at.page) add(first.comments, top);
      at.page ||= 1;
      begin(first);
    }
    const left = byId(id) ? [] : untried(tried);
    if (left.length && at.pages <= REACH) await further(at.pages);
    else if (left.length) {
      const near = left.filter((_, n) => n < REACH || n >= left.length - REACH);
      near.push(...[...tried].filter((n) => left.includes(n - 1) || left.includes(n + 1)));
      const files = await Promise.all(near.map(page));
      const found = files.find((data) => data && data.comments.some((comment) => comment.id === id));
      if (found) add(found.comments, list || top);
      files.forEach((data, n) => data && tried.add(near[n]) && data.comments.forEach((comment) => seen.add(comment.id)));
    }
    for (const [one, item] of shown) if (!item.waiting) seen.add(one);
    return { left: untried(tried).length, seen: seen.size, count: at.count };
  };
  const resume = async () => {
    const id = at.answered;
    await reach(id);
    const box = section.querySelector(`[data-ardoise="reply"][value="${id}"]`);
    if (!box || at.answered !== id) return;
    const { activeElement } = document;
    alone(box);
    if (form.contains(activeElement)) activeElement.focus();
  };
  return { further, reach, resume };
};

const sum = (numbers) => numbers.reduce((all, n) => all + n, 0);
const tell = (missing, searched, again) => {
  const [lost, search] = ['lost', 'search'].map((name) => missing.querySelector(`[data-ardoise="${name}"]`));
  if (search) {
    const left = sum(searched.map((one) => one.left));
    lost.dataset.all ||= lost.textContent;
    const count = sum(searched.map((one) => one.count));
    lost.textContent = left ? lost.dataset.part.replace('%', `${sum(searched.map((one) => one.seen))} / ${count || '?'}`) : lost.dataset.all;
    search.hidden = !left;
    search.onclick = async () => {
      search.onclick = null;
      search.ariaDisabled = true;
      await again();
      search.ariaDisabled = false;
    };
  }
  missing.hidden = false;
  missing.focus();
};

export const find = async (id, open) => {
  const sections = [...document.querySelectorAll('[data-ardoise-article]')];
  const searched = [];
  for (const section of sections) {
    const house = open.get(section);
    if (house) searched.push(await (await house.use('pages')).reach(id.slice(8)));
  }
  if (location.hash.slice(1) !== id) return;
  const missing = document.querySelector('[data-ardoise="missing"]');
  if (document.getElementById(id)) {
    missing?.toggleAttribute('hidden', true);
    return location.replace(location.href);
  }
  if (!missing || !sections.every((section) => open.has(section))) return;
  tell(missing, searched, () => find(id, open));
};
