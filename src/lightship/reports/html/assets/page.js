"use strict";
/* The page is complete without this: it adds the map, sorting, finding and the choice of light or dark. */
(() => {
  const $ = (selector, inside = document) => inside.querySelector(selector);
  const $$ = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const words = JSON.parse($("#words").textContent);
  const megabytes = (size) => (size / 1e6).toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

  // Light and dark: as the system says, until somebody says otherwise.
  const theme = $("#theme"), root = document.documentElement;
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  const named = () => { theme.textContent = dark() ? words.light : words.dark; };
  theme.hidden = false;
  named();
  theme.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    named();
  });

  // Sorting: the head cells of sortable tables become buttons.
  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent.trim() : Number(cell.dataset.value);
  };
  const order = new Intl.Collator("en", { numeric: true });
  for (const table of $$("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = make("button", { type: "button" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const numeric = head.classList.contains("num");
        const first = numeric ? "descending" : "ascending", second = numeric ? "ascending" : "descending";
        const direction = head.getAttribute("aria-sort") === first ? second : first;
        heads.forEach((one) => one.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", direction);
        const sign = direction === "ascending" ? 1 : -1;
        const compare = (a, b) => (typeof a === "number" ? a - b : order.compare(a, b)) * sign;
        table.tBodies[0].append(...[...table.tBodies[0].rows].sort((a, b) => compare(value(a, column), value(b, column))));
      });
    });
  }

  // Finding packages.
  const packages = $("#package-table");
  if (packages) {
    const find = $("#find"), count = $("#count");
    let only = "";
    const filter = () => {
      const word = find.value.trim().toLowerCase();
      let shown = 0;
      for (const row of packages.tBodies[0].rows) {
        row.hidden = (only && row.dataset.state !== only) || !row.textContent.toLowerCase().includes(word);
        shown += !row.hidden;
      }
      count.textContent = `${words.packages}: ${shown}`;
    };
    $("#filters").hidden = false;
    find.addEventListener("input", filter);
    for (const button of $$("[data-only]")) {
      button.addEventListener("click", () => {
        only = button.dataset.only;
        $$("[data-only]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
        filter();
      });
    }
    filter();
  }

  // The map of directories.
  const VIEWS = {
    before: (node) => node.before,
    after: (node) => node.after,
    gone: (node) => Math.max(0, node.before - node.after),
  };
  const DEPTH = 6, HEAD = 19, GAP = 2, LEAST = 5, OPEN_WIDTH = 90, OPEN_HEIGHT = 64;
  const read = ([name, before, after, files, children = []], parent) => {
    const node = { name, before, after, files, parent, path: parent ? `${parent.path}/${name}` : "" };
    node.children = children.map((child) => read(child, node));
    return node;
  };
  const pathOf = (node) => node.path || "/";
  const share = (node) => (node.before ? Math.min(1, node.after / node.before) : 1);
  const said = (node, view) => {
    const kept = view === "before" && compared ? `, ${megabytes(node.after)} MB ${words.after}` : "";
    return `${pathOf(node)}: ${megabytes(VIEWS[view](node))} MB ${words[view]}${kept}, ${node.files.toLocaleString("en")} ${words.files}`;
  };
  let compared = false;

  // From what went away (sand) to what ships (teal); the ink on both is dark in either theme.
  const colour = (node, view) => {
    const kept = view === "gone" ? 0 : view === "after" || !compared ? 1 : share(node);
    return `color-mix(in srgb, var(--map-ships) ${Math.round(kept * 100)}%, var(--map-gone))`;
  };

  const mapOf = (place, tree) => {
    const board = $(".treemap", place), crumbs = $(".crumbs", place), now = $(".now", place), list = $("tbody", place);
    let view = "before", at = tree;

    const go = (node, focus = true) => {
      at = node;
      draw();
      if (focus) board.querySelector(".tile")?.focus();
      now.textContent = said(at, view);
    };
    const tell = (node) => { now.textContent = said(node, view); };

    const draw = () => {
      const width = board.clientWidth, height = board.clientHeight;
      const size = (node) => (node.children.length ? 0 : VIEWS[view](node));
      const laid = d3.hierarchy(at, (node) => node.children).sum(size).sort((a, b) => b.value - a.value);
      // A directory is open where there is room to tell what is in it; d3 asks for the padding once its place is known.
      const open = (node) => node.children && node.depth < DEPTH &&
        (!node.depth || (node.x1 - node.x0 >= OPEN_WIDTH && node.y1 - node.y0 >= OPEN_HEIGHT));
      d3.treemap().size([width, height]).paddingInner(GAP).paddingOuter(1).round(true)
        .paddingTop((node) => (node.depth && open(node) ? HEAD : 1))(laid);
      const visible = (node) => node.x1 - node.x0 >= LEAST && node.y1 - node.y0 >= LEAST;
      const shown = [];
      const collect = (node) => {
        for (const child of node.children || []) {
          if (!visible(child)) continue;
          shown.push([child, open(child)]);
          if (open(child)) collect(child);
        }
      };
      collect(laid);
      board.replaceChildren(...shown.map(([node, group], index) => tile(node, group, index, width, height)));
      crumb();
      listing();
      now.textContent = said(at, view);
    };

    const tile = (laid, group, index, width, height) => {
      const node = laid.data, into = node.children.length > 0;
      const w = laid.x1 - laid.x0, h = laid.y1 - laid.y0;
      const element = make("button", { type: "button", className: `tile${into ? " into" : ""}${group ? " group" : ""}`, tabIndex: index ? -1 : 0 });
      const percent = (part, whole) => `${(part / whole) * 100}%`;
      Object.assign(element.style, { left: percent(laid.x0, width), top: percent(laid.y0, height), width: percent(w, width), height: percent(h, height) });
      if (!group) element.style.background = colour(node, view);
      element.setAttribute("aria-label", said(node, view));
      element.dataset.depth = laid.depth;
      if (w > 34 && h > 15) {
        const figure = w > 110 ? `  ${megabytes(laid.value)}` : "";
        element.append(make("span", { textContent: node.name + figure }));
      }
      element.addEventListener("click", () => into && go(node));
      element.addEventListener("focus", () => tell(node));
      element.addEventListener("mouseenter", () => tell(node));
      element.node = node;
      return element;
    };

    const crumb = () => {
      const trail = [];
      for (let node = at; node; node = node.parent) trail.unshift(node);
      crumbs.replaceChildren(...trail.flatMap((node, index) => {
        const name = node.name || "/";
        if (node === at) return [make("span", { textContent: name, ariaCurrent: "true" })];
        const button = make("button", { type: "button", textContent: name });
        button.addEventListener("click", () => go(node));
        return index ? [button, make("i", { textContent: "/" })] : [button];
      }));
    };

    const listing = () => {
      const children = [...at.children].sort((a, b) => VIEWS[view](b) - VIEWS[view](a));
      list.replaceChildren(...children.map((node) => {
        const name = make("th", { scope: "row" });
        if (node.children.length) {
          const button = make("button", { type: "button", textContent: node.name });
          button.addEventListener("click", () => go(node, false));
          name.append(button);
        } else name.textContent = node.name;
        const figure = (text) => make("td", { className: "num", textContent: text });
        return make("tr", {}, name, figure(megabytes(node.before)), figure(megabytes(node.after)), figure(node.files.toLocaleString("en")));
      }));
    };

    // One tab stop; arrows move between tiles.
    board.addEventListener("keydown", (event) => {
      const tiles = [...board.children], index = tiles.indexOf(document.activeElement);
      if (event.key === "Escape" || event.key === "Backspace") {
        if (at.parent) { event.preventDefault(); go(at.parent); }
        return;
      }
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const target = event.key === "Home" ? 0 : event.key === "End" ? tiles.length - 1 : index + step;
      if (index < 0 || !tiles[target]) return;
      event.preventDefault();
      tiles[index].tabIndex = -1;
      tiles[target].tabIndex = 0;
      tiles[target].focus();
    });
    board.addEventListener("mouseleave", () => { now.textContent = said(at, view); });
    for (const button of $$("[data-view]", place)) {
      button.addEventListener("click", () => {
        view = button.dataset.view;
        $$("[data-view]", place).forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
        draw();
      });
    }
    place.hidden = false;
    compared = $$("[data-view]", place).length > 0;
    let known = 0;
    new ResizeObserver(() => {
      if (board.clientWidth !== known) { known = board.clientWidth; draw(); }
    }).observe(board);
  };
  const tree = $("#tree");
  if (tree) mapOf($("#map"), read(JSON.parse(tree.textContent), null));
})();
