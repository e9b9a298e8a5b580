/**
 * GitHub's Markdown, as far as a check's words can have it: tables, emphasis, code, links, mentions, paragraphs. What
 * somebody did not escape shows as GitHub would make it show: a link, a mention, a row more.
 * @see https://github.github.com/gfm/
 */
export function rendered(markdown: string): string {
  const blocks = markdown.split(/\n{2,}/);
  return blocks
    .map((block) => (/^\|.*\|\n\|[\s|:-]+\|/.test(block) ? table(block) : paragraph(block)))
    .join('');
}

const paragraph = (block: string): string => `<p>${inline(block)}</p>`;

function table(block: string): string {
  const [head = '', , ...rows] = block.split('\n');
  const row = (line: string, tag: string) =>
    `<tr>${cellsOf(line)
      .map((cell) => `<${tag}>${inline(cell)}</${tag}>`)
      .join('')}</tr>`;
  return `<table>${row(head, 'th')}${rows.map((line) => row(line, 'td')).join('')}</table>`;
}

const cellsOf = (line: string): string[] =>
  line
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

/** Escaped first, except for entities, which Markdown knows. */
function inline(text: string): string {
  return text
    .replace(/&(?!#\d+;)/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/\\([!-/:-@[-`{-~])/g, (_, mark: string) => `&#${mark.charCodeAt(0)};`)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/\[([^\]]*)\]\(([^)]*)\)/g, '<a href="$2">$1</a>')
    .replace(/(?<![\w"])(https?:\/\/[^\s<]+)/g, '<a href="$1">$1</a>')
    .replace(/(?<![\w&])@([\w-]+)/g, '<a class="mention" href="/$1">@$1</a>')
    .replace(/\n/g, '<br>');
}
