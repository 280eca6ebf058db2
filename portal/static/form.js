// Small helps of the forms: the first fault in view, pictures checked before they travel.
document.getElementById("errors")?.focus();

const files = document.getElementById("screenshots");
files?.addEventListener("change", () => {
  const { mostBytes, tooLarge, tooMany } = files.dataset;
  const large = [...files.files].some((file) => file.size > Number(mostBytes));
  const told = large ? tooLarge : files.files.length > 3 ? tooMany : "";
  document.getElementById("screenshots-told").textContent = told;
  if (told) files.value = "";
});
