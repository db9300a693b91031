// Before the first paint: the reader's own choice, or else what the system wants.
(function () {
  'use strict';
  const system = window.matchMedia('(prefers-color-scheme: dark)');

  function chosen() {
    try {
      return localStorage.getItem('theme');
    } catch (e) {
      return null;
    }
  }

  function apply() {
    document.documentElement.dataset.theme = chosen() || (system.matches ? 'dark' : 'light');
    document.dispatchEvent(new Event('themechange'));
  }

  window.toggleTheme = function () {
    const next = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    try {
      localStorage.setItem('theme', next);
    } catch (e) {
      // Without storage the choice holds for nothing: stay with the system's.
    }
    apply();
  };

  system.addEventListener('change', apply);
  apply();
})();
