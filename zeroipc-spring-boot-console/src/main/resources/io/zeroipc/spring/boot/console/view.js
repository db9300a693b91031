// Elements of the page. What is shown comes from other processes: it becomes text and attributes, and never markup.

// An element with its attributes; a child is an element or a text.
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) {
      element.setAttribute(name, '');
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children);
  return element;
}

// Marks that turn the text after them round: a name with them could show the words and numbers beside it as others.
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

// What did not change is not touched: nothing is announced again, no selection is lost and nothing is laid out anew.
export function text(element, value) {
  const shown = String(value ?? '').replace(TURNING, mark => `\\u${mark.codePointAt(0).toString(16)}`);
  if (element.textContent !== shown) {
    element.textContent = shown;
  }
}

export function attribute(element, name, value) {
  const old = element.getAttribute(name);
  if (value === null || value === undefined || value === false) {
    old === null || element.removeAttribute(name);
  } else if (old !== String(value)) {
    element.setAttribute(name, value);
  }
}

// One element per item, made once and moved only when the order changes: a button that has the focus keeps it.
export function keyed(parent, items, key, make, update) {
  const present = parent.keyedChildren ??= new Map();
  const seen = new Set();
  let position = parent.keyedAfter ?? null; // What stays before them, such as the head of a table.
  for (const item of items) {
    const name = key(item);
    let element = present.get(name);
    if (!element) {
      element = make(item);
      element.dataset.key = name;
      present.set(name, element);
    }
    seen.add(name);
    const expected = position ? position.nextElementSibling : parent.firstElementChild;
    if (element !== expected) {
      position ? position.after(element) : parent.prepend(element);
    }
    position = element;
    update(element, item);
  }
  for (const [name, element] of present) {
    if (!seen.has(name)) {
      present.delete(name);
      element.remove();
    }
  }
}

export function meter() {
  return el('div', { class: 'bar', role: 'meter', 'aria-valuemin': 0 }, el('i'));
}

export function fill(bar, used, capacity, label) {
  const share = capacity > 0 ? Math.min(1, used / capacity) : 0;
  bar.style.setProperty('--fill', share);
  attribute(bar, 'aria-label', label);
  attribute(bar, 'aria-valuemax', capacity);
  attribute(bar, 'aria-valuenow', used);
  return share;
}
