// Packed arenas: their files, and what lies in them.
import { attribute, el, keyed, text } from './view.js';
import { bytes, count } from './format.js';

const all = answer => Object.entries(answer?.arenas ?? {});

// What an operator should look at.
export function arenaAttention(answer) {
  return all(answer).filter(([, arena]) => arena.problem).map(([name, arena]) => ({
    key: `arena ${name}`, what: `arena ${name}`, why: `${arena.open ? 'keeps what it has' : 'is not open'}: ${arena.problem}`,
  }));
}

export class Arenas {
  #cards = el('div', { class: 'segments', id: 'arenas' });
  #total = '';

  constructor() {
    this.element = el('section', { 'aria-label': 'Arenas' }, this.#cards);
  }

  total() {
    return this.#total;
  }

  // Of the endpoint that has the segments as well, and says there what is wrong with it.
  show(endpoint, matches) {
    attribute(this.#cards, 'data-stale', endpoint.stale ? '' : null);
    const arenas = all(endpoint.answer);
    const shown = [];
    for (const [name, arena] of arenas) {
      const within = Object.entries(arena.arrays ?? {});
      const asWhole = matches([name, 'arena', arena.file, arena.manifest]);
      const some = asWhole ? within : within.filter(([key, each]) => matches([name, key, each.elementType]));
      if (asWhole || some.length > 0) {
        shown.push({ name, arena, arrays: some, hidden: within.length - some.length });
      }
    }
    this.#total = arenas.length === 0 ? '' : `${count(arenas.length)} ${arenas.length === 1 ? 'arena' : 'arenas'}`;
    keyed(this.#cards, shown, each => each.name, () => card(), (element, each) => update(element.parts, each));
    return shown.length;
  }
}

function update({ title, state, path, about, table, rest }, { name, arena, arrays, hidden }) {
  text(title, `Arena ${name}`);
  text(state, !arena.open ? 'not open' : arena.problem ? 'keeps what it has' : arena.newer ? 'newer manifest' : arena.readOnly ? 'open, read only' : 'open');
  attribute(state, 'data-tone', arena.problem ? 'bad' : !arena.open ? 'idle' : arena.newer ? 'warn' : 'good');
  text(path, [arena.file, arena.manifest].filter(Boolean).join(' · '));
  const words = arena.problem || (arena.newer ? 'There is a newer manifest, or another file, than the one that is in use.' : '');
  text(about, words);
  about.hidden = !words;
  table.hidden = arrays.length === 0;
  attribute(table, 'aria-label', `Arrays in ${name}`);
  keyed(table, arrays, ([key]) => key, () => row(), (body, [key, array]) => {
    body.dataset.path = `${name}/${key}`;
    text(body.parts.title, key);
    text(body.parts.type, array.elementType?.split('.').at(-1));
    attribute(body.parts.type, 'title', array.elementType);
    text(body.parts.shape, array.shape.map(count).join(' × '));
    text(body.parts.size, bytes(array.bytes));
  });
  rest.hidden = hidden === 0;
  text(rest, `${count(hidden)} more do not match the filter.`);
}

function card() {
  const parts = {
    title: el('h2'), state: el('span', { class: 'chip' }), path: el('p', { class: 'path quiet' }), about: el('p', { class: 'quiet about', hidden: true }),
    table: el('table', {},
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'array'), el('th', { scope: 'col' }, 'shape'),
        el('th', { scope: 'col', class: 'number' }, 'bytes')))),
    rest: el('p', { class: 'quiet rest', hidden: true }),
  };
  parts.table.keyedAfter = parts.table.tHead;
  const element = el('article', { class: 'card segment' },
    el('header', {}, el('div', { class: 'segment-title' }, parts.title, parts.state), parts.path), parts.about,
    el('div', { class: 'scroll' }, parts.table), parts.rest);
  element.parts = parts;
  return element;
}

function row() {
  const parts = {
    title: el('span', { class: 'name' }), type: el('span', { class: 'type quiet' }), shape: el('td', { class: 'shape' }),
    size: el('td', { class: 'number bytes' }),
  };
  const body = el('tbody', {}, el('tr', {}, el('th', { scope: 'row' }, parts.title, ' ', parts.type), parts.shape, parts.size));
  body.parts = parts;
  return body;
}
