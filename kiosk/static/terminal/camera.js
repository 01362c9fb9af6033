// While a screen with <video data-camera> is shown, small pictures go to the house, which reads codes in them and
// keeps nothing. The camera is off on every other screen.

const SIDE = 480;
const EVERY = 600;
const LARGEST = 60000;

import { ask } from "./line.js";

export function camera(screen, base, open) {
  const video = screen.querySelector("video[data-camera]");
  if (!video) return null;
  let stream = null;
  let timer = 0;
  let over = false;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const state = (name) => screen.setAttribute("data-camera-state", name);

  async function picture() {
    const side = Math.min(video.videoWidth, video.videoHeight);
    canvas.getContext("2d").drawImage(video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, SIDE, SIDE);
    for (const quality of [0.8, 0.5, 0.3]) {
      const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", quality); });
      if (blob && blob.size <= LARGEST) return blob.arrayBuffer();
    }
    return null;
  }

  async function look() {
    if (over) return;
    try {
      const bytes = video.videoWidth ? await picture() : null;
      const answer = bytes && (await ask("POST", `${base}frames`, { body: bytes, type: "image/jpeg", patience: 5000 }));
      const code = answer?.status === 200 ? (await answer.json()).code : "";
      const form = screen.querySelector("form[data-scan]");
      if (code && form && !over) {
        form.elements.code.value = code;
        await open(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)).toString() });
        return;
      }
    } catch (problem) {
      state("off");
    }
    if (!over) timer = setTimeout(look, EVERY);
  }

  (async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, facingMode: "user" } });
      if (over) { stream.getTracks().forEach((one) => one.stop()); return; }
      video.srcObject = stream;
      await video.play();
      state("on");
      timer = setTimeout(look, EVERY);
    } catch (problem) {
      state("none");
    }
  })();

  return {
    stop() {
      over = true;
      clearTimeout(timer);
      stream?.getTracks().forEach((one) => one.stop());
      video.srcObject = null;
    },
  };
}
