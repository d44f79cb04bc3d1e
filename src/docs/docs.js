// Sends a GET with the session of the person who looks at the page, and shows the answer. Nothing else is ever sent.
for (const form of document.querySelectorAll("form[data-operation]")) {
  const button = form.querySelector("[data-send]");
  if (!button) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const [, path] = form.dataset.operation.split(" ");
    const place = form.querySelector(".answer");
    const say = (text) => { const pre = document.createElement("pre"); pre.textContent = text; place.replaceChildren(pre); };
    const query = new URLSearchParams();
    const headers = {};
    let url = path;
    for (const input of form.querySelectorAll("input[data-place]")) {
      const value = input.value.trim();
      if (input.dataset.place === "path") {
        if (!value) { input.focus(); return say(`Enter a value for ${input.name}.`); }
        url = url.replace(`{${input.name}}`, encodeURIComponent(value));
      } else if (value && input.dataset.place === "query") query.append(input.name, value);
      else if (value) headers[input.name] = value;
    }
    if (query.size) url += `?${query}`;
    button.disabled = true;
    try {
      const answer = await fetch(url, { headers, credentials: "same-origin" });
      const text = await answer.text();
      if (answer.status === 401) return say("You are not signed in, or your session has expired. Sign in, then try again.");
      let shown = text;
      try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: shown as it is */ }
      say(`${answer.status}\n${shown.slice(0, 100000)}`);
    } catch {
      say("The server did not answer. Check your connection, then try again.");
    } finally {
      button.disabled = false;
    }
  });
}
