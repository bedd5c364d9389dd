// Runs before the first paint, so that no page flashes in the wrong colours.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem("slipway.theme");
  } catch (error) {
    // Storage is blocked: the system's choice holds.
  }
  var dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
})();
