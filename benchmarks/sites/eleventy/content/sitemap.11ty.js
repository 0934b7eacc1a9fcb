import { SITE } from "../frame.js";

export const data = { permalink: "/sitemap.xml" };

export function render({ collections }) {
  return `<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${collections.news.map((item) => `<url><loc>${SITE}${item.url}</loc><lastmod>${item.when.slice(0, 19)}+07:00</lastmod></url>`).join("\n")}
</urlset>
`;
}
