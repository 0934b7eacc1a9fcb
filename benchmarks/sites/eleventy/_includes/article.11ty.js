import { day, escape, page } from "../frame.js";
import { address } from "../shelves.js";

const links = (kind, names) =>
  names.map((name) => `<a href="${address(kind, name)}">${escape(name)}</a>`).join(" ");

export function render(data) {
  const when = new Date(data.page.date.getTime() + 7 * 3600 * 1000).toISOString();
  const [before, after] = data.beside.get(data.page.inputPath);
  const near = (item) => item ? `<a href="${item.url}">${escape(item.data.title)}</a>` : "";
  return page(data.page.url, data.title, `<article>
<p>${links("sections", [data.section])}</p>
<h1>${escape(data.title)}</h1>
<p>${links("authors", data.authors)} <time datetime="${when.slice(0, 19)}+07:00">${day(when)}</time></p>
<p>${escape(data.summary)}</p>
${data.content}
<p>${links("tags", data.topics)}</p>
<p>${links("sources", [data.source])} <a href="${data.source_url}">${data.source_url}</a></p>
</article>
<nav>${near(before)}
${near(after)}</nav>`);
}
