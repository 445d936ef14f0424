"use strict";
// Texts reach the page escaped by the server; here they are only ever read from inputs and put into text nodes.
(() => {
  const byId = (name) => document.getElementById(name);
  const alarm = (text) => {
    byId("alarm").textContent = text;
    byId("alarm").hidden = !text;
  };
  const post = async (url, values) => {
    let answer;
    try {
      answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(values), keepalive: true });
    } catch {
      throw new Error("the program is not running any more. Start the command again and open the address that it prints");
    }
    if (answer.ok) return answer.json();
    const told = await answer.text();
    let text = told;
    try { text = JSON.parse(told).error; } catch { /* a refusal in plain words */ }
    throw new Error(text);
  };

  const who = byId("who");
  if (who) {
    const start = (name) => post("/rater", { rater: name }).then(() => location.assign("/"), (error) => alarm(error.message));
    who.addEventListener("submit", (event) => { event.preventDefault(); start(byId("name").value); });
    for (const known of who.querySelectorAll("[data-name]")) known.addEventListener("click", () => start(known.dataset.name));
    byId("name").focus();
  }

  const form = byId("work");
  if (!form) return;
  const single = form.dataset.mode === "single";
  const questions = [...form.querySelectorAll(".question")];
  const inputs = (question) => [...question.querySelectorAll("input")];
  const chosen = (question) => inputs(question).find((input) => input.checked);
  const isOpen = (question) => !chosen(question);
  const note = byId("note");

  // Saving: one request at a time, each with everything on the page, so that the last one that arrives is the newest.
  let unsaved = false, queue = Promise.resolve(true), timer = 0;
  const label = () => ({
    rater: form.dataset.rater,
    verdicts: single ? Object.fromEntries(questions.filter(chosen).map((q) => [q.dataset.criterion, chosen(q).value])) : {},
    preferred: single ? "" : (chosen(questions[0])?.value ?? ""),
    note: note.value,
  });
  const send = async () => {
    if (!unsaved) return true;
    unsaved = false;
    try {
      const answer = await post(form.dataset.save, label());
      byId("done").textContent = byId("bar").value = answer.done;
      if (!unsaved) byId("saved").textContent = "Saved";
      alarm("");
      return true;
    } catch (error) {
      unsaved = true;
      byId("saved").textContent = "Not saved";
      alarm(`Not saved: ${error.message}.`);
      return false;
    }
  };
  const save = () => {
    clearTimeout(timer);
    queue = queue.then(send);
    return queue;
  };
  const changed = () => {
    unsaved = true;
    byId("saved").textContent = "Saving …";
    return save();
  };
  note.addEventListener("input", () => {
    unsaved = true;
    byId("saved").textContent = "Saving …";
    clearTimeout(timer);
    timer = setTimeout(save, 500);
  });
  note.addEventListener("blur", save);
  addEventListener("pagehide", save);
  addEventListener("beforeunload", (event) => {
    if (!unsaved) return;
    if (byId("alarm").hidden) save();
    else event.preventDefault(); // saving has failed: say so before the page is gone
  });

  // Which question the keys are about.
  let current = Math.max(0, questions.findIndex(isOpen));
  const mark = () => questions.forEach((question, index) => question.classList.toggle("current", index === current));
  const show = (index, { focus = true } = {}) => {
    current = Math.min(Math.max(index, 0), questions.length - 1);
    mark();
    if (!focus) return;
    questions[current].focus({ preventScroll: true });
    questions[current].scrollIntoView({ block: "nearest" });
  };
  const told = () => {
    questions.forEach((question) => question.classList.toggle("answered", !isOpen(question)));
    for (const section of form.querySelectorAll("[data-side]")) section.classList.toggle("better", chosen(questions[0])?.value === section.dataset.side);
    if (single) byId("answered").textContent = `${questions.length - questions.filter(isOpen).length} of ${questions.length}`;
    form.classList.toggle("complete", !questions.some(isOpen));
    remember();
  };
  // A second press on what is chosen takes it back.
  const remember = () => questions.flatMap(inputs).forEach((input) => { input.dataset.was = input.checked ? "yes" : ""; });
  const answer = (question, input) => {
    for (const each of inputs(question)) each.checked = each === input;
    told();
    return changed();
  };
  const following = () => {
    const after = questions.findIndex((question, index) => index > current && isOpen(question));
    return after >= 0 ? after : questions.findIndex(isOpen);
  };
  questions.forEach((question, index) => {
    question.addEventListener("focusin", () => { current = index; mark(); });
    for (const input of inputs(question)) {
      input.addEventListener("click", () => {
        if (input.dataset.was) answer(question, null);
      });
      input.addEventListener("change", () => answer(question, input));
    }
  });

  const leave = async (url) => {
    if (url && (await save())) location.assign(url);
  };
  const next = async () => {
    const open = questions.filter(isOpen).length;
    if (!open) return leave(form.dataset.next);
    show(questions.findIndex(isOpen));
    if (await save()) byId("saved").textContent = single ? `${open} still open: answer, or skip` : "Choose one, or skip";
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); next(); });
  byId("back").addEventListener("click", () => leave(form.dataset.back));
  byId("skip").addEventListener("click", () => leave(form.dataset.next));
  byId("keys").addEventListener("click", () => byId("help").showModal());

  const pressed = (key) => {
    const question = questions[current];
    const input = inputs(question).find((each) => each.dataset.key === key);
    if (input) {
      if (!input.checked) answer(question, input);
      const open = following();
      if (open >= 0) show(open);
      return true;
    }
    const act = {
      ArrowDown: single && (() => show(current + 1)),
      ArrowUp: single && (() => show(current - 1)),
      Backspace: () => answer(question, null),
      Delete: () => answer(question, null),
      Enter: next,
      u: () => leave(form.dataset.back),
      s: () => leave(form.dataset.next),
      w: () => note.focus(),
      "?": () => byId("help").showModal(),
    }[key];
    if (act) act();
    return Boolean(act);
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || byId("help").open) return;
    if (event.target === note) {
      if (event.key === "Escape") show(current);
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); next(); }
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
    if (event.repeat && event.key === "Enter") return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (pressed(key)) event.preventDefault();
  });

  told();
  mark();
})();
