// Shows what the application tells by server-sent events, and asks its actuator to pause and resume listeners.
import { age, bytes, count, decimal, percent, perSecond, Rate, time } from './format.js';
import { Charts } from './charts.js';

const byId = id => document.getElementById(id);
const charts = new Charts();
const rates = new Map();
const MOST_ALERTS = 50;
const CALM = 200; // No use in showing how a tenth of a second passes.
const RETRY = 1_000;
const SILENCE = 3_000; // An overview comes four times a second.

function rate(key, at, total) {
  if (total === null || total === undefined) {
    return NaN;
  }
  if (!rates.has(key)) {
    rates.set(key, new Rate());
  }
  return rates.get(key).add(at, total);
}

function text(element, value) {
  if (element.textContent !== value) { // What did not change is not announced again.
    element.textContent = value;
  }
}

// One element per item, made once: a button that has the focus keeps it.
function keyed(parent, items, key, template, update) {
  const present = new Map(Array.from(parent.children, child => [child.dataset.key, child]));
  let position = null;
  for (const item of items) {
    const name = key(item);
    let element = present.get(name);
    if (!element) {
      element = byId(template).content.firstElementChild.cloneNode(true);
      element.dataset.key = name;
      position ? position.after(element) : parent.prepend(element);
    }
    present.delete(name);
    position = element;
    update(element, item);
  }
  present.forEach(element => element.remove());
}

function bar(element, used, capacity, label) {
  const share = capacity > 0 ? used / capacity : 0;
  element.style.setProperty('--fill', share);
  element.setAttribute('aria-label', label);
  element.setAttribute('aria-valuemin', 0);
  element.setAttribute('aria-valuemax', capacity);
  element.setAttribute('aria-valuenow', used);
  return share;
}

function showApplication(application) {
  text(byId('instance'), `through shared memory · process ${application.process}`);
  byId('note').hidden = application.main;
  if (application.mainPort > 0) {
    byId('main-instance').href = `http://${location.hostname}:${application.mainPort}/`;
  }
}

function showPublisherState(state) {
  byId('publisher').dataset.state = state;
  document.body.dataset.publisher = state;
}

function showPublisher(publisher) {
  const state = publisher.number === 0 ? 'waiting' : !publisher.stale ? 'fresh' : publisher.alive ? 'silent' : 'dead';
  showPublisherState(state);
  text(byId('publisher-word'), { waiting: 'waiting', fresh: 'publishing', silent: 'silent', dead: 'gone' }[state]);
  text(byId('publisher-more'), {
    waiting: 'no sample yet',
    fresh: 'ten samples a second',
    silent: `its process is there, but no new sample for ${age(publisher.ageMillis)}`,
    dead: `no new sample for ${age(publisher.ageMillis)}, waiting for the next publisher`,
  }[state]);
  text(byId('publisher-process'), publisher.process > 0 ? String(publisher.process) : '–');
  text(byId('publisher-number'), publisher.number > 0 ? count(publisher.number) : '–');
  text(byId('publisher-age'), publisher.number === 0 ? '–' : publisher.ageMillis < CALM ? '< 0.2 s' : age(publisher.ageMillis));
}

function showMinute(minute) {
  text(byId('minute-mean'), percent(Number(minute.mean)));
  text(byId('minute-p95'), percent(Number(minute.p95)));
  text(byId('minute-peak'), percent(Number(minute.peak)));
  text(byId('minute-samples'), count(minute.samples));
}

function showSegment(card, segment, at) {
  text(card.querySelector('h2'), `Segment ${segment.name}`);
  text(card.querySelector('.path'), segment.path);
  card.querySelector('.gone').hidden = segment.attached;
  card.querySelector('.meters').hidden = !segment.attached;
  card.querySelector('table').hidden = !segment.attached;
  showProcesses(card.querySelector('.participants'), 'In it', segment.participants);
  showProcesses(card.querySelector('.dead'), 'Died', segment.dead);
  const [byteBar, entryBar] = card.querySelectorAll('.meters .bar');
  const [byteText, entryText] = card.querySelectorAll('.meter-text');
  bar(byteBar, segment.used, segment.size, `bytes in use in ${segment.name}`);
  bar(entryBar, segment.entries, segment.maxEntries, `entries in use in ${segment.name}`);
  text(byteText, `${bytes(segment.used)} of ${bytes(segment.size)}`);
  text(entryText, `${segment.entries} of ${segment.maxEntries}`);
  keyed(card.querySelector('tbody'), segment.structures, s => s.name, 'structure-template',
    (row, structure) => showStructure(row, structure, segment.name, at));
}

function showProcesses(line, what, processes) {
  line.hidden = processes.length === 0;
  text(line, `${what}: ${processes.map(p => `${p.name} ${p.process}`).join(', ')}`);
}

function showStructure(row, structure, segment, at) {
  text(row.querySelector('.name'), structure.name);
  text(row.querySelector('.type'), structure.elementType.split('.').at(-1));
  text(row.querySelector('.kind'), structure.kind);
  text(row.querySelector('.rate'), perSecond(rate(`${segment}/${structure.name}`, at, structure.total)));
  text(row.querySelector('.bytes'), bytes(structure.bytes));
  row.dataset.count = structure.count;
  const level = row.querySelector('.bar');
  const filling = structure.capacity > 0;
  level.hidden = !filling;
  if (filling) {
    const share = bar(level, structure.count, structure.capacity, `elements in ${structure.name}`);
    // A ring that overwrites is meant to be full.
    level.dataset.level = structure.kind === 'ring' ? '' : share >= 1 ? 'full' : share >= 0.75 ? 'high' : '';
    text(row.querySelector('.depth-text'), `${count(structure.count)} / ${count(structure.capacity)}`);
  } else {
    text(row.querySelector('.depth-text'), structure.kind === 'state' ? (structure.count ? 'one value' : 'no value yet')
      : structure.kind === 'array' ? `${count(structure.count)} elements` : count(structure.count));
  }
}

const TONES = { RUNNING: 'good', PAUSED: 'warn', STARTING: 'warn', FAILED: 'bad' };

function showListener(row, listener, at) {
  const paused = listener.state === 'PAUSED';
  row.dataset.state = listener.state;
  text(row.querySelector('.name'), listener.id);
  text(row.querySelector('.channels'), listener.channels.join(', '));
  const state = row.querySelector('.state');
  text(state, listener.state.toLowerCase());
  state.dataset.tone = TONES[listener.state] ?? 'idle';
  text(row.querySelector('.doing .rate'), perSecond(rate(`listener ${listener.id}`, at, listener.taken)));
  text(row.querySelector('.counts'), `${count(listener.taken)} taken`
    + (listener.failed ? `, ${count(listener.failed)} failed` : '')
    + (listener.lost ? `, ${count(listener.lost)} lost` : ''));
  const button = row.querySelector('button');
  button.dataset.action = paused ? 'resumed' : 'paused';
  button.dataset.listener = listener.id;
  button.disabled = !paused && listener.state !== 'RUNNING';
  text(button, paused ? 'Resume' : 'Pause');
  button.setAttribute('aria-label', `${paused ? 'Resume' : 'Pause'} ${listener.id}`);
}

function showOverview(overview) {
  const at = overview.atMillis;
  showApplication(overview.application);
  showPublisher(overview.publisher);
  showMinute(overview.minute);
  keyed(byId('segments'), overview.segments, s => s.name, 'segment-template', (card, s) => showSegment(card, s, at));
  keyed(byId('listeners'), overview.listeners, l => l.id, 'listener-template', (row, l) => showListener(row, l, at));
  text(byId('browsers'), overview.browsers === 1 ? '1 page' : `${overview.browsers} pages`);
  text(byId('dropped'), count(overview.dropped));
}

function alertRow(alert) {
  const row = document.createElement('li');
  const when = document.createElement('time');
  const what = document.createElement('span');
  const chip = document.createElement('span');
  when.textContent = time(alert.takenAt);
  when.className = 'quiet';
  const metric = alert.metric.toLowerCase();
  what.textContent = alert.raised ? `${metric} at ${percent(alert.value)}, limit ${percent(alert.limit)}`
    : `${metric} back at ${percent(alert.value)}`;
  chip.className = 'chip';
  chip.dataset.tone = alert.raised ? 'bad' : 'good';
  chip.textContent = alert.raised ? 'raised' : 'over';
  row.append(when, what, chip);
  return row;
}

function showAlerts(alerts) {
  byId('alerts').replaceChildren(...alerts.map(alertRow));
  countAlerts();
}

function addAlert(alert) {
  const list = byId('alerts');
  list.prepend(alertRow(alert));
  while (list.childElementCount > MOST_ALERTS) {
    list.lastElementChild.remove();
  }
  countAlerts();
}

function countAlerts() {
  const n = byId('alerts').childElementCount;
  byId('alerts-none').hidden = n > 0;
  text(byId('alerts-count'), n === 0 ? '' : n === MOST_ALERTS ? `the last ${n}` : String(n));
}

function showFigures({ sample, cores }) {
  charts.add(sample, cores);
  text(byId('load'), decimal(Number(sample.load.one), 2));
}

// The connection. A browser reconnects by itself after some failures and gives up after others; this covers all.

let source;
let heard = 0;
let retry;

function connection(tone, word) {
  byId('connection').dataset.tone = tone;
  text(byId('connection'), word);
}

function on(name, show) {
  source.addEventListener(name, event => {
    heard = performance.now();
    connection('good', 'live');
    show(JSON.parse(event.data));
  });
}

function connect() {
  clearTimeout(retry);
  source?.close();
  heard = performance.now();
  source = new EventSource('/events');
  on('overview', showOverview);
  on('history', samples => charts.addAll(samples));
  on('alerts', showAlerts);
  on('alert', addAlert);
  on('figures', showFigures);
  source.onerror = () => lost();
}

function lost() {
  source.close();
  connection('bad', 'reconnecting');
  showPublisherState('unknown');
  text(byId('publisher-word'), 'not known');
  text(byId('publisher-more'), 'no connection to the application');
  clearTimeout(retry);
  retry = setTimeout(connect, RETRY);
}

setInterval(() => {
  if (source.readyState === EventSource.OPEN && performance.now() - heard > SILENCE) {
    lost();
  }
}, 1000);

// Operations

async function reason(response) {
  try {
    return (await response.json()).error;
  } catch (e) {
    return `the actuator answers ${response.status}`;
  }
}

async function operate(button) {
  const { listener, action } = button.dataset;
  const said = byId('operation');
  try {
    const response = await fetch(`/actuator/channellisteners/${encodeURIComponent(listener)}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ state: action }),
    });
    said.dataset.tone = response.ok ? '' : 'bad';
    said.textContent = response.ok ? `${listener} ${action}` : `${listener} cannot be ${action}: ${await reason(response)}`;
  } catch (e) {
    said.dataset.tone = 'bad';
    said.textContent = `${listener} cannot be ${action}: no connection`;
  }
}

byId('listeners').addEventListener('click', event => {
  const button = event.target.closest('button');
  if (button) {
    operate(button);
  }
});

// Theme

const themeButton = byId('theme');

function nameTheme() {
  const dark = document.documentElement.dataset.theme === 'dark';
  text(themeButton, dark ? 'Light' : 'Dark');
  themeButton.setAttribute('aria-label', dark ? 'Use light colours' : 'Use dark colours');
}

themeButton.hidden = false;
themeButton.addEventListener('click', () => window.toggleTheme());
document.addEventListener('themechange', nameTheme);
nameTheme();
connect();
