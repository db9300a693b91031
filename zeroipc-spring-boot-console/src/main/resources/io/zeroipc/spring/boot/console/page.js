// The console alone on its page; other pages mount it into theirs.
import { mount } from './console.js';

const settings = await mount(document.getElementById('main'));
if (settings?.application) {
  document.getElementById('application').textContent = settings.application;
  document.title = `${settings.application} · ZeroIPC`;
}
