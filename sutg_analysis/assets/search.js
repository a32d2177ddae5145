// Finds pages that hold every word asked for, in the index that the build wrote beside this file.
"use strict";
(function () {
  const asked = new URLSearchParams(window.location.search).get("q") || "";
  const results = document.getElementById("search-results");
  const status = document.getElementById("search-status");
  document.getElementById("site-search").value = asked;
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return;
  const rank = (page) => {
    const title = page.title.toLowerCase(), text = page.text.toLowerCase();
    if (!words.every((word) => title.includes(word) || text.includes(word))) return 0;
    return 1 + words.filter((word) => title.includes(word)).length;
  };
  const found = window.searchIndex
    .map((page) => ({ page, rank: rank(page) }))
    .filter((hit) => hit.rank)
    .sort((a, b) => b.rank - a.rank);
  status.textContent = found.length + (found.length === 1 ? " page holds " : " pages hold ") + "“" + asked + "”.";
  for (const { page } of found) {
    const at = page.text.toLowerCase().indexOf(words[0]);
    const item = document.createElement("li"), link = document.createElement("a"), around = document.createElement("p");
    link.href = page.href;
    link.textContent = page.title;
    around.textContent = page.text.slice(Math.max(0, at - 60), Math.max(0, at) + 140);
    item.append(link, around);
    results.append(item);
  }
})();
