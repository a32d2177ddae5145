// What pages gain where a browser runs scripts: icon tables that sort and filter, and charts that answer a pointer
// or the arrow keys. Without it every chart, number and word is on the page all the same.
"use strict";
(function () {
  const here = document.currentScript.src;
  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // Quarto's navigation bar has no name of its own, and a role that its button may not have.

  for (const bar of document.querySelectorAll("nav.navbar:not([aria-label])")) bar.setAttribute("aria-label", "Site");
  for (const button of document.querySelectorAll("button.navbar-toggler[role=menu]")) button.removeAttribute("role");

  // Icon tables.

  const filters = { priority: "Priority", variation: "Variation", assurance: "Assurance" };
  let tables = 0;

  function sortable(table, column, button, head) {
    button.addEventListener("click", () => {
      const upwards = head.getAttribute("aria-sort") !== "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", upwards ? "ascending" : "descending");
      const body = table.tBodies[0];
      const key = (row) => row.cells[column].dataset.order ?? row.cells[column].textContent.trim();
      const rows = [...body.rows].sort((a, b) => key(a).localeCompare(key(b), "en", { numeric: true }));
      const numbers = [...body.rows].some((row) => row.cells[column].dataset.order !== undefined);
      if (numbers) rows.sort((a, b) => Number(key(a)) - Number(key(b)) || 0);
      body.append(...(upwards ? rows : rows.reverse()));
    });
  }

  function makeSortable(table) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      if (head.textContent === "Course") return;
      const button = make("button", { type: "button", className: "sutg-sort" }, head.textContent);
      head.replaceChildren(button);
      sortable(table, column, button, head);
    });
  }

  function makeFilterable(table) {
    const rows = [...table.tBodies[0].rows];
    const form = make("form", { className: "sutg-filters" });
    form.setAttribute("role", "search");
    form.setAttribute("aria-label", "Filter: " + table.caption.textContent);
    const status = make("p", { className: "sutg-filtered" });
    status.setAttribute("role", "status");
    const key = "filter-" + ++tables;
    const box = make("input", { type: "search", id: key, autocomplete: "off" });
    const field = (title, control) => make("div", {}, make("label", { htmlFor: control.id }, title), control);
    const fields = [field("Name", box)];
    const chosen = {};
    for (const [name, title] of Object.entries(filters)) {
      const found = [...new Set(rows.map((row) => row.getAttribute("data-only-" + name)).filter(Boolean))].sort();
      if (found.length < 2) continue;
      const select = make("select", { id: key + name }, make("option", { value: "" }, "All"));
      select.append(...found.map((value) => make("option", { value }, value)));
      fields.push(field(title, select));
      chosen[name] = select;
    }
    const apply = () => {
      const word = box.value.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        const fits = Object.entries(chosen).every(([name, { value }]) => !value || row.getAttribute("data-only-" + name) === value);
        row.hidden = !(fits && row.cells[0].textContent.toLowerCase().includes(word));
        if (!row.hidden) shown += 1;
      }
      status.textContent = shown === rows.length ? "" : `${shown} of ${rows.length} rows shown.`;
    };
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.append(...fields, status);
    table.closest(".sutg-scroll").before(form);
  }

  for (const table of document.querySelectorAll(".sutg-icon-table")) {
    makeSortable(table);
    if (table.tBodies[0].rows.length > 3) makeFilterable(table);
  }

  // Charts. The drawing on the page is replaced by a living one when it is first pointed at or reached by keyboard.

  let arriving;
  function vega() {
    const inside = document.getElementById("sutg-vega"); // a page that stands alone carries it, unread until asked for
    if (inside && !window.vegaEmbed) document.head.append(make("script", { textContent: inside.textContent }));
    if (window.vegaEmbed) return Promise.resolve(window.vegaEmbed);
    arriving ??= new Promise((resolve, reject) => {
      const script = make("script", { src: new URL("vega.js", here).href, onerror: reject });
      script.onload = () => resolve(window.vegaEmbed);
      document.head.append(script);
    });
    return arriving;
  }

  // Points that answer a pointer, in the order of time, with their places in the drawing.
  function pointsOf(view) {
    const found = [];
    const visit = (item, x, y) => {
      if (item.marktype === "symbol") {
        for (const point of item.items) if (point.tooltip) found.push({ point, x: x + point.x, y: y + point.y });
        return;
      }
      const inside = item.items || [];
      const [dx, dy] = item.marktype ? [x, y] : [x + (item.x || 0), y + (item.y || 0)];
      for (const child of inside) visit(child, dx, dy);
    };
    const [x, y] = view.origin();
    visit(view.scenegraph().root, x, y);
    return found;
  }

  function keyboard(drawing, view, live) {
    const points = pointsOf(view);
    let at = points.length;
    const show = () => {
      const { point, x, y } = points[at];
      const frame = drawing.querySelector(".vega-embed svg").getBoundingClientRect();
      const scale = frame.width / drawing.querySelector(".vega-embed svg").viewBox.baseVal.width || 1;
      const place = { clientX: frame.left + x * scale, clientY: frame.top + y * scale };
      view.tooltip()(view, new MouseEvent("mousemove", place), point, point.tooltip);
      live.textContent = Object.entries(point.tooltip).map(([name, value]) => `${name}: ${value}`).join(", ");
    };
    const hide = () => view.tooltip()(view, new MouseEvent("mouseout"), null, null);
    drawing.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: points.length - 1 };
      if (event.key === "Escape") return hide();
      if (!(event.key in moves) || !points.length) return;
      event.preventDefault();
      at = Math.max(0, Math.min(points.length - 1, moves[event.key]));
      show();
    });
    drawing.addEventListener("blur", hide);
  }

  // What a tip says, a screen reader hears from the live text: the tip itself stands outside every landmark.
  function hideTip() {
    if (document.getElementById("vg-tooltip-element")) return;
    const tip = make("div", { id: "vg-tooltip-element", className: "vg-tooltip" });
    tip.setAttribute("aria-hidden", "true");
    document.body.append(tip);
  }

  function enliven(drawing) {
    if (drawing.dataset.live) return;
    const size = [...drawing.querySelectorAll("svg.sutg-art")].find((svg) => svg.getClientRects().length);
    const spec = drawing.querySelector(`script.sutg-spec[data-size="${size.classList.contains("sutg-narrow") ? "narrow" : "wide"}"]`);
    if (!spec) return;
    drawing.dataset.live = "on its way";
    const room = make("div", { className: "sutg-art sutg-live" });
    const options = { actions: false, renderer: "svg", ast: false };
    vega()
      .then((embed) => embed(room, JSON.parse(spec.textContent), options))
      .then(({ view }) => {
        const svg = room.querySelector("svg");
        svg.setAttribute("role", "img");
        svg.setAttribute("aria-label", size.querySelector("title").textContent);
        for (const part of svg.querySelectorAll("[aria-label],[role]")) {
          part.removeAttribute("aria-label");
          part.removeAttribute("role");
          part.removeAttribute("aria-roledescription");
        }
        svg.firstElementChild.setAttribute("aria-hidden", "true");
        room.classList.add(size.classList.contains("sutg-narrow") ? "sutg-narrow" : "sutg-wide");
        size.after(room);
        size.remove();
        const live = make("p", { className: "sutg-hidden" });
        live.setAttribute("aria-live", "polite");
        drawing.append(live);
        hideTip();
        keyboard(drawing, view, live);
        drawing.dataset.live = "yes";
      })
      .catch(() => delete drawing.dataset.live);
  }

  for (const drawing of document.querySelectorAll(".sutg-drawing")) {
    if (!drawing.querySelector("script.sutg-spec")) continue;
    drawing.tabIndex = 0;
    drawing.setAttribute("role", "group");
    drawing.setAttribute("aria-label", "Chart. Left and right arrow keys read its points.");
    for (const kind of ["pointerenter", "focus"]) drawing.addEventListener(kind, () => enliven(drawing));
  }
})();
