// See docs/script.md
const REACH = 9;

export default ({ section, form, top, list, more, state, shown, itemOf, select, add, begin, page }) => {
  let loading;
  const further = (wanted) => (loading ||= (async () => {
    const first = await page(1);
    if (first) begin(first);
    const last = Math.min(wanted, state.pages);
    const files = await Promise.all(Array.from({ length: Math.max(0, last - state.page) }, (_, n) => page(state.page + n + 1)));
    for (let n = Math.min(state.page, state.pages), overlaps; n && !overlaps; n--) {
      files.unshift(n > 1 ? await page(n) : first);
      overlaps = files[0] && files[0].comments.some(({ id }) => shown.has(id));
    }
    loading = null;
    if (files.includes(false)) return null;
    state.page = last;
    more.hidden = last >= state.pages;
    return add(files.flatMap((data) => data.comments), top);
  })());

  const searches = Object.create(null);
  const untried = (tried) => Array.from({ length: state.pages }, (_, n) => n + 1).filter((n) => n > state.page && !tried.has(n));
  const reach = async (id) => {
    const { tried, seen } = (searches[id] ||= { tried: new Set(), seen: new Set() });
    const first = (tried.size || !state.page) && (await page(1));
    if (first) {
      if (!state.page) add(first.comments, top);
      state.page ||= 1;
      begin(first);
    }
    const left = itemOf(id) ? [] : untried(tried);
    if (left.length && state.pages <= REACH) await further(state.pages);
    else if (left.length) {
      const near = left.filter((_, n) => n < REACH || n >= left.length - REACH);
      near.push(...[...tried].filter((n) => left.includes(n - 1) || left.includes(n + 1)));
      const files = await Promise.all(near.map(page));
      const found = files.find((data) => data && data.comments.some((comment) => comment.id === id));
      if (found) add(found.comments, list || top);
      files.forEach((data, n) => data && tried.add(near[n]) && data.comments.forEach((comment) => seen.add(comment.id)));
    }
    for (const [one, item] of shown) if (!item.waiting) seen.add(one);
    return { left: untried(tried).length, seen: seen.size, count: state.count };
  };
  const resume = async () => {
    const id = state.answered;
    await reach(id);
    const box = section.querySelector(`[data-ardoise="reply"][value="${id}"]`);
    if (!box || state.answered !== id) return;
    const { activeElement } = document;
    select(box);
    if (form.contains(activeElement)) activeElement.focus();
  };
  return { further, reach, resume };
};

const sum = (numbers) => numbers.reduce((all, n) => all + n, 0);
const showMissing = (missing, searched, again) => {
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
    const context = open.get(section);
    if (context) searched.push(await (await context.use('pages')).reach(id.slice(8)));
  }
  if (location.hash.slice(1) !== id) return;
  const missing = document.querySelector('[data-ardoise="missing"]');
  if (document.getElementById(id)) {
    missing?.toggleAttribute('hidden', true);
    return location.replace(location.href);
  }
  if (!missing || !sections.every((section) => open.has(section))) return;
  showMissing(missing, searched, () => find(id, open));
};
