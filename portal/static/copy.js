// Buttons that copy what stands in a field.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    const copied = await navigator.clipboard.writeText(field.value).then(() => true, () => document.execCommand("copy"));
    document.getElementById("copied").textContent = copied ? button.dataset.copied : "";
  });
}
