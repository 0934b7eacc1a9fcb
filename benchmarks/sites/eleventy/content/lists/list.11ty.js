import { day, escape, page } from "../../frame.js";

export const data = {
  pagination: { data: "collections.lists", size: 1, alias: "list" },
  permalink: (data) => `${data.list.url}index.html`,
};

const cards = (pages) => `<ul>
${pages.map((item) => `<li><a href="${item.url}">${escape(item.data.title)}</a> ${day(item.when)}</li>`).join("\n")}
</ul>`;

const link = (each) => `<a href="${each.url}">${escape(each.words)}</a> ${each.n}`;

export function render({ list }) {
  const parts = [`<h1>${escape(list.title)}</h1>`];
  if (list.links.length) parts.push(`<ul>\n${list.links.map((each) => `<li>${link(each)}</li>`).join("\n")}\n</ul>`);
  for (const found of list.days ?? []) parts.push(`<h2>${link(found.link)}</h2>`, cards(found.pages));
  if (list.pages.length) parts.push(cards(list.pages));
  return page(list.url, list.title, parts.join("\n"));
}
