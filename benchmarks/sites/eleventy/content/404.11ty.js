export const data = { permalink: "/404.html" };

export function render() {
  return `<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<title>Không có trang này</title>
</head>
<body>
<h1>Không có trang này</h1>
<p><a href="/">Kho báo thử</a></p>
</body>
</html>
`;
}
