// Puts times into the viewer's zone, and sections in place as they change. All markup comes escaped from the server.
const { body } = document;
const language = document.documentElement.lang;
const offline = document.getElementById('offline');
const main = document.getElementById('main');
const clock = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
const full = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });

function localise(part) {
  for (const time of part.querySelectorAll('time[datetime]')) {
    const at = new Date(time.dateTime);
    const isToday = at.toDateString() === new Date().toDateString();
    time.textContent = (isToday ? clock : full).format(at);
    time.title = time.dateTime;
  }
}

/** What has the focus is found again by its id or address. */
const keyOf = (element) => element?.id || element?.getAttribute?.('href') || null;
const openIn = (part) => [...part.querySelectorAll('details')].map((each) => each.open);

function put(section, markup) {
  const { activeElement } = document;
  const key = section.contains(activeElement) ? keyOf(activeElement) : null;
  // What somebody is typing is not taken away.
  if (section.contains(activeElement) && activeElement.matches('input')) return;
  const wereOpen = openIn(section);
  section.innerHTML = markup;
  section.querySelectorAll('details').forEach((each, at) => {
    each.open = wereOpen[at] ?? false;
  });
  localise(section);
  if (key !== null) [...section.querySelectorAll('a, [id]')].find((each) => keyOf(each) === key)?.focus();
}

function sectionAfter(last, id) {
  const known = document.getElementById(`s-${id}`);
  if (known !== null && known.previousElementSibling === last) return known;
  const section = known ?? Object.assign(document.createElement('section'), { id: `s-${id}` });
  last.after(section);
  return section;
}

function show(list) {
  const first = main.querySelector('section');
  let last = first === null ? main.lastElementChild : first.previousElementSibling;
  for (const [id, markup] of list) {
    const section = sectionAfter(last, id);
    if (markup !== null) put(section, markup);
    last = section;
  }
  while (last.nextElementSibling !== null) last.nextElementSibling.remove();
}

localise(document);
function follow() {
  const source = new EventSource(body.dataset.live);
  source.onmessage = ({ data }) => {
    offline.hidden = true;
    show(JSON.parse(data));
  };
  source.onerror = () => {
    offline.hidden = false;
  };
}
// Once what is there has been painted.
if (body.dataset.live) requestAnimationFrame(() => setTimeout(follow));
