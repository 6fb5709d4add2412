// What every page loads: fragments by htmx, and the islands. Without it every page still works as links and forms.
import 'htmx.org';
import './drop.js';

/** An element whose script comes after the text: when the page stands and the element is near the window. */
function island(name, module) {
  const found = document.querySelectorAll(name);
  if (found.length === 0) return;
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    import(module).catch((error) => console.error(`${name} stays a table`, error));
  }, { rootMargin: '600px' });
  found.forEach((element) => watch.observe(element));
}

addEventListener('load', () => {
  island('gh-chart', CHART);
  island('gh-map', MAP);
});
