(() => {
  const find = (query, root = document) => [...root.querySelectorAll(query)];
  const search = document.getElementById("search");
  const articles = find("article");
  const links = new Map(find("aside li").map((item) => [item.dataset.for, item]));

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let hits = 0;
    for (const article of articles) {
      const match = words.every((word) => article.dataset.find.includes(word));
      article.hidden = !match;
      const item = links.get(article.id);
      if (item) item.hidden = !match;
      hits += match;
    }
    for (const part of find("main > section.layer, aside nav section"))
      part.hidden = words.length > 0 && !part.querySelector("article:not([hidden]), li:not([hidden])");
    for (const part of find("aside nav h3"))
      part.hidden = !part.nextElementSibling.querySelector("li:not([hidden])");
    for (const part of find(".overview, .hero")) part.hidden = words.length > 0;
    document.getElementById("nothing").hidden = hits > 0;
  };
  search.addEventListener("input", filter);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) { event.preventDefault(); search.focus(); }
    if (event.key === "Escape" && search.value) { search.value = ""; filter(); }
  });
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.closest("[hidden]")) { search.value = ""; filter(); target.scrollIntoView(); }
  };
  addEventListener("hashchange", reveal);

  const picture = document.querySelector(".picture svg");
  const edges = find(".edges path", picture);
  const nodes = find(".nodes a", picture);
  const reach = (start, from, to) => {
    const found = new Set([start]);
    const lines = new Set();
    for (const name of found)
      for (const edge of edges)
        if (edge.dataset[from] === name) { found.add(edge.dataset[to]); lines.add(edge); }
    return [found, lines];
  };
  const light = (name) => {
    const [up, upLines] = reach(name, "to", "from");
    const [down, downLines] = reach(name, "from", "to");
    picture.classList.add("lit");
    for (const node of nodes) node.classList.toggle("on", up.has(node.dataset.name) || down.has(node.dataset.name));
    for (const edge of edges) edge.classList.toggle("on", upLines.has(edge) || downLines.has(edge));
  };
  for (const node of nodes) {
    for (const event of ["mouseenter", "focus"]) node.addEventListener(event, () => light(node.dataset.name));
    for (const event of ["mouseleave", "blur"]) node.addEventListener(event, () => picture.classList.remove("lit"));
  }

  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const item = links.get(entry.target.id);
      if (item) item.classList.toggle("here", entry.isIntersecting);
    }
  }, { rootMargin: "-20% 0px -70% 0px" });
  for (const article of articles) watcher.observe(article);
})();
