import { escape, SITE } from "../frame.js";

export const data = { permalink: "/feed.xml" };

const entry = (item) => `<entry>
<id>${SITE}${item.url}</id>
<title>${escape(item.data.title)}</title>
<link href="${SITE}${item.url}"/>
<updated>${item.when.slice(0, 19)}+07:00</updated>
<author><name>${escape(item.data.authors.join(", "))}</name></author>
<summary>${escape(item.data.summary)}</summary>
</entry>`;

export function render({ collections }) {
  const newest = collections.news.slice(-20).reverse();
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${SITE}/</id>
<title>Kho báo thử</title>
<updated>${newest[0].when.slice(0, 19)}+07:00</updated>
<link rel="self" href="${SITE}/feed.xml"/>
${newest.map(entry).join("\n")}
</feed>
`;
}
