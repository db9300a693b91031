// Shows what the application tells by server-sent events. Segments and listeners are a matter of the console, which is mounted here.
import { age, clock, count, decimal, percent } from '/actuator/zeroipcconsole/format.js';
import { mount } from '/actuator/zeroipcconsole/console.js';
import { text } from '/actuator/zeroipcconsole/view.js';
import { Charts } from './charts.js';

const byId = id => document.getElementById(id);
const charts = new Charts();
const MOST_ALERTS = 50;
const CALM = 200; // No use in showing how a tenth of a second passes.
const RETRY = 1_000;
const SILENCE = 3_000; // An overview comes four times a second.

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

function showOverview(overview) {
  showApplication(overview.application);
  showPublisher(overview.publisher);
  showMinute(overview.minute);
  text(byId('browsers'), overview.browsers === 1 ? '1 page' : `${overview.browsers} pages`);
  text(byId('dropped'), count(overview.dropped));
}

// The alerts, the newest first, each with its row. One stands until the next one of its figure.
let alerts = [];

function alertRow(alert) {
  const row = document.createElement('li');
  const when = document.createElement('time');
  const what = document.createElement('span');
  const chip = document.createElement('span');
  when.textContent = clock(alert.takenAt / 1e6);
  when.className = 'quiet';
  chip.className = 'chip';
  chip.dataset.tone = alert.raised ? 'bad' : 'good';
  chip.textContent = alert.raised ? 'raised' : 'over';
  row.append(when, what, chip);
  return row;
}

function tellAlert({ alert, row }, next) {
  const metric = alert.metric.toLowerCase();
  const stood = next ? `stood for ${age((next.alert.takenAt - alert.takenAt) / 1e6)}`
    : `has stood for ${age(Math.max(0, Date.now() - alert.takenAt / 1e6))}`;
  row.dataset.standing = alert.raised && !next;
  text(row.children[1], alert.raised ? `${metric} at ${percent(alert.value)}, limit ${percent(alert.limit)}, ${stood}`
    : `${metric} back at ${percent(alert.value)}`);
}

function tellAlerts() {
  const next = new Map();
  for (const each of alerts) {
    tellAlert(each, next.get(each.alert.metric));
    next.set(each.alert.metric, each);
  }
  const standing = alerts.filter(each => each.row.dataset.standing === 'true').length;
  byId('alerts-none').hidden = alerts.length > 0;
  text(byId('alerts-count'), alerts.length === 0 ? '' : `${alerts.length === MOST_ALERTS ? 'the last ' : ''}${alerts.length} ${alerts.length === 1 ? 'alert' : 'alerts'}, `
    + (standing === 0 ? 'none stands' : `${standing} ${standing === 1 ? 'stands' : 'stand'}`));
}

function showAlerts(all) {
  alerts = all.map(alert => ({ alert, row: alertRow(alert) }));
  byId('alerts').replaceChildren(...alerts.map(each => each.row));
  tellAlerts();
}

function addAlert(alert) {
  alerts.unshift({ alert, row: alertRow(alert) });
  byId('alerts').prepend(alerts[0].row);
  alerts.splice(MOST_ALERTS).forEach(each => each.row.remove());
  tellAlerts();
}

setInterval(tellAlerts, 1000);

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

mount(byId('console'));
connect();
