// Reads a QR code with this machine's camera: [data-camera] holds the address that pictures go to. The house reads the
// code in its memory and keeps nothing; the camera is off as soon as the dialog is closed, after a code, or after a minute.

const SIDE = 640;
const EVERY = 400;
const LONGEST = 60_000;

function camera(place) {
  const [opener, dialog] = [place.querySelector("[data-camera-open]"), place.querySelector("dialog")];
  const [video, said] = [dialog.querySelector("video"), dialog.querySelector("[role=status]")];
  const box = document.querySelector("input[data-scan]");
  if (!navigator.mediaDevices?.getUserMedia || !box) return;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  let stream = null;
  let ends = 0;

  const picture = () => {
    const side = Math.min(video.videoWidth, video.videoHeight);
    const [x, y] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
    canvas.getContext("2d").drawImage(video, x, y, side, side, 0, 0, SIDE, SIDE);
    return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.8); });
  };

  async function codeIn(body) {
    const headers = { "Content-Type": "image/jpeg", "X-CSRFToken": box.form.elements.csrf_token.value, "X-Quiet": "1" };
    const answer = await fetch(place.dataset.camera, { method: "POST", headers, body, credentials: "same-origin" });
    return answer.status === 200 ? (await answer.json()).code : "";
  }

  async function look() {
    if (!dialog.open) return;
    if (Date.now() > ends) return dialog.close();
    let code = "";
    try {
      code = video.videoWidth ? await codeIn(await picture()) : "";
    } catch {
      // the line is down; the next picture tries again
    }
    if (!dialog.open) return;
    if (!code) return void setTimeout(look, EVERY);
    dialog.close();
    box.value = code;
    box.form.requestSubmit();
  }

  async function open() {
    dialog.showModal();
    said.textContent = said.dataset.looking;
    ends = Date.now() + LONGEST;
    try {
      const found = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, facingMode: "environment" } });
      if (!dialog.open) return found.getTracks().forEach((one) => one.stop());
      video.srcObject = stream = found;
      await video.play();
      look();
    } catch {
      said.textContent = said.dataset.none;
    }
  }

  dialog.addEventListener("close", () => {
    stream?.getTracks().forEach((one) => one.stop());
    video.srcObject = stream = null;
    box.focus({ preventScroll: true });
  });
  dialog.querySelector("[data-camera-close]").addEventListener("click", () => dialog.close());
  opener.addEventListener("click", open);
  opener.hidden = false;
}

document.querySelectorAll("[data-camera]").forEach(camera);
