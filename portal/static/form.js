// Small helps of the forms: the first fault in view, pictures checked before they travel, the secret link copied.
document.getElementById("errors")?.focus();

const files = document.getElementById("screenshots");
files?.addEventListener("change", () => {
  const { mostBytes, tooLarge, tooMany } = files.dataset;
  const large = [...files.files].some((file) => file.size > Number(mostBytes));
  const told = large ? tooLarge : files.files.length > 3 ? tooMany : "";
  document.getElementById("screenshots-told").textContent = told;
  if (told) files.value = "";
});

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    const copied = await navigator.clipboard.writeText(field.value).then(() => true, () => document.execCommand("copy"));
    document.getElementById("copied").textContent = copied ? button.dataset.copied : "";
  });
}
