"use strict";
/* A save that is held: signed out, another person signed in, a form token too old, a password to be
   changed first (docs/adr/0016). What was typed stays; a notice beside it says what happened; one
   signs in in a dialog (or in another tab), and what was held is saved. */
(() => {
  const page = document.body;
  const signIn = document.getElementById("sign-in");
  const saveAs = document.getElementById("save-as");

  /* Tabs of one browser tell each other who is signed in: a page that is drawn says for whom. */
  const others = window.BroadcastChannel && new BroadcastChannel("dx-signed-in");
  others?.postMessage(page.dataset.user || "");
  if (!signIn) return;

  /* What is held: element → {why, again, note}. */
  const held = new Map();
  const retried = new WeakSet();
  let away = false; // somebody else, or nobody, is known to be signed in

  const takeToken = (token) => {
    if (!token) return;
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => {
      field.value = token;
    });
  };
  /* Who is signed in now; all forms of the page get the token that holds. */
  const standing = async () => {
    const headers = { "X-Part": "standing" };
    const answer = await fetch(page.dataset.keepalive, { credentials: "same-origin", headers });
    const now = await answer.json();
    takeToken(now.token);
    away = now.person !== page.dataset.user;
    return now;
  };

  /* The notice: in a row of its own below a row, else inside the form, else behind the link. */
  const rowNote = (row, note) => {
    const line = document.createElement("tr");
    line.className = "is-note";
    const area = row.closest(".dx-wide");
    const scrolled = area && area.scrollWidth > area.clientWidth;
    const from = scrolled ? 0 : Number(row.dataset.noteFrom || 0);
    if (from) line.insertCell().colSpan = from;
    const cell = line.insertCell();
    cell.colSpan = row.cells.length - from;
    cell.append(note);
    row.after(line);
    return line;
  };
  const place = (element, note) => {
    if (element.matches("tr")) return rowNote(element, note);
    const { noteIn } = element.dataset;
    if (noteIn) document.querySelector(noteIn).append(note);
    else if (element.matches("form")) element.append(note);
    else element.after(note);
    return note;
  };
  const forget = (element) => {
    held.get(element)?.note.remove();
    held.delete(element);
    element.classList.remove("is-held");
  };
  const words = (element) => {
    const said = window.dxSaid?.(element);
    if (element.hasAttribute("hx-get")) return { kept: "", how: "もう一度開けます" };
    if (!said) return { kept: "入力は残っています。", how: "保存できます" };
    const kept = `${said.typed} はまだ保存していません（保存されている値は ${said.stored}）。`;
    return { kept, how: "保存できます" };
  };
  const press = (element) => (element.hasAttribute("hx-get") ? "もう一度開く" : "保存");
  const SENTENCES = {
    "signed-out": (element) => [
      "ログアウトしています。",
      `${words(element).kept}ログインして「${press(element)}」を押すと${words(element).how}。`,
    ],
    "other-person": (element, now) => [
      `いまは${now.name}さんがログインしています。`,
      `${words(element).kept}この画面を開いたのは${page.dataset.userName}さんです。`,
    ],
    "first-password": (element) => [
      "パスワードの変更が先です。",
      `${words(element).kept}変更した後に「${press(element)}」を押してください。`,
    ],
    "stale-token": (element) => [
      "この画面は古くなっています。",
      `${words(element).kept}「${press(element)}」を押しても進まないときは、` +
        "入力を書き写してから画面を読み込み直してください。",
    ],
  };
  const write = (note, why, element, now) => {
    const [head, text] = SENTENCES[why]?.(element, now) || ["", now.text];
    note.querySelector("b").textContent = head;
    note.querySelector("span").textContent = text;
  };
  const draw = (why, element, now) => {
    const note = document.getElementById("held-note").content.firstElementChild.cloneNode(true);
    write(note, why, element, now);
    note.querySelector("[data-held-sign-in]").hidden = why !== "signed-out";
    note.querySelector("[data-held-password]").hidden = why !== "first-password";
    const button = note.querySelector("[data-held-save]");
    button.textContent = why === "other-person" ? `${now.name}さんの名で保存` : press(element);
    button.addEventListener("click", () => {
      if (why === "other-person") adopt(now);
      if (why === "signed-out") settle();
      else held.get(element)?.again();
    });
    note.querySelector("[data-held-sign-in]").addEventListener("click", settle);
    return note;
  };
  const hold = (element, why, now, again) => {
    if (why === "signed-out" || why === "other-person") away = true;
    const before = held.get(element);
    if (before?.why === "signed-out" && why === before.why) {
      write(before.note, why, element, now);
    } else {
      forget(element);
      element.classList.add("is-held");
      held.set(element, { why, again, note: place(element, draw(why, element, now)) });
    }
    element.dispatchEvent(new CustomEvent("dx:held", { bubbles: true }));
  };

  /* From here on the page saves under the name of the person who is signed in now. */
  const adopt = (now) => {
    page.dataset.user = now.person;
    page.dataset.userName = now.name;
    away = false;
    const shown = document.querySelector(".dx-user-name");
    if (shown) shown.textContent = now.name;
  };
  const saveAll = () => [...held.values()].forEach(({ again }) => again());

  /* A dialog that is answered: true when it was confirmed. */
  const answered = (dialog) =>
    new Promise((resolve) => {
      dialog.returnValue = "";
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "done"), {
        once: true,
      });
      dialog.showModal();
    });
  for (const dialog of [signIn, saveAs])
    dialog.addEventListener("click", (event) => {
      if (event.target.closest("[data-close]")) dialog.close();
      if (event.target.closest("[data-confirm]")) dialog.close("done");
    });
  const confirmName = async (now) => {
    for (const place of saveAs.querySelectorAll("[data-name]")) place.textContent = now.name;
    saveAs.querySelector("[data-drawn-by]").textContent = page.dataset.userName;
    if (!(await answered(saveAs))) return false;
    adopt(now);
    return true;
  };

  /* Until the right person is signed in, or one is confirmed; false when it was given up. */
  let asking = null;
  const resolved = async () => {
    let now = await standing();
    if (!now.person) {
      const rows = Math.max(held.size, 1);
      signIn.querySelector("[data-held-rows]").textContent = rows;
      signIn.querySelector("[data-problem]").hidden = true;
      if (!(await answered(signIn))) return false;
      now = await standing();
    }
    return now.person === page.dataset.user || confirmName(now);
  };
  const resolve = () => {
    asking ??= resolved().finally(() => {
      asking = null;
    });
    return asking;
  };
  const settle = async () => {
    try {
      if (!(await resolve())) return;
      document.dispatchEvent(new CustomEvent("dx:signed-in"));
      saveAll();
    } catch {
      window.dxSayLost?.();
    }
  };

  const LOCKED =
    "パスワードを5回続けて間違えたため、15分間ログインできません。" +
    "15分たってから、もう一度お試しください。入力は残っています。";
  const LOST = "つながりません。入力は残っています。少し待ってから、もう一度押してください。";
  const problemOf = async (answer) => {
    if (answer.status === 429) return LOCKED;
    return (await answer.json()).problems?.join("") || LOST;
  };
  const form = signIn.querySelector("form");
  const enter = async () => {
    await standing();
    return fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      credentials: "same-origin",
      headers: { "X-Part": "sign-in" },
    });
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = signIn.querySelector("[data-problem]");
    const password = form.elements.password;
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    let text = "";
    try {
      const answer = await enter();
      if (!answer.ok) text = await problemOf(answer);
    } catch {
      text = LOST;
    }
    button.disabled = false;
    password.value = "";
    problem.hidden = !text;
    problem.querySelector("p").textContent = text;
    if (text) password.focus();
    else signIn.close("done");
  });

  /* htmx: every request says under whose name the page saves; an answer may be held. */
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-Page-User"] = page.dataset.user;
  });
  const sendAgain = (element, submitter) => {
    const trigger = element.getAttribute("hx-trigger") || "";
    const named = ["row-save", "save"].find((name) => trigger.endsWith(name));
    if (named) window.htmx.trigger(element, named);
    else if (element.matches("form")) element.requestSubmit(submitter);
    else element.click();
  };
  const onHeld = (element, why, xhr, submitter) => {
    const now = JSON.parse(xhr.responseText);
    const again = () => sendAgain(element, submitter);
    takeToken(now.token);
    if (why !== "stale-token" || retried.has(element)) {
      retried.delete(element);
      hold(element, why, now, again);
      return;
    }
    retried.add(element);
    setTimeout(again);
  };
  const failed = (event) => {
    const { elt, xhr, requestConfig } = event.detail;
    const submitter = requestConfig?.triggeringEvent?.submitter;
    const why = window.dxHeld.why(event);
    if (why) onHeld(elt, why, xhr, submitter);
    else if (!elt.matches("tr[data-row]")) {
      const text = window.dxWhyNotSaved(event);
      hold(elt, "", { text }, () => sendAgain(elt, submitter));
    }
  };
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"])
    document.addEventListener(name, failed);
  let refocus = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, shouldSwap } = event.detail;
    if (!shouldSwap) return;
    retried.delete(elt);
    refocus = held.get(elt)?.note.contains(document.activeElement) ? elt.id : "";
    forget(elt);
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (refocus) document.getElementById(refocus)?.querySelector("input, textarea")?.focus();
    refocus = "";
  });

  /* A whole page's form, once it is known that nobody (or another) is signed in. */
  const holdForm = async (sent, submitter) => {
    const again = () => {
      forget(sent);
      sent.requestSubmit(submitter);
    };
    const now = await standing().catch(() => ({ text: LOST, lost: true }));
    if (now.person === page.dataset.user) again();
    else if (now.lost) hold(sent, "", now, again);
    else {
      hold(sent, now.person ? "other-person" : "signed-out", now, again);
      settle();
    }
  };
  document.addEventListener("submit", (event) => {
    if (!away || event.defaultPrevented || event.target.method !== "post") return;
    event.preventDefault();
    holdForm(event.target, event.submitter);
  });
  others?.addEventListener("message", ({ data }) => {
    const mine = data === page.dataset.user;
    if (mine && away) standing().catch(() => {});
    away = !mine;
  });

  /* For the other scripts. `post`: a request of ours; null when signing in was given up. */
  const post = async (url, fields, part, again = true) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(url, {
      method: "POST",
      body: new URLSearchParams({ ...fields, csrfmiddlewaretoken: token }),
      credentials: "same-origin",
      headers: { "X-Part": part, "X-Page-User": page.dataset.user },
    });
    if (!answer.headers.get("X-Held")) return answer;
    takeToken((await answer.json()).token);
    if (answer.status === 403) return again ? post(url, fields, part, false) : null;
    return (await resolve()) ? post(url, fields, part) : null;
  };
  window.dxHeld = {
    why: (event) => event.detail.xhr?.getResponseHeader("X-Held") || "",
    standing,
    settle,
    post,
  };
})();
