// Before the first paint: the reader's own choice, or else what the system wants.
(function () {
  'use strict';
  const KEY = 'zeroipc-theme'; // The storage is that of the whole origin.
  const system = window.matchMedia('(prefers-color-scheme: dark)');

  function chosen() {
    try {
      const stored = localStorage.getItem(KEY);
      return ['light', 'dark'].includes(stored) ? stored : null;
    } catch (e) {
      return null;
    }
  }

  function isDark() {
    return document.documentElement.dataset.theme === 'dark';
  }

  function nameButtons() {
    for (const button of document.querySelectorAll('[data-theme-button]')) {
      button.textContent = isDark() ? 'Use light colours' : 'Use dark colours';
      button.hidden = false;
    }
  }

  function apply() {
    document.documentElement.dataset.theme = chosen() || (system.matches ? 'dark' : 'light');
    nameButtons();
    document.dispatchEvent(new Event('themechange'));
  }

  function toggle() {
    const next = isDark() ? 'light' : 'dark';
    try {
      localStorage.setItem(KEY, next);
    } catch (e) {
      // Without storage the choice holds for nothing: stay with the system's.
    }
    apply();
  }

  system.addEventListener('change', apply);
  document.addEventListener('click', event => event.target.closest?.('[data-theme-button]') && toggle());
  document.addEventListener('DOMContentLoaded', nameButtons);
  apply();
})();
