// Runs in the measured page. Times are milliseconds of the page's clock; a frame counts when it has been drawn.
() => {
  const drawn = (act = {}) =>
    new Promise((resolve) =>
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        act.framed ??= performance.now();
        channel.port1.onmessage = () => resolve(performance.now());
        channel.port2.postMessage(0);
      }),
    );
  const isPending = () => CSS.highlights.has("pending");
  const acts = [];
  const tags = document.querySelector(".article-body").getElementsByClassName("is-first");
  const begin = (event) => {
    const act = { pressed: event.timeStamp, tags: tags.length };
    acts.push(act);
    queueMicrotask(async () => {
      const at = await drawn(act);
      // Drawn as waiting, or saved by then.
      if (isPending() || act.saved) act.drawn = at;
    });
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    const act = acts.at(-1);
    if (act && !act.asked && event.target.classList.contains("outbox")) act.asked = performance.now();
  });
  // Saved is what stands in the text as the server wrote it.
  new MutationObserver(async () => {
    const act = acts.at(-1);
    if (!act || act.saved || tags.length === act.tags) return;
    act.saved = performance.now();
    act.shown = await drawn();
  }).observe(document.querySelector(".article-body"), { childList: true, subtree: true });
  document.addEventListener("htmx:beforeSwap", () => {
    const act = acts.at(-1);
    if (act && !act.answered) act.answered = performance.now();
  });
  document.addEventListener("htmx:afterRequest", async (event) => {
    const act = acts.at(-1);
    if (!act || act.settled || !event.target.classList.contains("outbox")) return;
    const at = await drawn();
    act.settled = at;
  });
  // After the page's own listeners: what the key asks for is done then, but for the frame that shows it.
  const end = () => {
    const act = acts.at(-1);
    if (act) act.done ??= performance.now();
  };
  addEventListener("keydown", end);
  addEventListener("pointerup", end);
  window.bench = {
    acts,
    /** Note the next press of a key, or release of the mouse, as the beginning of an act. */
    watch: (name) => document.addEventListener(name, begin, { capture: true, once: true }),
    /** The bare page has nothing beside the text. */
    isDone: (count) =>
      acts.filter((act) => act.shown && (act.settled || !document.querySelector(".outbox"))).length >= count,
    /** Select a few untagged words in the nth long enough text of the page's middle; give where its end lies. */
    select: async (nth) => {
      const texts = [];
      const walker = document.createTreeWalker(document.querySelector(".article-body"), NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const words = walker.currentNode.data.trim().split(" ");
        if (words.length > 3) texts.push(walker.currentNode);
      }
      const node = texts[Math.floor((texts.length * (nth + 0.5)) / 60)];
      node.parentElement.closest("[data-s]").scrollIntoView({ block: "center" });
      const from = node.data.search(/\S/);
      const to = node.data.indexOf(" ", node.data.indexOf(" ", from) + 1);
      document.querySelector(".article-body").focus({ preventScroll: true });
      const range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, to);
      // In a long article the heights around are guessed until they are near: look again where it stands.
      for (let turn = 0; turn < 3; turn += 1) {
        for (let frame = 0; frame < 3; frame += 1) await drawn();
        scrollBy(0, range.getClientRects()[0].top - innerHeight / 2);
      }
      const now = range.getClientRects();
      return { from: [now[0].left + 1, now[0].top + 8], to: [now[now.length - 1].right - 1, now[now.length - 1].top + 8] };
    },
    hold: ({ from, to }) => {
      const start = document.caretPositionFromPoint(...from);
      const end = document.caretPositionFromPoint(...to);
      getSelection().setBaseAndExtent(start.offsetNode, start.offset, end.offsetNode, end.offset);
    },
    /** Scroll for four seconds; give the length of each frame. */
    scroll: () =>
      new Promise((resolve) => {
        scrollTo(0, 0);
        const frames = [];
        let before = 0;
        const step = (now) => {
          if (before) frames.push(now - before);
          before = now;
          scrollBy(0, 120);
          if (frames.length < 240) requestAnimationFrame(step);
          else resolve(frames);
        };
        setTimeout(() => requestAnimationFrame(step), 500);
      }),
    /** Scroll on and lay out the cards anew so often; give how long each took, style and layout included. */
    cards: (rounds) => {
      const column = document.querySelector("card-column");
      const times = [];
      scrollTo(0, 0);
      for (let round = 0; round < rounds; round += 1) {
        scrollBy(0, innerHeight / 2);
        document.body.getBoundingClientRect();
        const start = performance.now();
        column.place();
        column.getBoundingClientRect();
        times.push(performance.now() - start);
      }
      return times;
    },
  };
}
