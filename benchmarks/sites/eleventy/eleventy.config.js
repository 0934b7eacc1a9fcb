import { dateOf, shelve } from "./shelves.js";

const beside = new Map();
let news;

export default function (config) {
  const all = (api) => {
    if (news) return news;
    news = api.getFilteredByGlob("content/articles/**/*.md").sort((a, b) => a.date - b.date);
    news.forEach((item, at) => {
      dateOf(item);
      beside.set(item.inputPath, [news[at - 1], news[at + 1]]);
    });
    return news;
  };
  config.addCollection("news", all);
  config.addCollection("lists", (api) => shelve(all(api)));
  config.addGlobalData("beside", () => beside);
  return {
    dir: { input: "content", includes: "../_includes", output: "_site" },
    markdownTemplateEngine: false,
  };
}
