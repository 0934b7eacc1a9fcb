// What all pages share.
export const SITE = "https://bench.example";
const MARKS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export const escape = (text) => text.replace(/[&<>"]/g, (mark) => MARKS[mark]);

export const day = (when) => `${+when.slice(8, 10)}/${+when.slice(5, 7)}/${when.slice(0, 4)}`;

export function page(url, title, main) {
  return `<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} – Kho báo thử</title>
<link rel="canonical" href="${SITE}${url}">
<link rel="alternate" type="application/atom+xml" href="/feed.xml">
</head>
<body>
<header><a href="/">Kho báo thử</a> <a href="/sections/">Chuyên mục</a> <a href="/tags/">Từ khóa</a> <a href="/authors/">Tác giả</a> <a href="/sources/">Nguồn</a></header>
<main>
${main}
</main>
<footer><a href="/coverage/">Trong kho có gì</a> <a href="/feed.xml">Nguồn tin</a></footer>
</body>
</html>
`;
}
