// What charts and maps share: the data of a figure, and the colours of the page.

/** The figure behind an element: read once from its address. */
export async function figure(element) {
  const response = await fetch(element.getAttribute('src'), { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${element.getAttribute('src')}: ${response.status}`);
  return response.json();
}

/** A colour of the page by the name of its variable. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Calls back when light turns to dark or back. */
export function onScheme(callback) {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', callback);
}

/** A number as people of the page's language write it. */
export function spelled(value, digits = 1) {
  if (value === null || value === undefined) return '–';
  const language = document.documentElement.lang === 'en' ? 'en-GB' : 'nb-NO';
  // The table beside it has a minus sign too, never a hyphen; what rounds to nothing has none.
  const text = value.toLocaleString(language, { maximumFractionDigits: digits }).replace(/^-/, '\u2212');
  return /^\u2212[0.,]*$/.test(text) ? text.slice(1) : text;
}
