// Keyboard shortcuts. Each clicks or focuses an element of the page, so the page works without this script.
(() => {
  const keys = { a: 'approve', r: 'reject', s: 'spam', d: 'delete', e: 'e', x: 'x' };
  const help = document.getElementById('keys');
  const comments = () => [...document.querySelectorAll('article.comment')];
  const at = () => comments().findIndex((comment) => comment.contains(document.activeElement));
  const go = (to) => {
    const all = comments();
    const comment = all[Math.min(Math.max(to, 0), all.length - 1)];
    comment?.focus({ preventScroll: true });
    comment?.scrollIntoView({ block: 'nearest' });
  };
  // Returns what a key applies to: the selected comments, the comment with the focus, or the only comment of its page.
  const chosen = (key) => {
    const deciding = !['e', 'x'].includes(key);
    if (deciding && document.querySelector('.pick :checked')) return document.querySelector('.bulk');
    return comments()[at()] ?? document.querySelector('.one article.comment');
  };
  let isSent = false;
  addEventListener('pageshow', () => (isSent = false));
  // The form of the help dialog sends nothing.
  document.addEventListener('submit', (event) => (isSent ||= event.target.method !== 'dialog'));
  const press = (key) => {
    const target = chosen(key)?.querySelector(`[data-key="${key}"]`) ?? (key === 'e' ? document.querySelector('textarea[data-key="e"]') : null);
    if (!target) return false;
    target.matches('textarea') ? target.focus() : target.click();
    return true;
  };
  // Not all browsers focus the element that the URL names.
  const named = comments().find((comment) => `#${comment.id}` === location.hash);
  if (named && at() < 0) named.focus({ preventScroll: true });
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest?.('textarea, select, input:not([type=checkbox])');
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
    const search = document.querySelector('input[type=search]');
    const undo = document.querySelector('[data-key="u"]');
    let done = true;
    if (event.key === 'j') go(at() + 1);
    else if (event.key === 'k') go(at() - 1);
    else if (event.key === '/' && search) search.focus();
    else if (event.key === '?') help.showModal();
    // A key that is held down, or pressed again before the next page loads, would decide about a comment that was not read.
    else if (isSent || event.repeat) done = Object.hasOwn(keys, event.key) || event.key === 'u';
    else if (event.key === 'u' && undo) undo.click();
    else done = Object.hasOwn(keys, event.key) && press(keys[event.key]);
    if (done) event.preventDefault();
  });
})();
