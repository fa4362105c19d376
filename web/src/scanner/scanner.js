// The scanner: a camera or a picture in, the text of a QR code out. What a text means is not decided here.
//
// Loaded when a scanner first opens, by `qianbao.scanner()` (start.js). Reads with the browser's BarcodeDetector where
// it knows QR codes, else with the decoder in a worker. One frame is being read at any time; a hidden page reads none.
//
//   open(video, deviceId, onText) → camera    camera.stop(), camera.hasTorch, camera.setTorch(on)
//   readPicture(file)             → text or null
//   cameras()                     → [{ id, label }]
//
// Refusals are Errors whose `name` is one of: `CameraDenied`, `CameraMissing`, `CameraBusy`, `CameraFailed`,
// `PictureTooLarge`, `PictureUnreadable`.
import { Decoder } from "./decoder.js";

const PAUSE_MS = 60;
const REPEAT_MS = 2_000;
const EDGE_FRAME_PX = 960;
const EDGE_PICTURE_PX = 2_400;
const PICTURE_BYTES_MAX = 25_000_000;

const decoder = new Decoder(WORKER);

function refusal(name, cause) {
  const error = new Error(cause?.message ?? name, { cause });
  error.name = name;
  return error;
}

const REFUSALS = {
  NotAllowedError: "CameraDenied",
  SecurityError: "CameraDenied",
  NotFoundError: "CameraMissing",
  OverconstrainedError: "CameraMissing",
  NotReadableError: "CameraBusy",
  AbortError: "CameraBusy",
};

async function stream(deviceId) {
  if (!navigator.mediaDevices?.getUserMedia) throw refusal("CameraMissing");
  const source = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: "environment" } };
  const video = { ...source, width: { ideal: 1280 }, height: { ideal: 720 } };
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio: false });
  } catch (error) {
    throw refusal(REFUSALS[error.name] ?? "CameraFailed", error);
  }
}

/** `width` and `height` brought down to `edge` on the longer side. */
function within(width, height, edge) {
  const scale = Math.min(1, edge / Math.max(width, height));
  return { resizeWidth: Math.max(1, Math.round(width * scale)), resizeHeight: Math.max(1, Math.round(height * scale)) };
}

/** One open camera: reads until it is stopped. */
class Camera {
  #media;
  #video;
  #onText;
  #stopped = false;
  #last = { text: "", at: -Infinity };

  constructor(media, video, onText) {
    this.#media = media;
    this.#video = video;
    this.#onText = onText;
    this.#media.getVideoTracks()[0]?.addEventListener("ended", () => this.stop());
    this.#read();
  }

  /** Whether this camera has a light. */
  get hasTorch() {
    return Boolean(this.#media.getVideoTracks()[0]?.getCapabilities?.().torch);
  }

  /** Turns the light on or off; answers whether that worked. */
  async setTorch(on) {
    try {
      await this.#media.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
      return true;
    } catch {
      return false;
    }
  }

  /** Ends reading and gives the camera back. May be called again. */
  stop() {
    this.#stopped = true;
    for (const track of this.#media.getTracks()) track.stop();
    if (this.#video.srcObject === this.#media) this.#video.srcObject = null;
  }

  async #read() {
    while (!this.#stopped) {
      await this.#frame();
      await new Promise((resume) => setTimeout(resume, PAUSE_MS));
    }
  }

  async #frame() {
    const { videoWidth, videoHeight, readyState } = this.#video;
    if (document.hidden || readyState < HTMLMediaElement.HAVE_CURRENT_DATA || !videoWidth) return;
    try {
      const frame = await createImageBitmap(this.#video, within(videoWidth, videoHeight, EDGE_FRAME_PX));
      const text = await decoder.read(frame);
      if (text && !this.#stopped) this.#tell(text);
    } catch (error) {
      // A frame may vanish while the camera turns; the next one comes at once.
      console.debug("frame skipped:", error.message);
    }
  }

  #tell(text) {
    const now = performance.now();
    const repeated = text === this.#last.text && now - this.#last.at < REPEAT_MS;
    this.#last = { text, at: now };
    if (!repeated) this.#onText(text);
  }
}

/** Shows the camera in `video` and calls `onText` with what it reads; the same text again only after 2 s without it. */
export async function open(video, deviceId, onText) {
  decoder.warm();
  const media = await stream(deviceId);
  video.muted = true;
  video.playsInline = true;
  video.srcObject = media;
  try {
    await video.play();
  } catch (error) {
    for (const track of media.getTracks()) track.stop();
    throw refusal("CameraFailed", error);
  }
  return new Camera(media, video, onText);
}

/** The text of the QR code in a picture file, or null when there is none. */
export async function readPicture(file) {
  if (file.size > PICTURE_BYTES_MAX) throw refusal("PictureTooLarge");
  let whole;
  try {
    whole = await createImageBitmap(file);
  } catch (error) {
    throw refusal("PictureUnreadable", error);
  }
  // A screenshot reads best as it is; a photograph often only when it is smaller.
  for (const edge of [EDGE_PICTURE_PX, EDGE_FRAME_PX]) {
    const picture = await createImageBitmap(whole, { ...within(whole.width, whole.height, edge), resizeQuality: "high" });
    const text = await decoder.read(picture);
    if (text) return text;
  }
  return null;
}

/** The cameras of this device; labels are empty until a camera was allowed. */
export async function cameras() {
  const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return devices.filter(({ kind }) => kind === "videoinput").map(({ deviceId, label }) => ({ id: deviceId, label }));
}
