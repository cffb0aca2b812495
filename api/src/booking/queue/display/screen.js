"use strict";
const main = document.querySelector("main");
const renew = async () => {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    main.replaceChildren(...page.querySelector("main").childNodes);
    document.body.classList.remove("stale");
  } catch {
    document.body.classList.add("stale");
  }
};
let stream;
const listen = () => {
  stream = new EventSource(main.dataset.stream);
  stream.addEventListener("board", renew);
  stream.addEventListener("change", renew);
};
listen();
setInterval(() => {
  if (stream.readyState === EventSource.CLOSED) listen();
  renew();
}, 20000);
