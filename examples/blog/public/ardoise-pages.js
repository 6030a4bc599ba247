// See docs/architecture.md
const REACH = 10;

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

  const reach = async (id) => {
    if (byId(id) || at.page >= at.pages) return;
    if (at.pages < REACH) {
      await further(at.pages);
      return;
    }
    const near = Array.from({ length: at.pages - at.page }, (_, n) => at.page + n + 1).filter((n) => n < at.page + REACH || n > at.pages - REACH);
    const files = await Promise.all(near.map(page));
    const found = files.find((data) => data && data.comments.some((comment) => comment.id === id));
    if (found) add(found.comments, list || top);
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

export const find = async (id, open) => {
  const sections = [...document.querySelectorAll('[data-ardoise-article]')];
  for (const section of sections) {
    const house = open.get(section);
    if (house) await (await house.use('pages')).reach(id.slice(8));
  }
  if (document.getElementById(id)) return location.replace(location.href);
  const missing = document.querySelector('[data-ardoise="missing"]');
  if (!missing || !sections.every((section) => open.has(section))) return;
  missing.hidden = false;
  missing.focus();
};
