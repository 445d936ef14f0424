"use strict";
// Keeps the page of a run up to date while it is being written. Everything else works without a script.
(() => {
  if (!document.getElementById("live")) return;
  const SOON = 2000, LATER = 15000; // milliseconds: while the run goes on, and when it does not
  const told = () => document.getElementById("live").dataset;

  const take = (fresh) => {
    if (told().writing === "yes" && fresh.dataset.writing === "no") return location.reload(); // its figures are there now
    document.getElementById("live").replaceWith(document.adoptNode(fresh));
  };
  const look = () => {
    if (document.hidden) return setTimeout(look, SOON);
    const request = new XMLHttpRequest();
    request.responseType = "document"; // parsed and never run; trusted types forbid the other ways
    request.open("GET", `${told().address}?seen=${told().stamp}`);
    request.onload = () => {
      const fresh = request.status === 200 && request.response?.getElementById("live");
      if (fresh) take(fresh);
    };
    request.onloadend = () => {
      document.getElementById("lost").hidden = request.status !== 0;
      setTimeout(look, told().writing === "yes" ? SOON : LATER);
    };
    request.send();
  };
  setTimeout(look, SOON);
})();
